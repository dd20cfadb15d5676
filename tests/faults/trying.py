"""One run with one fault, the next start in peace, and which promises were broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults import tracing
from tests.faults.driving import KILLED, Driver
from tests.faults.kinds import Kind
from tests.faults.promises import broken_at_the_cut, broken_at_the_end, names_at_partner
from tests.faults.scenario import Scenario
from tests.faults.tracing import Point, inject
from tests.faults.world import World
from tests.partners.openssh import OpenSshPartner

_REFUSED, _UNMET, _UNFORESEEN = 3, 4, 5
"""Exit codes: see the house and the driver."""


@contextmanager
def prepared(driver: Driver, folder: Path, scenario: Scenario) -> Iterator[World]:
    """Give the world of a scenario, with a real server where its name says so, ready to be reset."""
    with ExitStack() as stack:
        server = None
        if "sftp" in scenario.name:
            server = stack.enter_context(OpenSshPartner.started(journal=False))
        folder.mkdir(parents=True)
        world = World(folder, scenario, server)
        world.begin(driver.run)
        yield world


def recorded(driver: Driver, world: World, log: Path) -> list[Point]:
    """Run the scenario unharmed; return its calls. Raises AssertionError where it breaks a promise by itself."""
    world.reset()
    points = tracing.record(driver, world.config, log)
    calm = broken_at_the_end(world, set())
    assert not calm, f"{world.scenario.name} without any fault: {calm}\n{world.output[-4000:]}"
    return points


def try_one(driver: Driver, world: World, kind: Kind, point: Point, ordinal: int) -> list[str] | None:
    """Do one run with one fault and start again in peace; return the broken promises, None when the fault missed."""
    world.reset()
    if kind.half:
        code = driver.run(world.config, half=(kind.half, ordinal))
        missed = code == _UNMET
    else:
        code = driver.run(world.config, trace=inject(point.call, point.number, kind.what, on=kind.on))
        missed = kind.kills and code != KILLED
    if missed:
        return None
    broken = []
    if code == _UNFORESEEN:
        broken.append("the house broke off with something unforeseen")
    elif code not in ({KILLED} if kind.kills else {0, _REFUSED}):
        broken.append(f"the house ended with {code}")
    return [*dict.fromkeys([*broken, *then_in_peace(driver, world)])]


def then_in_peace(driver: Driver, world: World) -> list[str]:
    """Look at a world that was cut off, start a house in it, and look again; return the broken promises."""
    broken = broken_at_the_cut(world)
    before = names_at_partner(world)
    code = driver.run(world.config)
    if code != 0:
        broken.append(f"the next start ended with {code}")
    return broken + broken_at_the_end(world, before)
