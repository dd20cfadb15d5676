"""The loop that looks after one sheet: what should have happened and did not becomes an alert."""

from __future__ import annotations

import time

from edid.exchange.alerts.watching import Watch, look_at
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.service.loop import Loop

EVERY = 300.0
"""Seconds from one look to the next: far below any sensible delay, and below what counts as an absence."""


def alerting_loop(house: House, sheet: AnySheet) -> Loop:
    """Return the loop, not started; it looks once at its start."""
    return Loop(f"{sheet.name}/alerting", Alerting(house, sheet).step)


class Alerting:
    """The step of the loop."""

    def __init__(self, house: House, sheet: AnySheet) -> None:
        self._house = house
        self._sheet = sheet
        self._watch = Watch()
        self._looked_at: float | None = None
        self._short = False
        """True when a disk had no room at the newest look: that is told at once, and its end, too."""

    def step(self, _pulse: Pulse) -> float:
        """Look if it is time; return the seconds until the next step, few enough that the loop proves its life."""
        at = time.monotonic()
        short = bool(self._house.room.shortages(self._sheet.name))
        if self._looked_at is None or short != self._short or at - self._looked_at >= EVERY:
            self._looked_at, self._short = at, short
            look_at(self._house, self._sheet, self._watch)
        return self._house.settings.schedules.scan.total_seconds()
