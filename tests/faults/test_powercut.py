"""A sample of the power cuts that `make faults` simulates, and what would show if a wait for the disk were missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import driving
from tests.faults.calls import Call, recorded_calls
from tests.faults.driving import Driver
from tests.faults.powercut import cuts
from tests.faults.scenario import Scenario
from tests.faults.scenarios import ANSWERS, DELIVERY, LOCAL, RECEPTION, REJECTION
from tests.faults.trying import prepared

CUTS = 3
"""Of each scenario, evenly spread."""
_WAITS = {"fsync", "fdatasync", "syncfs"}


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    """The process that forks houses."""
    if because := driving.why_not():
        pytest.skip(because)
    with Driver() as driver:
        yield driver


@pytest.mark.parametrize("scenario", LOCAL, ids=lambda scenario: scenario.name)
def test_whatever_a_power_cut_leaves_the_next_start_keeps_every_promise(
    driver: Driver, tmp_path: Path, scenario: Scenario
) -> None:
    with prepared(driver, tmp_path / "world", scenario) as world:
        found = list(cuts(world, recorded_calls(driver, world, tmp_path / "calls")))
        assert len(found) > 50, "a run leaves many different things behind"
        for place in range(CUTS):
            image = found[(2 * place + 1) * len(found) // (2 * CUTS)]
            broken = image.outcome(driver, world)
            assert not broken, f"{image.name}: {broken}\n{world.output[-4000:]}"


@pytest.mark.parametrize(
    ("scenario", "place"),
    [
        pytest.param(DELIVERY, "store/incoming/", id="the bytes of an original"),
        pytest.param(DELIVERY, "journal.db-wal", id="what the journal says"),
        pytest.param(DELIVERY, ".part", id="the bytes at the partner"),
        pytest.param(DELIVERY, "partner/in", id="the name at the partner"),
        pytest.param(RECEPTION, "store/incoming/", id="the bytes of what was fetched"),
        pytest.param(RECEPTION, "spool/ventes/in/", id="the bytes of what is filed"),
        pytest.param(REJECTION, "verdict.json", id="the note beside what is refused"),
        pytest.param(ANSWERS, "status/.answer-", id="the bytes of an answer"),
    ],
)
def test_a_wait_for_the_disk_that_is_missing_shows(
    driver: Driver, tmp_path: Path, scenario: Scenario, place: str
) -> None:
    def lost(call: Call) -> bool:
        return call.name in _WAITS and place in call.places[0][1]

    with prepared(driver, tmp_path / "world", scenario) as world:
        calls = recorded_calls(driver, world, tmp_path / "calls")
        assert any(map(lost, calls)), "edid waits there"
        usual = {image.key for image in cuts(world, calls)}
        unusual = [image for image in cuts(world, calls, lost) if image.key not in usual]
        assert any(image.outcome(driver, world) for image in reversed(unusual))
