"""A leak is told from noise, and nothing is said of what was too short."""

from __future__ import annotations

import random

from tests.soak.slopes import Measure, slope, table

MEMORY = Measure("memory", "MB", allowed=40, grain=8)
MINUTES = range(0, 900, 2)


def noisy(per_hour: float, noise: float, seconds: range = MINUTES) -> list[tuple[float, float]]:
    """Return samples around a line."""
    dice = random.Random(1)
    return [(second, 120 + per_hour * second / 3600 + dice.gauss(0, noise)) for second in seconds]


def test_noise_around_a_level_is_flat() -> None:
    assert slope(MEMORY, noisy(0, 5)).told == "flat"


def test_a_leak_rises_through_noise() -> None:
    found = slope(MEMORY, noisy(100, 5))
    assert found.told == "RISES"
    assert abs(found.per_hour - 100) < 3 * found.error


def test_a_rise_while_it_warms_up_is_no_leak() -> None:
    warming = [(float(second), 100.0 + min(second, 200) / 4) for second in MINUTES]
    assert slope(MEMORY, warming).told == "flat"


def test_a_level_that_wanders_makes_the_slope_less_sure() -> None:
    wandering = [(float(second), 120.0 + 20 * (second // 150 % 2)) for second in MINUTES]
    independent = noisy(0, 10)
    assert slope(MEMORY, wandering).error > slope(MEMORY, independent).error
    assert slope(MEMORY, wandering).told == "flat"


def test_nothing_is_said_of_a_short_run() -> None:
    assert slope(MEMORY, noisy(1000, 1, range(0, 60, 2))).told == "too short"
    assert slope(MEMORY, []).told == "too short"


def test_the_table_has_a_line_for_each_measure() -> None:
    told = table([slope(MEMORY, noisy(0, 5)), slope(MEMORY, [])]).splitlines()
    assert len(told) == 3
    assert "flat" in told[1]
    assert "too short" in told[2]
