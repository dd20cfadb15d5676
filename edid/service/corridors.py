"""The loops of one sheet: taking, judging and sending on the way out; fetching and filing on the way in."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import structlog

from edid.config.sheet import SenderSheet
from edid.errors import EdidError
from edid.exchange import fetching, outbox, returns
from edid.exchange.house import AnySheet, House
from edid.exchange.poll_history import PollHistory
from edid.exchange.pulse import Pulse
from edid.intake.watch import FolderWatch
from edid.service import requests
from edid.service.alerting import alerting_loop
from edid.service.answering import answering_loop
from edid.service.loop import Loop
from edid.service.messages import Messages, gives_statuses
from edid.service.outbound import Outbound, Sending
from edid.transport.contract import Transport
from edid.transport.opening import open_transport

log = structlog.get_logger()


@dataclass(slots=True)
class Corridors:
    """Everything that runs for one sheet."""

    sheet: AnySheet
    loops: list[Loop] = field(default_factory=list)
    watches: list[FolderWatch] = field(default_factory=list)
    fetching: Loop | None = None
    poll_now: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start all loops, and the watches of the drop folders."""
        for loop in self.loops:
            loop.start()
        for watch in self.watches:
            watch.start()

    def stop(self, within: float) -> None:
        """Ask all loops to end; `join` waits for them."""
        for watch in self.watches:
            watch.stop()
        for loop in self.loops:
            loop.stop(within=within)

    def join(self, deadline: float) -> bool:
        """Wait until the monotonic time `deadline`; True when every loop has ended."""
        for loop in self.loops:
            loop.join(max(0.0, deadline - time.monotonic()))
        return not any(loop.is_alive() for loop in self.loops)

    def cut(self) -> None:
        """End the sessions with the partner under the loops that still wait for it."""
        for loop in self.loops:
            if loop.is_alive():
                loop.cut()

    def refresh(self) -> None:
        """Watch the drop folders anew if they were replaced or mounted since."""
        for watch in self.watches:
            watch.refresh()

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
    if isinstance(sheet, SenderSheet) or gives_statuses(sheet):
        outbox.recover(house, sheet)
        outbox.release(house, sheet)
        _outwards(house, sheet, corridors)
    answering = answering_loop(house, sheet)
    corridors.loops += [answering] if answering is not None else []
    corridors.fetching = _fetching_loop(house, sheet, corridors)
    corridors.loops.append(corridors.fetching)
    corridors.loops.append(alerting_loop(house, sheet))
    return corridors


def _outwards(house: House, sheet: AnySheet, corridors: Corridors) -> None:
    """Add the loops by which documents and lifecycle messages of `sheet` leave."""
    sending = Sending(house, sheet)
    if isinstance(sheet, SenderSheet):
        outbound = Outbound(house, sheet, sending)
        corridors.watches.append(outbound.watch)
        corridors.loops += outbound.loops
    if gives_statuses(sheet):
        messages = Messages(house, sheet, sending)
        corridors.watches += [messages.watch] if messages.watch is not None else []
        corridors.loops.append(messages.loop)
    corridors.loops += sending.loops


def _fetching_loop(house: House, sheet: AnySheet, corridors: Corridors) -> Loop:
    scan = house.settings.schedules.scan.total_seconds()
    transport = open_transport(sheet.transport)

    told = PollHistory(house.journal, sheet.name)

    def step(pulse: Pulse) -> float:
        if requests.take_poll(house.settings.state, sheet.name):
            corridors.poll_now.set()
        if corridors.poll_now.is_set():
            corridors.poll_now.clear()
            told.tell(poll(house, sheet, transport, pulse))
        returns.file_returns(house, sheet, pulse)
        return scan

    return Loop(f"{sheet.name}/fetching", step, at_end=transport.close)


def poll(house: House, sheet: AnySheet, transport: Transport, pulse: Pulse) -> str | None:
    """Fetch what the partner offers; return what went wrong, if anything (it is tried again at the next poll)."""
    try:
        fetched = fetching.fetch(house, sheet, transport, pulse)
    except EdidError as error:
        log.warning("poll.failed", sheet=sheet.name, error=str(error))
        return str(error)
    log.info(
        "poll.done",
        sheet=sheet.name,
        listed=fetched.listed,
        new=fetched.new,
        failed=fetched.failed,
        unusable=fetched.unusable,
    )
    troubles = []
    if fetched.failed:
        troubles.append(f"{fetched.failed} file(s) could not be fetched; see the log")
    if fetched.unusable:
        troubles.append(f"{fetched.unusable} file(s) stay there because their names are not UTF-8 or hold a line end")
    return "; ".join(troubles) or None
