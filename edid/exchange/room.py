"""Room on the disks: nothing new is taken in that could not be kept, and it goes on by itself once there is room again.

What is in hand goes on: the floor (`limits.free_space`) is kept free for it. Free is what statvfs(2) tells an ordinary
user; a quota of one user is not seen there.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import structlog
from sqlalchemy import make_url

from edid.config.settings import Settings

log = structlog.get_logger()
FEWEST_INODES = 1_000
"""Files that it must still be possible to make, where the filesystem counts them: several chunks with their folders."""
_MARGIN = 10
"""It goes on with a tenth more than the floor, so that it does not stop and go with every file."""

Unit = Literal["bytes", "inodes"]


@dataclass(frozen=True, slots=True)
class Shortage:
    """A disk that has too little room."""

    folder: Path
    """One of edid's folders on it."""
    unit: Unit
    free: int
    wanted: int
    """What must be free before it goes on."""


class Room:
    """The disks of state, journal and spool. Every method may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        self._floor = settings.limits.free_space
        self._state = settings.state
        self._spool = settings.spool
        self._journal = _journal_folder(settings)
        self._lock = threading.Lock()
        self._refused: dict[tuple[str, str], Shortage] = {}
        self._below: set[tuple[Path, Unit]] = set()

    def asking(self, sheet: str, step: str) -> Asking:
        """Return the means for one round of `step` of `sheet` to ask for room, item by item."""
        return Asking(self, sheet, step)

    def shortage(self, sheet: str, coming: int) -> Shortage | None:
        """Return what lacks for `sheet` to add `coming` bytes to each of its disks; None: there is room."""
        with self._lock:
            for folder in (self._state, self._journal, self._spool / sheet):
                for disk in _disks(folder, self._floor):
                    wanted = self._wanted(disk) + (coming if disk.unit == "bytes" else 0)
                    if disk.free < wanted:
                        return Shortage(folder, disk.unit, disk.free, wanted)
        return None

    def note(self, sheet: str, step: str, shortage: Shortage | None) -> None:
        """Say what `step` of `sheet` waits for; None: for nothing.

        Logs `room.short` when the first step has to wait, `room.enough` when none has to any more.
        """
        with self._lock:
            self._forget_what_is_over()
            if shortage is None:
                self._let_go((sheet, step))
            else:
                self._hold_back((sheet, step), shortage)

    def shortages(self, sheet: str) -> list[Shortage]:
        """Return what steps of `sheet` wait for, each disk once; what is over is not told any more."""
        with self._lock:
            self._forget_what_is_over()
            worst: dict[tuple[Path, Unit], Shortage] = {}
            for (owner, _), one in self._refused.items():
                known = worst.get((one.folder, one.unit))
                if owner == sheet and (known is None or known.wanted < one.wanted):
                    worst[one.folder, one.unit] = one
        return list(worst.values())

    def _wanted(self, disk: _Disk) -> int:
        """Return what must be free: the floor, and a tenth more on a disk that was below it until now."""
        place = disk.folder, disk.unit
        high = disk.floor + -(-disk.floor // _MARGIN)
        if disk.free < disk.floor:
            self._below.add(place)
        elif disk.free >= high:
            self._below.discard(place)
        return high if place in self._below else disk.floor

    def _forget_what_is_over(self) -> None:
        """Let those go on who have room now, though they may not have asked again; note how much the others have."""
        for asking, shortage in list(self._refused.items()):
            disks = (disk for disk in _disks(shortage.folder, self._floor) if disk.unit == shortage.unit)
            disk = next(disks, None)
            if disk is None or disk.free >= shortage.wanted:
                self._let_go(asking)
            else:
                self._refused[asking] = replace(shortage, free=disk.free)

    def _hold_back(self, asking: tuple[str, str], shortage: Shortage) -> None:
        if not self._refused:
            log.error(
                "room.short",
                folder=str(shortage.folder),
                unit=shortage.unit,
                free=shortage.free,
                wanted=shortage.wanted,
                remedy="nothing new is taken in until there is room; make some: see docs/limits.md",
            )
        self._refused[asking] = shortage

    def _let_go(self, asking: tuple[str, str]) -> None:
        if self._refused.pop(asking, None) is not None and not self._refused:
            log.info("room.enough")


class Asking:
    """One round of one step: it asks before each item, and settles at the end. Used by one thread."""

    def __init__(self, room: Room, sheet: str, step: str) -> None:
        self._room = room
        self._sheet = sheet
        self._step = step
        self._worst: Shortage | None = None

    def lacks(self, coming: int = 0) -> bool:
        """Tell whether an item must wait that would add up to `coming` bytes to each disk."""
        shortage = self._room.shortage(self._sheet, coming)
        if shortage is None:
            return False
        if self._worst is None or shortage.wanted > self._worst.wanted:
            self._worst = shortage
            self._room.note(self._sheet, self._step, shortage)
        return True

    def settle(self) -> None:
        """Say that the step has asked for everything it wants: what an earlier round waited for may be gone."""
        self._room.note(self._sheet, self._step, self._worst)


@dataclass(frozen=True, slots=True)
class _Disk:
    """One of the two things that a disk can be short of."""

    folder: Path
    unit: Unit
    free: int
    floor: int


def _disks(folder: Path, floor: int) -> Iterator[_Disk]:
    """Yield what is free on the disk of `folder` and what should be; nothing when it is not there: others report it."""
    try:
        facts = os.statvfs(folder)
    except OSError:
        return
    yield _Disk(folder, "bytes", facts.f_bavail * facts.f_frsize, floor)
    if facts.f_files:  # else the filesystem makes them as it needs them
        yield _Disk(folder, "inodes", facts.f_favail, FEWEST_INODES)


def _journal_folder(settings: Settings) -> Path:
    """Return the folder of an SQLite journal; the state folder when the journal is in a server."""
    url = make_url(settings.journal) if settings.journal else None
    if url is None or not url.database or not url.drivername.startswith("sqlite"):
        return settings.state
    return Path(url.database).parent
