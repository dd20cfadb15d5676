"""Has the ERP finished a file? The rule of the sheet, on what scans have seen.

Two measures of "unchanged for `settle`", the shorter wins:

- our own observations on the monotonic clock, which no copying program and no clock step can fool;
- the file's change time (never the modification time, which `cp -p` sets to the past), so that a file that came
  between two looks need not wait longer. It counts only where this machine's kernel wrote it, not in the future, not
  across a step of the wall clock, and not before the first look: nobody saw whether the clock was set then.

What is remembered is only a hint: losing it makes files wait once more. Whether somebody still holds the file
open for writing is asked when it is claimed (`edid.intake.claim`), at the last moment; a file that was open then must
be seen closed for `settle` too, since many a program closes a file only to open it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime

from edid.config.sheet import Intake
from edid.intake.mounts import stamped_by_this_machine
from edid.intake.scan import Candidate

_CLOCK_STEP = 0.25
"""Seconds between wall and monotonic clock, from one look to the next, that are no mere drift."""

_Facts = tuple[int, int, int, int]


class Readiness:
    """The memory of one drop folder's scans."""

    def __init__(self, intake: Intake) -> None:
        self._rule = intake.readiness
        self._settle = intake.settle.total_seconds()
        self._seen: dict[str, tuple[_Facts, float]] = {}
        self._doubted: dict[str, float | None] = {}
        self._clock_offset: float | None = None
        self._believed_from = float("-inf")

    def ready(
        self, candidates: Iterable[Candidate], now_monotonic: float, now: datetime
    ) -> tuple[list[Candidate], float | None]:
        """Return the finished ones in their order, and the seconds until the next one can be finished.

        `candidates` is a whole scan; `now_monotonic` and `now` are the two clocks just after it ended (an earlier
        moment would count time in which nobody looked). None: nothing becomes ready by waiting alone.
        """
        wall = now.timestamp()
        self._notice_clock_step(wall - now_monotonic, wall)
        ready, waits = [], []
        seen: dict[str, tuple[_Facts, float]] = {}
        devices: frozenset[str] | None = None
        for candidate in candidates:
            since = self._unchanged_since(candidate, now_monotonic)
            seen[candidate.name] = since
            wait = self._wait(candidate, now_monotonic - since[1])
            if wait > 0:
                devices = stamped_by_this_machine() if devices is None else devices
                wait = min(wait, self._wait_by_change_time(candidate, wall, devices))
            closed_at = self._doubted.get(candidate.name)
            if closed_at is not None:
                wait = max(wait, self._wait(candidate, now_monotonic - closed_at))
            if wait > 0:
                waits.append(wait)
            else:
                ready.append(candidate)
        self._seen = seen
        self._doubted = {name: at for name, at in self._doubted.items() if name in seen}
        return ready, min(waits, default=None)

    def doubt(self, candidate: Candidate) -> None:
        """Know that `candidate` was found unfinished when it was to be claimed."""
        self._doubted[candidate.name] = None

    def doubts(self, candidate: Candidate) -> bool:
        """Tell whether `candidate` must be seen closed before it may settle; then say so with `seen_closed`."""
        return self._must_settle(candidate) and self._doubted.get(candidate.name, 0.0) is None

    def seen_closed(self, candidate: Candidate, now_monotonic: float) -> None:
        """Know that nobody had `candidate` open at that time."""
        self._doubted[candidate.name] = now_monotonic

    def _notice_clock_step(self, offset: float, wall: float) -> None:
        if self._clock_offset is None or abs(offset - self._clock_offset) > _CLOCK_STEP:
            self._believed_from = wall
        self._clock_offset = offset

    def _unchanged_since(self, candidate: Candidate, now_monotonic: float) -> tuple[_Facts, float]:
        facts = (candidate.inode, candidate.size, candidate.mtime_ns, candidate.ctime_ns)
        before = self._seen.get(candidate.name)
        return before if before is not None and before[0] == facts else (facts, now_monotonic)

    def _wait(self, candidate: Candidate, observed: float) -> float:
        return self._settle - observed if self._must_settle(candidate) else 0.0

    def _must_settle(self, candidate: Candidate) -> bool:
        if candidate.kind != "file" or self._rule == "settled":
            return True
        # A marker older than the last change came before its file: it promises nothing, so the file must settle.
        # So must one of the same instant: clocks of filesystems are coarse (4 ms and more), nobody knows the order.
        return self._rule == "marker" and candidate.marked_ns <= candidate.ctime_ns

    def _wait_by_change_time(self, candidate: Candidate, wall: float, devices: frozenset[str]) -> float:
        changed = candidate.ctime_ns / 1e9
        device = f"{os.major(candidate.device)}:{os.minor(candidate.device)}"
        if device not in devices or not self._believed_from <= changed <= wall:
            return float("inf")
        return self._settle - (wall - changed)
