"""What lies in a drop folder for long and is not taken, and why: nothing may wait there without a word.

Unfinished files are normal, so each is told only once it has lain there for `LONG`, and once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from edid.config.sheet import Intake
from edid.intake.lease import open_for_writing
from edid.intake.scan import Candidate, Left, scan

LONG = 900.0
"""Seconds that a file may lie in the drop folder before somebody is told."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_Facts = tuple[int, int, int]


@dataclass(slots=True)
class _Seen:
    since: float
    facts: _Facts
    told: set[str] = field(default_factory=set)


class Overlooked:
    """The memory of one drop folder; losing it only tells everything once more, later."""

    def __init__(self, folder: Path, intake: Intake, long: float = LONG) -> None:
        self._folder = folder
        self._intake = intake
        self._long = long
        self._seen: dict[tuple[str, int], _Seen] = {}

    def look(self, at: float) -> list[Left]:
        """Return what has lain there for long at the monotonic time `at` and was not told yet, in order of names.

        What edid would look into and cannot is told at once. Raises OperatorError or TransientError when the folder
        cannot be read.
        """
        left: list[Left] = []
        candidates = scan(self._folder, self._intake, left)
        seen: dict[tuple[str, int], _Seen] = {}
        overlooked = []
        for item, facts in _with_facts(candidates, left):
            key = (item.name, item.inode)
            before = self._seen.get(key) or _Seen(at, facts)
            seen[key] = before
            if at - before.since >= self._long or (isinstance(item, Left) and item.broken):
                one = item if isinstance(item, Left) else self._why(item, changed=facts != before.facts)
                if one is not None and one.why not in before.told:
                    before.told.add(one.why)
                    overlooked.append(one)
            before.facts = facts
        self._seen = seen
        return sorted(overlooked)

    def _why(self, candidate: Candidate, *, changed: bool) -> Left | None:
        """Say why a file is not taken; None when nothing speaks against it: it will be, or was tried and told."""
        try:
            descriptor = os.open(self._folder / candidate.name, _OPEN)
        except BlockingIOError:
            return _left(candidate, "is held by another program")
        except PermissionError:
            return _left(candidate, "may not be read by edid")
        except OSError:
            return None
        try:
            busy = open_for_writing(descriptor)
        finally:
            os.close(descriptor)
        if busy:
            return _left(candidate, "is still open for writing by another program")
        return _left(candidate, "changes again and again") if changed else None


def _left(candidate: Candidate, why: str) -> Left:
    return Left(candidate.name, candidate.inode, why)


def _with_facts(candidates: Iterable[Candidate], left: Iterable[Left]) -> Iterator[tuple[Candidate | Left, _Facts]]:
    for candidate in candidates:
        yield candidate, (candidate.size, candidate.mtime_ns, candidate.ctime_ns)
    for one in left:
        yield one, (0, 0, 0)
