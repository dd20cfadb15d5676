"""First step out: take the finished files of a drop folder into the store and the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import structlog

from edid.clock import now
from edid.config.sheet import SenderSheet
from edid.exchange.claims import Stored, journal_claims, journal_refusal
from edid.exchange.house import House
from edid.exchange.pulse import Pulse
from edid.exchange.setting_aside import keep_refused
from edid.intake.claim import Claimed, NotReadyYetError, RefusedFileError, check, claim, finish, recover
from edid.intake.readiness import Readiness
from edid.intake.scan import Candidate, scan

log = structlog.get_logger()
CHUNK = 64
_LOOK_AGAIN = 0.5
"""Seconds until a file that was not ready when it was claimed is looked at again."""


class Taker:
    """The drop folder of one sheet. Used by one thread; `busy` may be read by others."""

    def __init__(self, house: House, sheet: SenderSheet) -> None:
        self._house = house
        self._sheet = sheet
        self._folders = house.folders(sheet)
        self._readiness = Readiness(sheet.intake)
        self._recovered = False
        self.busy = False
        """True while more finished files are known than were taken."""
        self.on_taken: Callable[[], None] = lambda: None

    def step(self, pulse: Pulse) -> float | None:
        """Take what is finished; return the seconds until the next file may be, or None when only a scan can tell.

        Raises OperatorError or TransientError when the spool cannot be used.
        """
        if not self._recovered:
            self._recover(pulse)
        candidates = scan(self._folders.out, self._sheet.intake)
        ready, wait = self._readiness.ready(candidates, time.monotonic(), now())
        missed = self._take_all(ready, pulse)
        return min(wait or _LOOK_AGAIN, _LOOK_AGAIN) if missed else wait

    def _recover(self, pulse: Pulse) -> None:
        """Finish what a crash left between the drop folder and the journal."""
        marker = self._sheet.intake.marker if self._sheet.intake.readiness == "marker" else None
        left = recover(self._folders, marker)
        for start in range(0, len(left), CHUNK):
            pulse.beat()
            take(self._house, self._sheet, self._still_good(left[start : start + CHUNK]))
            self.on_taken()
        self._recovered = True

    def _still_good(self, recovered: Sequence[Claimed]) -> list[Claimed]:
        """Judge recovered claims anew: the crash may have come before their refusal."""
        good = []
        for item in recovered:
            try:
                check(item, self._folders, limit=self._house.settings.limits.flow_size)
                good.append(item)
            except NotReadyYetError as error:
                log.debug("file.not_ready", sheet=self._sheet.name, reason=error.message)
            except RefusedFileError as refusal:
                refuse(self._house, self._sheet, refusal)
        return good

    def _take_all(self, ready: Sequence[Candidate], pulse: Pulse) -> int:
        """Take `ready` in chunks; return how many were not ready after all."""
        missed = 0
        for start in range(0, len(ready), CHUNK):
            if pulse.stopping:
                break
            pulse.beat()
            self.busy = start + CHUNK < len(ready)
            claimed: list[Claimed] = []
            for candidate in ready[start : start + CHUNK]:
                try:
                    claimed.append(claim(candidate, self._folders, limit=self._house.settings.limits.flow_size))
                except NotReadyYetError as error:
                    missed += 1
                    log.debug("file.not_ready", sheet=self._sheet.name, reason=error.message)
                except RefusedFileError as refusal:
                    refuse(self._house, self._sheet, refusal)
            take(self._house, self._sheet, claimed)
            self.on_taken()
        self.busy = False
        return missed


def take(house: House, sheet: SenderSheet, claimed: Sequence[Claimed]) -> None:
    """Store and journal claimed files, then let go of them in the spool.

    Each is checked again once its bytes are copied: whoever still writes gets his file back. Safe to repeat after a
    crash: a claim is journalled once.
    """
    folders = house.folders(sheet)
    limit = house.settings.limits.flow_size
    stored: list[Stored] = []
    for item in claimed:
        try:
            blob = house.store.add(item.path)
            check(item, folders, limit=limit)
        except NotReadyYetError as error:
            log.debug("file.not_ready", sheet=sheet.name, reason=error.message)
        except RefusedFileError as refusal:
            refuse(house, sheet, refusal)
        else:
            stored.append(Stored(item, blob))
    journal_claims(house.journal, sheet.name, stored)
    for one in stored:
        finish(one.claimed)


def refuse(house: House, sheet: SenderSheet, refusal: RefusedFileError) -> None:
    """Journal a claimed file that edid will not read, and keep it in rejected/ with its reason.

    In this order: a crash in between leaves the claim, and the next start finishes.
    """
    journal_refusal(house.journal, sheet.name, refusal.claimed, refusal)
    kept = keep_refused(house, sheet, refusal)
    log.warning("file.rejected", sheet=sheet.name, file=refusal.claimed.name, code=refusal.code, kept=str(kept))
