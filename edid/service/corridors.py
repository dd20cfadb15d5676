"""The loops of one sheet: taking, judging and sending on the way out; fetching and filing on the way in."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import structlog

from edid.clock import now
from edid.config.sheet import SenderSheet
from edid.errors import EdidError
from edid.exchange import fetching, judging, outbox, packing, returns, sending
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.exchange.retry import next_attempt
from edid.exchange.taking import Taker
from edid.intake.watch import FolderWatch
from edid.service import requests
from edid.service.loop import Loop
from edid.transport.contract import Transport
from edid.transport.opening import open_transport

log = structlog.get_logger()


@dataclass(slots=True)
class Corridors:
    """Everything that runs for one sheet."""

    sheet: AnySheet
    loops: list[Loop] = field(default_factory=list)
    watch: FolderWatch | None = None
    fetching: Loop | None = None
    poll_now: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start all loops, and the watch of the drop folder."""
        for loop in self.loops:
            loop.start()
        if self.watch is not None:
            self.watch.start()

    def stop(self, within: float) -> None:
        """Ask all loops to end; `join` waits for them."""
        if self.watch is not None:
            self.watch.stop()
        for loop in self.loops:
            loop.stop(within=within)

    def join(self, deadline: float) -> bool:
        """Wait until the monotonic time `deadline`; True when every loop has ended."""
        for loop in self.loops:
            loop.join(max(0.0, deadline - time.monotonic()))
        return not any(loop.is_alive() for loop in self.loops)

    def refresh(self) -> None:
        """Watch the drop folder anew if it was replaced or mounted since."""
        if self.watch is not None:
            self.watch.refresh()

    def poll(self) -> None:
        """Have the partner's out folder read now."""
        self.poll_now.set()
        if self.fetching is not None:
            self.fetching.wake()


def build(house: House, sheet: AnySheet) -> Corridors:
    """Prepare the folders of `sheet`, put interrupted work back in the queue, and return its loops, not started."""
    folders = house.folders(sheet)
    folders.prepare(sender=isinstance(sheet, SenderSheet))
    corridors = Corridors(sheet)
    if isinstance(sheet, SenderSheet):
        _build_outbound(house, sheet, corridors)
    corridors.fetching = _fetching_loop(house, sheet, corridors)
    corridors.loops.append(corridors.fetching)
    return corridors


def _build_outbound(house: House, sheet: SenderSheet, corridors: Corridors) -> None:
    scan = house.settings.schedules.scan.total_seconds()
    outbox.recover(house, sheet)
    outbox.release(house, sheet)
    senders = [_sending_loop(house, sheet, number) for number in range(sheet.transport.sessions)]

    def wake_senders() -> None:
        for sender in senders:
            sender.wake()

    taker = Taker(house, sheet)

    def judge(pulse: Pulse) -> float:
        busy = taker.busy  # asked before each look: what was taken until then is judged when a look finds nothing
        while not pulse.stopping and judging.judge(house, sheet, pulse):
            pulse.beat()
            if packing.pack_waiting(house, sheet, pulse, only_full=True)[0]:
                wake_senders()
            busy = taker.busy
        made, due = packing.pack_waiting(house, sheet, pulse, only_full=busy)
        if made:
            wake_senders()
        return scan if due is None else min(scan, max(0.01, (due - now()).total_seconds()))

    judge_loop = Loop(f"{sheet.name}/judging", judge)
    taker.on_taken = judge_loop.wake

    def take(pulse: Pulse) -> float:
        wait = taker.step(pulse)
        return scan if wait is None else min(scan, wait)

    taking = Loop(f"{sheet.name}/taking", take)
    recursive = [sheet.name] if sheet.intake.subfolders else []
    out = house.folders(sheet).out
    corridors.watch = FolderWatch({sheet.name: out}, lambda _sheet: taking.wake(), recursive)
    corridors.loops += [taking, judge_loop, *senders]


def _sending_loop(house: House, sheet: SenderSheet, number: int) -> Loop:
    transport = open_transport(sheet.transport)
    sender = _Sender(house, sheet, transport)
    return Loop(f"{sheet.name}/sending-{number}", sender.step, at_end=transport.close)


@dataclass(slots=True)
class _Sender:
    house: House
    sheet: SenderSheet
    transport: Transport
    failures: int = 0
    was_blocked: bool = False

    def step(self, pulse: Pulse) -> float:
        """Send what is due; wait longer after each failure in a row."""
        scan = self.house.settings.schedules.scan.total_seconds()
        if outbox.is_blocked(self.house, self.sheet):
            if not self.was_blocked:
                log.error("sheet.blocked", sheet=self.sheet.name, remedy="mend it, then: edid flows retry")
            self.was_blocked = True
            return scan
        self.was_blocked = False
        due = outbox.next_due(self.house, self.sheet)
        if due is None:
            return scan
        if due > now():
            return min(scan, (due - now()).total_seconds())
        outcome = sending.send(self.house, self.sheet, self.transport, pulse)
        if not outcome.failed:
            self.failures = 0
            return 0
        self.failures += 1
        return (next_attempt(self.sheet.retry, self.failures, now()) - now()).total_seconds()


def _fetching_loop(house: House, sheet: AnySheet, corridors: Corridors) -> Loop:
    scan = house.settings.schedules.scan.total_seconds()
    transport = open_transport(sheet.transport)

    def step(pulse: Pulse) -> float:
        if requests.take_poll(house.settings.state, sheet.name):
            corridors.poll_now.set()
        if corridors.poll_now.is_set():
            corridors.poll_now.clear()
            poll(house, sheet, transport, pulse)
        returns.file_returns(house, sheet, pulse)
        return scan

    return Loop(f"{sheet.name}/fetching", step, at_end=transport.close)


def poll(house: House, sheet: AnySheet, transport: Transport, pulse: Pulse) -> fetching.Fetched | None:
    """Fetch what the partner offers; None when it cannot be reached (logged, tried again at the next poll)."""
    try:
        fetched = fetching.fetch(house, sheet, transport, pulse)
    except EdidError as error:
        log.warning("poll.failed", sheet=sheet.name, error=str(error))
        return None
    log.info("poll.done", sheet=sheet.name, listed=fetched.listed, new=fetched.new, failed=fetched.failed)
    return fetched
