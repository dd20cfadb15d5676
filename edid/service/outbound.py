"""The way out of one sheet: loops that take, judge, pack and send, each waking the next."""

from __future__ import annotations

from dataclasses import dataclass

from edid.clock import now
from edid.config.sheet import SenderSheet
from edid.exchange import judging, outbox, packing, sending
from edid.exchange.breaker import Breaker
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.exchange.rounds import Outcome
from edid.exchange.taking import Taker
from edid.intake.watch import FolderWatch
from edid.service import requests
from edid.service.loop import Loop
from edid.transport.contract import Transport
from edid.transport.opening import open_transport

_SHORTEST_WAIT = 0.01


class Outbound:
    """The loops of one sender sheet, not started, and the watch of its drop folder."""

    def __init__(self, house: House, sheet: SenderSheet, sending: Sending) -> None:
        self._house = house
        self._sheet = sheet
        self._scan = house.settings.schedules.scan.total_seconds()
        self._taker = Taker(house, sheet)
        self._sending = sending
        self._taking = Loop(f"{sheet.name}/taking", self._take)
        self._judging = Loop(f"{sheet.name}/judging", self._judge)
        self._packing = Loop(f"{sheet.name}/packing", self._pack)
        self._taker.on_taken = self._judging.wake
        recursive = [sheet.name] if sheet.intake.subfolders else []
        out = house.folders(sheet).out
        self.watch = FolderWatch({sheet.name: out}, lambda _sheet: self._taking.wake(), recursive)

    @property
    def loops(self) -> list[Loop]:
        """All loops, in the order of the corridor."""
        return [self._taking, self._judging, self._packing]

    def _take(self, pulse: Pulse) -> float:
        wait = self._taker.step(pulse)
        return self._scan if wait is None else min(self._scan, wait)

    def _judge(self, pulse: Pulse) -> float:
        while not pulse.stopping and judging.judge(self._house, self._sheet, pulse):
            pulse.beat()
            self._packing.wake()
        return self._scan

    def _pack(self, pulse: Pulse) -> float:
        if requests.take_retry(self._house.settings.state, self._sheet.name):
            self._sending.hurry()
        more_to_come = self._taker.busy or judging.is_waiting(self._house, self._sheet)
        made, due = packing.pack_waiting(self._house, self._sheet, pulse, only_full=more_to_come)
        if made:
            self._sending.wake()
        return self._scan if due is None else min(self._scan, max(_SHORTEST_WAIT, (due - now()).total_seconds()))


class Sending:
    """The sessions of one sheet that deliver its flows, not started."""

    def __init__(self, house: House, sheet: AnySheet, breaker: Breaker) -> None:
        self.breaker = breaker
        self._house, self._sheet = house, sheet.name
        senders = [
            Sender(house, sheet, open_transport(sheet.transport), breaker) for _ in range(sheet.transport.sessions)
        ]
        self.loops = [
            Loop(f"{sheet.name}/sending-{number}", sender.step, at_end=sender.transport.close)
            for number, sender in enumerate(senders)
        ]

    def wake(self) -> None:
        """Make every session look now."""
        for loop in self.loops:
            loop.wake()

    def hurry(self) -> None:
        """Let no session wait because of earlier failures."""
        self.breaker.hurry()
        self.healed()

    def healed(self) -> None:
        """Send what waits because of the partner: it is well again."""
        outbox.hurry(self._house.journal, self._sheet)
        self.wake()


@dataclass(slots=True)
class Sender:
    """One session with the partner."""

    house: House
    sheet: AnySheet
    transport: Transport
    breaker: Breaker

    def step(self, pulse: Pulse) -> float:
        """Send what is due, unless the partner is left alone after failures, however many new flows wake the loop."""
        scan = self.house.settings.schedules.scan.total_seconds()
        due = outbox.next_due(self.house, self.sheet)
        if due is None:
            return scan
        if due > now():
            return min(scan, (due - now()).total_seconds())
        rest = self.breaker.begin()
        if rest > 0 and self.breaker.doubtful and outbox.has_untried(self.house, self.sheet):
            self.breaker.hurry_once()
            rest = self.breaker.begin()
        if rest > 0:
            return min(scan, rest)
        self._send(pulse)
        return 0

    def _send(self, pulse: Pulse) -> None:
        probing = self.breaker.standing.failures > 0
        outcome = Outcome(0)
        try:
            outcome = sending.send(self.house, self.sheet, self.transport, pulse, probing=probing)
        finally:
            self.breaker.end(spoke=outcome.sent > 0, error=outcome.failure, suspects=outcome.suspects)
