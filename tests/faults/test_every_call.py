"""A sample of the calls that change something, each made to kill or to fail; `make faults` tries every one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import tracing
from tests.faults.campaign import KINDS, Kind, chosen, prepared, try_one
from tests.faults.promises import broken_at_the_cut, broken_at_the_end
from tests.faults.scenarios import DELIVERY, OVER_SFTP, RECEPTION, REJECTION
from tests.faults.tracing import Driver
from tests.faults.world import SHEET, Scenario
from tests.partners.openssh import skip_without_openssh

SAMPLE = {"SIGKILL": 6, "torn write": 1, "EIO": 2, "ENOSPC on": 1, "EINTR": 1, "short write": 1, "done, said EIO": 1}
"""How many calls of each scenario, evenly spread over all that fit."""


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """The process that forks houses, able to write by halves where there is a C compiler."""
    if because := tracing.why_not():
        pytest.skip(because)
    with Driver(tracing.compiled(tmp_path_factory.mktemp("halves"))) as driver:
        yield driver


def _try_sample(driver: Driver, folder: Path, scenario: Scenario, kinds: dict[str, int]) -> None:
    with prepared(folder / "world", scenario) as world:
        world.reset()
        points = tracing.record(driver, world.config, folder / "calls")
        assert broken_at_the_end(world, set()) == [], "without any fault"
        tried = 0
        for kind in (one for one in KINDS if one.name in kinds):
            for point, ordinal in _spread(chosen(kind, points), kinds[kind.name]):
                broken = try_one(driver, world, kind, point, ordinal)
                assert not broken, f"{kind.name} at {point}:\n{world.output[-4000:]}"
                tried += broken is not None
        assert tried >= sum(kinds.values()) // 2, "most of the faults were met"


def _spread(points: dict[tracing.Point, int], count: int) -> list[tuple[tracing.Point, int]]:
    everything = list(points.items())
    return (
        [everything[(2 * place + 1) * len(everything) // (2 * count)] for place in range(count)] if everything else []
    )


def _kinds(driver: Driver) -> dict[str, int]:
    by_halves = {kind.name for kind in KINDS if kind.half}
    return {name: count for name, count in SAMPLE.items() if driver.can_halve or name not in by_halves}


@pytest.mark.parametrize("scenario", [DELIVERY, RECEPTION, REJECTION], ids=lambda scenario: scenario.name)
def test_whatever_call_fails_or_kills_the_next_start_keeps_every_promise(
    driver: Driver, tmp_path: Path, scenario: Scenario
) -> None:
    _try_sample(driver, tmp_path, scenario, _kinds(driver))


def test_a_kill_while_a_real_server_is_spoken_to_delivers_once(driver: Driver, tmp_path: Path) -> None:
    skip_without_openssh()
    _try_sample(driver, tmp_path, OVER_SFTP, {"SIGKILL": 4})


def test_the_promises_notice_what_is_lost_twice_half_written_or_untrue(driver: Driver, tmp_path: Path) -> None:
    with prepared(tmp_path / "world", DELIVERY) as world:
        world.reset()
        (world.company.spool / SHEET / "out" / "a.xml").unlink()
        assert [one.split(":")[0] for one in broken_at_the_cut(world)] == ["lost"]
        world.reset()
        assert driver.run(world.config) == 0
        assert broken_at_the_end(world, set()) == []
        (there,) = (world.partner / "in").iterdir()
        copy = there.with_name(there.name[:-1] + "2")
        copy.write_bytes(there.read_bytes())
        assert {one.split(":")[0] for one in broken_at_the_end(world, set())} == {"not once"}
        copy.unlink()
        there.write_bytes(there.read_bytes()[:-1])
        assert {one.split(":")[0] for one in broken_at_the_cut(world)} == {"false", "half visible"}


def test_every_kind_of_fault_is_one_that_strikes(driver: Driver, tmp_path: Path) -> None:
    """A fault that never strikes would make every run a success."""
    kill = next(kind for kind in KINDS if kind.name == "SIGKILL")
    assert isinstance(kill, Kind)
    with prepared(tmp_path / "world", DELIVERY) as world:
        world.reset()
        assert driver.run(world.config, trace=tracing.inject("renameat", 1, kill.what)) == -9
        assert (world.sheet / "out" / "a.xml").is_file(), "killed before the file was claimed"
        world.reset()
        driver.run(world.config, trace=tracing.inject("renameat", 1, "error=EIO"))
        assert "file.stuck" in world.output
