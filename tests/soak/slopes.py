"""Is it flat? A straight line through the samples of one uninterrupted run, and what of it is no noise."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
"""Seconds since the beginning, and the value."""
FEWEST = 12
SHORTEST = 240.0
"""Seconds that must be left after the warm-up: before, a pool that fills looks like a leak."""
WARM_UP = 0.33
"""Share of the run that is left out at its beginning: pools fill, code is loaded."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, and how much growth is a leak: more each hour than `allowed`, and more in all than `grain`."""

    name: str
    unit: str
    allowed: float
    grain: float


@dataclass(frozen=True, slots=True)
class Slope:
    """How one measure went."""

    measure: Measure
    points: int
    seconds: float
    first: float
    """Median of the first third."""
    last: float
    """Median of the last third."""
    per_hour: float
    error: float
    """Standard error of `per_hour`, larger where neighbouring samples resemble each other."""

    @property
    def told(self) -> str:
        """Flat, or rises; too short where nothing can be said."""
        if self.points < FEWEST or self.seconds < SHORTEST:
            return "too short"
        rises = self.per_hour - 2 * self.error > self.measure.allowed and self.last - self.first > self.measure.grain
        return "RISES" if rises else "flat"


def slope(measure: Measure, points: Sequence[Point]) -> Slope:
    """Return the least-squares slope of `points` after the warm-up."""
    if not points:
        return Slope(measure, 0, 0, 0, 0, 0, 0)
    begin, end = points[0][0], points[-1][0]
    warm = [point for point in points if point[0] >= begin + WARM_UP * (end - begin)]
    third = max(len(warm) // 3, 1)
    first = statistics.median(value for _, value in warm[:third])
    last = statistics.median(value for _, value in warm[-third:])
    per_second, error = _line(warm)
    return Slope(measure, len(warm), warm[-1][0] - warm[0][0], first, last, per_second * 3600, error * 3600)


def table(slopes: Sequence[Slope]) -> str:
    """Return the slopes as a table."""
    rows: list[tuple[str, ...]] = [
        ("measure", "samples", "first third", "last third", "slope per hour", "+-", "allowed", "")
    ]
    for one in slopes:
        unit = one.measure.unit
        numbers = (one.first, one.last, one.per_hour, one.error, one.measure.allowed)
        rows.append((f"{one.measure.name} ({unit})", str(one.points), *(f"{value:.3g}" for value in numbers), one.told))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    )


def _line(points: Sequence[Point]) -> tuple[float, float]:
    """Return slope and its standard error."""
    count = len(points)
    if count < 3:
        return 0.0, 0.0
    times, values = zip(*points, strict=True)
    mean_time, mean = statistics.fmean(times), statistics.fmean(values)
    spread = sum((time - mean_time) ** 2 for time in times)
    if not spread:
        return 0.0, 0.0
    rise = sum((time - mean_time) * (value - mean) for time, value in points) / spread
    left = [value - mean - rise * (time - mean_time) for time, value in points]
    squares = sum(one * one for one in left)
    if not squares:
        return rise, 0.0
    alike = min(max(sum(one * other for one, other in pairwise(left)) / squares, 0.0), 0.95)
    return rise, (squares / (count - 2) / spread * (1 + alike) / (1 - alike)) ** 0.5
