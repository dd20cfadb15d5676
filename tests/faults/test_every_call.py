"""A sample of the calls that change something, each made to kill or to fail; `make faults` tries every one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import driving, tracing
from tests.faults.driving import KILLED, Driver
from tests.faults.kinds import KINDS, Kind, chosen
from tests.faults.promises import broken_at_the_cut, broken_at_the_end
from tests.faults.scenario import Scenario
from tests.faults.scenarios import ANSWERS, DELIVERY, LOCAL, REMOTE
from tests.faults.trying import prepared, recorded, try_one
from tests.faults.world import SHEET, World
from tests.partners.openssh import skip_without_openssh

KILLS = 3
"""Moments of each scenario at which it is killed, evenly spread."""
OTHERS = 3
"""Kinds of fault beside it, one call each. The scenarios take turns, so that every kind has its scenarios."""
_RESET = next(kind for kind in KINDS if kind.name == "reset")
"""Where there is a connection."""


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """The process that forks houses, able to write by halves where there is a C compiler."""
    if because := driving.why_not():
        pytest.skip(because)
    with Driver(driving.compiled(tmp_path_factory.mktemp("halves"))) as driver:
        yield driver


@pytest.mark.parametrize("scenario", [*LOCAL, *REMOTE], ids=lambda scenario: scenario.name)
def test_whatever_call_fails_or_kills_the_next_start_keeps_every_promise(
    driver: Driver, tmp_path: Path, scenario: Scenario
) -> None:
    if scenario in REMOTE:
        skip_without_openssh()
    with prepared(driver, tmp_path / "world", scenario) as world:
        points = recorded(driver, world, tmp_path / "calls")
        met = [_tried(driver, world, kind, chosen(kind, points), count) for kind, count in _sample(driver, scenario)]
    assert sum(met) > KILLS, "most of the faults were met"


def _tried(driver: Driver, world: World, kind: Kind, points: dict[tracing.Point, int], count: int) -> int:
    """Try `count` of the points, evenly spread; return how many were met."""
    everything, met = list(points.items()), 0
    for place in range(count if everything else 0):
        point, ordinal = everything[(2 * place + 1) * len(everything) // (2 * count)]
        broken = try_one(driver, world, kind, point, ordinal)
        assert not broken, f"{kind.name} at {point}: {broken}\n{world.output[-4000:]}"
        met += broken is not None
    return met


def _sample(driver: Driver, scenario: Scenario) -> list[tuple[Kind, int]]:
    kill, *others = [kind for kind in KINDS if (driver.can_halve or not kind.half) and kind != _RESET]
    first = [*LOCAL, *REMOTE].index(scenario) * OTHERS
    turn = [others[number % len(others)] for number in range(first, first + OTHERS)]
    return [(kill, KILLS), *((kind, 1) for kind in turn), *([(_RESET, 1)] if scenario in REMOTE else [])]


def test_the_sample_has_every_kind_of_fault(driver: Driver) -> None:
    tried = {kind.name for scenario in (*LOCAL, *REMOTE) for kind, _ in _sample(driver, scenario)}
    assert tried == {kind.name for kind in KINDS if driver.can_halve or not kind.half}


def test_the_promises_notice_what_is_lost_twice_half_written_or_untrue(driver: Driver, tmp_path: Path) -> None:
    with prepared(driver, tmp_path / "world", DELIVERY) as world:
        world.reset()
        (world.company.spool / SHEET / "out" / "a.xml").unlink()
        assert kinds_of(broken_at_the_cut(world)) == {"lost"}
        world.reset()
        assert driver.run(world.config) == 0
        assert broken_at_the_end(world, set()) == []
        (there,) = (world.partner / "in").iterdir()
        copy = there.with_name(there.name[:-1] + "2")
        copy.write_bytes(there.read_bytes())
        assert kinds_of(broken_at_the_end(world, set())) == {"not once"}
        copy.unlink()
        there.write_bytes(there.read_bytes()[:-1])
        assert kinds_of(broken_at_the_cut(world)) == {"false", "half visible"}


def test_the_promises_notice_a_broken_chain_an_orphan_and_an_answer_too_many(driver: Driver, tmp_path: Path) -> None:
    with prepared(driver, tmp_path / "world", ANSWERS) as world:
        world.reset()
        assert driver.run(world.config) == 0
        assert broken_at_the_end(world, set()) == []
        stray = world.company.state / "store" / "ab" / "c"
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(b"")
        assert "lost" in kinds_of(broken_at_the_end(world, set()))
        stray.unlink()
        answer = next((world.sheet / "status").glob("*_sent.json"))
        twice = answer.with_name(f"again-{answer.name}")
        twice.write_bytes(answer.read_bytes())
        assert {"not once", "false", "not final"} <= kinds_of(broken_at_the_end(world, set()))
        twice.unlink()
        (world.sheet / "rejected" / "bad.xml").unlink()
        assert {"false", "left behind", "not once"} <= kinds_of(broken_at_the_end(world, set()))


def kinds_of(broken: list[str]) -> set[str]:
    """Return which promises these sentences speak of."""
    return {one.split(":")[0] for one in broken}


def test_every_kind_of_fault_is_one_that_strikes(driver: Driver, tmp_path: Path) -> None:
    """A fault that never strikes would make every run a success."""
    with prepared(driver, tmp_path / "world", DELIVERY) as world:
        world.reset()
        assert driver.run(world.config, trace=tracing.inject("renameat", 1, KINDS[0].what)) == KILLED
        assert (world.sheet / "out" / "a.xml").is_file(), "killed before the file was claimed"
        world.reset()
        driver.run(world.config, trace=tracing.inject("renameat", 1, "error=EIO"))
        assert "file.stuck" in world.output or "spool.unusable" in world.output
