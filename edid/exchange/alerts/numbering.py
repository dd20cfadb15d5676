"""Which numbers are missing in a sequence that arrives in any order. Pure: no journal, no clock.

Numbers below the first ones received are not missing: they were given before the connection existed. A jump of more
than LONGEST_GAP is no gap either, but a new series: numbers that hold a date, a counter that began anew.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

LONGEST_GAP = 100_000
_MOST_SERIES = 50
_MOST_GAPS = 5_000
_first = attrgetter("first")


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Missing numbers in a row, and since when they are known to be missing."""

    first: int
    last: int
    since: datetime

    def within(self, spans: Iterable[tuple[int, int]]) -> bool:
        """Tell whether any of its numbers lies in one of `spans` (first, last)."""
        return any(self.first <= last and first <= self.last for first, last in spans)


@dataclass(slots=True)
class _Series:
    low: int
    high: int
    gaps: list[Gap] = field(default_factory=list)

    def distance(self, number: int) -> int:
        return max(self.low - number, number - self.high, 0)

    def add(self, number: int, at: datetime) -> None:
        if number > self.high:
            if number > self.high + 1:
                self.gaps.append(Gap(self.high + 1, number - 1, at))
            self.high = number
        elif number < self.low:
            if number < self.low - 1:
                self.gaps.insert(0, Gap(number + 1, self.low - 1, at))
            self.low = number
        else:
            self._fill(number)

    def _fill(self, number: int) -> None:
        place = bisect_right(self.gaps, number, key=_first) - 1
        if place < 0 or number > self.gaps[place].last:
            return
        gap = self.gaps.pop(place)
        if number < gap.last:
            insort(self.gaps, Gap(number + 1, gap.last, gap.since))
        if number > gap.first:
            insort(self.gaps, Gap(gap.first, number - 1, gap.since))


class Numbering:
    """What is known of one sequence."""

    def __init__(self) -> None:
        self._series: list[_Series] = []
        self.is_sequence = True
        """False: so many gaps or series that the numbers do not follow one another at all."""

    def add(self, number: int, at: datetime) -> None:
        """Take in a number received at `at`; twice is once. Bounded work and memory, whatever the numbers are."""
        if not self.is_sequence:
            return
        near = min(self._series, key=lambda series: series.distance(number), default=None)
        if near is not None and near.distance(number) <= LONGEST_GAP:
            near.add(number, at)
        else:
            self._series.append(_Series(number, number))
        if len(self._series) > _MOST_SERIES or (near is not None and len(near.gaps) > _MOST_GAPS):
            self.is_sequence = False
            self._series.clear()

    def gaps(self) -> Iterator[Gap]:
        """Yield what is missing, smallest numbers first."""
        for series in sorted(self._series, key=attrgetter("low")):
            yield from series.gaps
