"""First step out: take the finished files of a drop folder (`edid.exchange.storing` says where to)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import structlog

from edid.clock import now
from edid.errors import EdidError, OperatorError, TransientError
from edid.exchange.claims import journalled
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.exchange.setbacks import MOST_TRIES
from edid.exchange.spool_words import SpoolWords
from edid.exchange.storing import refuse, take
from edid.intake.claim import (
    Claimed,
    NotReadyYetError,
    RefusedFileError,
    check,
    claim,
    finish,
    forget_marker,
    look,
    recover,
)
from edid.intake.names import printable
from edid.intake.readiness import Readiness
from edid.intake.scan import Candidate, scan
from edid.intake.turn import turn
from edid.journal.rows import AnyRow
from edid.journal.states import FileState, Purpose

log = structlog.get_logger()
CHUNK = 64
_CHUNK_BYTES = 256 * 1000**2
_Sized = TypeVar("_Sized", Candidate, Claimed)
_LOOK_AGAIN = 0.5
"""Seconds until a file that was not ready when it was claimed is looked at again."""
_BLOCK = 1 << 20
_UNREADABLE = 30
"""How many times longer a file must be unchanged that edid may not read: whether it is open cannot be seen either."""


class Taker:
    """One drop folder of a sheet. Used by one thread; `busy` may be read by others."""

    def __init__(
        self,
        house: House,
        sheet: AnySheet,
        purpose: Purpose = Purpose.DOCUMENTS,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = now,
    ) -> None:
        self._house = house
        self._monotonic = monotonic
        self._wall = wall
        self._sheet = sheet
        self._purpose = purpose
        self._folders = house.folders(sheet, purpose)
        self._readiness = Readiness(sheet.intake)
        self._unsure = True  # claimed/ may hold files that only `recover` finds
        self._place: tuple[int, int] | None = None
        self._tries: Counter[str] = Counter()
        self._words = SpoolWords(sheet, self._folders)
        settled = sheet.intake.readiness == "settled"
        self._unreadable_for = _UNREADABLE * sheet.intake.settle.total_seconds() if settled else 0.0
        self.busy = False
        """True while more finished files are known than were taken."""
        self.on_taken: Callable[[], None] = lambda: None

    def step(self, pulse: Pulse) -> float | None:
        """Take what is finished; return the seconds until the next file may be, or None when only a scan can tell.

        A file that cannot be taken is reported and stays where it is; the others go on. So are folders, and a store,
        that cannot be used: nothing is taken until they can.
        """
        try:
            self._folders.heal()
            with turn(self._folders) as place:
                self._unsure |= place != self._place
                self._place = place
                wait = self._step(pulse)
                self._words.of_overlooked(self._monotonic())
        except (OperatorError, TransientError, OSError) as error:
            self._words.unusable(error)
            return None
        self._words.usable()
        return wait

    def _step(self, pulse: Pulse) -> float | None:
        unsure, self._unsure = self._unsure, True  # until this step has ended well
        if unsure:
            self._recover(pulse)
        candidates = scan(self._folders.out, self._sheet.intake)
        if candidates:
            self._words.of_blindness()
        ready, wait = self._readiness.ready(candidates, self._monotonic(), self._wall())
        missed, stuck = self._take_all(ready, pulse)
        self._unsure = stuck or bool(self._tries)
        if not self._unsure:
            self._words.forget_stuck()
        return min(wait or _LOOK_AGAIN, _LOOK_AGAIN) if missed else wait

    def _recover(self, pulse: Pulse) -> None:
        """Finish what a crash or a failure left between the drop folder and the journal."""
        marker = self._sheet.intake.marker if self._sheet.intake.readiness == "marker" else None
        left = recover(self._folders, marker)
        for gone in self._tries.keys() - {item.token for item in left}:
            self._words.gone(gone)
            del self._tries[gone]
        known = journalled(self._house.journal, [item.token for item in left])
        for part in _parts(left):
            pulse.beat()
            self._take(self._still_to_take(part, known))
            self.on_taken()

    def _still_to_take(self, recovered: Sequence[Claimed], known: dict[str, AnyRow]) -> list[Claimed]:
        """Finish the claims that the journal has; return the good ones among the others."""
        good = []
        for item in recovered:
            try:
                if self._resume(item, known.get(item.token)):
                    good.append(item)
                else:
                    self._tries.pop(item.token, None)
            except NotReadyYetError as error:
                self._tries.pop(item.token, None)
                log.debug("file.not_ready", sheet=self._sheet.name, reason=error.message)
            except EdidError as error:
                self._leave(item, error)
        return good

    def _resume(self, item: Claimed, row: AnyRow | None) -> bool:
        """Do what was still to be done for one claim; True when it is to be taken.

        The journal's word stands, whatever changed since: bytes that it does not have are never let go of.
        """
        if row is not None and row.state != FileState.REJECTED:
            forget_marker(item, self._folders)
            finish(item)
            return False
        try:
            if row is not None:
                raise _as_journalled(item, row.reason)
            check(item, self._folders, limit=self._house.settings.limits.flow_size)
        except RefusedFileError as refusal:
            refuse(self._house, self._sheet, refusal, self._purpose)
            return False
        return True

    def _take_all(self, ready: Sequence[Candidate], pulse: Pulse) -> tuple[int, bool]:
        """Take `ready` in chunks; return how many were not ready after all, and whether any could not be taken."""
        missed = 0
        stuck = False
        self.busy = bool(ready)
        room = self._house.room.asking(self._sheet.name, f"taking {self._purpose}")
        limit = self._house.settings.limits.flow_size  # what is larger is refused, and never copied
        try:
            taken = 0
            for part in _parts(ready):
                if pulse.stopping:
                    break
                if room.lacks(sum(candidate.size for candidate in part if candidate.size <= limit)):
                    continue
                pulse.beat()
                more_missed, more_stuck = self._take_chunk(part)
                missed, stuck, taken = missed + more_missed, stuck or more_stuck, taken + len(part)
                self.busy = taken < len(ready)  # only once the last ones are in the journal
                self.on_taken()
        finally:
            self.busy = False
        room.settle()
        return missed, stuck

    def _take_chunk(self, ready: Sequence[Candidate]) -> tuple[int, bool]:
        missed = 0
        stuck = False
        claimed: list[Claimed] = []
        for candidate in ready:
            try:
                taken = self._claim(candidate)
                claimed += taken
                missed += not taken
            except NotReadyYetError as error:
                missed += 1
                self._readiness.doubt(candidate)
                log.debug("file.not_ready", sheet=self._sheet.name, reason=error.message)
            except RefusedFileError as refusal:
                stuck |= not self._refused(refusal)
            except EdidError as error:
                stuck = True
                self._words.stuck(printable(candidate.name), error)
        self._take(claimed)
        return missed, stuck

    def _claim(self, candidate: Candidate) -> list[Claimed]:
        """Claim a file; nothing when it was open lately and was only now seen closed."""
        if self._readiness.doubts(candidate):
            look(candidate, self._folders)
            self._readiness.seen_closed(candidate, self._monotonic())
            return []
        limit = self._house.settings.limits.flow_size
        return [claim(candidate, self._folders, limit=limit, unreadable_for=self._unreadable_for)]

    def _refused(self, refusal: RefusedFileError) -> bool:
        try:
            refuse(self._house, self._sheet, refusal, self._purpose)
        except EdidError as error:
            self._words.stuck(refusal.claimed.name, error)
            return False
        return True

    def _take(self, claimed: Sequence[Claimed]) -> None:
        left = take(self._house, self._sheet, claimed, self._purpose)
        for item in claimed:
            if item.token in left:
                self._leave(item, left[item.token])
            else:
                self._tries.pop(item.token, None)

    def _leave(self, item: Claimed, error: Exception) -> None:
        """Leave a claimed file for the next step; after some tries, keep one that cannot be read in rejected/."""
        self._tries[item.token] += 1
        self._words.stuck(item.name, error)
        if self._tries[item.token] % MOST_TRIES:
            return
        try:
            _read_through(item)
        except RefusedFileError as refusal:
            if self._refused(refusal):
                self._tries.pop(item.token)


def _parts(items: Sequence[_Sized]) -> Iterator[Sequence[_Sized]]:
    """Cut `items` into parts that are stored at once: so many files, and so many bytes or a single file."""
    start = size = 0
    for place, item in enumerate(items):
        if place > start and (place - start == CHUNK or size + item.size > _CHUNK_BYTES):
            yield items[start:place]
            start, size = place, 0
        size += item.size
    if items:
        yield items[start:]


def _as_journalled(item: Claimed, reason: str | None) -> RefusedFileError:
    code, _, message = (reason or "").partition(": ")
    return RefusedFileError(item, message or f"{item.name} was refused.", code=code, remedy="")


def _read_through(item: Claimed) -> None:
    """Raise RefusedFileError when the disk or the ERP's rights do not let the file be read to its end."""
    try:
        with item.path.open("rb", buffering=0) as file:
            while file.read(_BLOCK):
                pass
    except OSError as error:
        raise RefusedFileError(
            item,
            f"edid cannot read {item.name}: {error.strerror or error}.",
            code="EDID_READ_ERROR",
            remedy="Let the ERP write it again; check the disk of the spool.",
        ) from error
