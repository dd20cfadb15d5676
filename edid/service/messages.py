"""The lifecycle messages of one sheet: decisions taken from decide/, acknowledgements of what was received."""

from __future__ import annotations

from edid.config.sheet import SenderSheet
from edid.exchange.decisions.acknowledging import acknowledge
from edid.exchange.decisions.deciding import decide
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.exchange.taking import Taker
from edid.intake.watch import FolderWatch
from edid.journal.states import Purpose
from edid.service import requests
from edid.service.loop import Loop
from edid.service.outbound import Sending


def gives_statuses(sheet: AnySheet) -> bool:
    """Tell whether `sheet` sends lifecycle messages of its own."""
    return sheet.lifecycle.decide or sheet.lifecycle.acknowledgement.send


class Messages:
    """The loop that makes the messages of a sheet for `sending` to deliver, not started."""

    def __init__(self, house: House, sheet: AnySheet, sending: Sending) -> None:
        self._house = house
        self._sheet = sheet
        self._sending = sending
        self._scan = house.settings.schedules.scan.total_seconds()
        self._taker: Taker | None = None
        self.loop = Loop(f"{sheet.name}/messages", self._step)
        self.watch: FolderWatch | None = None
        if sheet.lifecycle.decide:
            folders = house.folders(sheet, Purpose.DECISIONS)
            folders.prepare(sender=True)
            self._taker = Taker(house, sheet, Purpose.DECISIONS)
            self.watch = FolderWatch({sheet.name: folders.out}, lambda _sheet: self.loop.wake(), [])

    def _step(self, pulse: Pulse) -> float:
        wait = self._taker.step(pulse) if self._taker is not None else None
        made = decide(self._house, self._sheet, pulse) if self._taker is not None else 0
        if self._sheet.lifecycle.acknowledgement.send:
            made += acknowledge(self._house, self._sheet, pulse)
        if not isinstance(self._sheet, SenderSheet) and requests.take_retry(
            self._house.settings.state, self._sheet.name
        ):
            self._sending.hurry()
        if made:
            self._sending.wake()
        return self._scan if wait is None else min(self._scan, wait)
