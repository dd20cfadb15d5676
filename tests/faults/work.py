"""One task of a campaign, done in a process of its own with a driver that stays: one scenario, one kind of fault."""

from __future__ import annotations

import atexit
import math
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults.calls import recorded_calls
from tests.faults.driving import Driver, compiled
from tests.faults.kinds import KINDS, chosen
from tests.faults.powercut import cuts
from tests.faults.scenario import Scenario
from tests.faults.tally import Log, Result
from tests.faults.trying import prepared, recorded, try_one

_OURS: list[tuple[Driver, Path]] = []
"""The driver of this process, and its folder."""


@dataclass(frozen=True)
class Task:
    """One scenario, one kind of fault, every so many-th call."""

    scenario: Scenario
    kind: str
    every: int
    log: Path
    until: float = math.inf
    """When to stop, by the clock; a later campaign goes on with the log."""


def begin(root: Path) -> None:
    """Start the driver of this process, which works below `root`."""
    folder = root / f"process-{os.getpid()}"
    folder.mkdir()
    driver = Driver(compiled(folder))
    _OURS.append((driver, folder))
    atexit.register(driver.close)


def strikes(task: Task) -> None:
    """Strike at every so many-th call of a scenario that the log does not hold yet."""
    if time.time() >= task.until:
        return
    (kind,) = [kind for kind in KINDS if kind.name == task.kind]
    driver, folder = _OURS[0]
    if kind.half and not driver.can_halve:
        return
    log, known = _log(task)
    with prepared(driver, folder / "world", task.scenario) as world:
        points = recorded(driver, world, folder / "calls")
        for point, ordinal in list(chosen(kind, points).items())[:: task.every]:
            if str(point) not in known and time.time() < task.until:
                broken = try_one(driver, world, kind, point, ordinal)
                log.add(Result(task.scenario.name, kind.name, str(point), broken is not None, broken or []))
    shutil.rmtree(folder / "world")


def powercuts(task: Task) -> None:
    """Cut the power at every so many-th moment of a scenario at which something else would be left on the disk."""
    if time.time() >= task.until:
        return
    driver, folder = _OURS[0]
    log, known = _log(task)
    with prepared(driver, folder / "world", task.scenario) as world:
        calls = recorded_calls(driver, world, folder / "calls")
        for image in list(cuts(world, calls))[:: task.every]:
            if image.name not in known and time.time() < task.until:
                log.add(Result(task.scenario.name, task.kind, image.name, True, image.outcome(driver, world)))
    shutil.rmtree(folder / "world")


def _log(task: Task) -> tuple[Log, set[str]]:
    log = Log(task.log)
    ours = (task.scenario.name, task.kind)
    return log, {one.point for one in log.read() if (one.scenario, one.kind) == ours}
