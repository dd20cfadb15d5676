"""The loop that tells the ERP of one sheet what became of its documents."""

from __future__ import annotations

from edid.errors import EdidError
from edid.exchange.answers import folder, queue
from edid.exchange.answers.telling import tell
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.service.loop import Loop

_KIND = "answers.folder"


def answering_loop(house: House, sheet: AnySheet) -> Loop | None:
    """Return the loop, not started; None where the sheet wants no answers.

    The first time, the present is remembered now: before any other loop of the sheet runs. A status folder that cannot
    be used is no reason to stop the sheet: the loop comes back to it.
    """
    if not sheet.answers.wanted:
        return None
    queue.begin(house.journal, sheet)
    return Loop(f"{sheet.name}/answering", Answering(house, sheet).step)


class Answering:
    """The step of the loop."""

    def __init__(self, house: House, sheet: AnySheet) -> None:
        self._house = house
        self._sheet = sheet
        self._prepared = False

    def step(self, pulse: Pulse) -> float:
        """Tell everything that happened since the last time; return the seconds until the next look."""
        if self._prepare():
            while not pulse.stopping and tell(self._house, self._sheet):
                pulse.beat()
        return self._house.settings.schedules.scan.total_seconds()

    def _prepare(self) -> bool:
        """Create the status folder, once: one that vanishes later is a lost mount, and must not be made anew."""
        if self._prepared:
            return True
        kind, setbacks = f"{_KIND}.{self._sheet.name}", self._house.setbacks
        if setbacks.resting(kind):
            return False
        try:
            folder.prepare(folder.status_folder(self._house, self._sheet))
        except EdidError as error:
            setbacks.record(kind, 0, error)
            return False
        setbacks.forget(kind, 0)
        self._prepared = True
        return True
