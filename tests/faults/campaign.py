"""Every call of every scenario, made to kill or to fail; the next start must put everything right.

    python -m tests.faults.campaign [--only SCENARIO] [--kind KIND] [--every N]

Prints one line for each scenario and kind of fault, and every broken promise. Exit code 1 when one was broken.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import tracing
from tests.faults.promises import broken_at_the_cut, broken_at_the_end, names_at_partner
from tests.faults.scenarios import LOCAL, REMOTE
from tests.faults.tracing import Driver, Point, inject
from tests.faults.world import Scenario, World
from tests.partners.openssh import OpenSshPartner

_KILLED = -9
_FULL = {"write", "pwrite64", "writev", "openat", "mkdir", "rename", "renameat", "renameat2", "ftruncate", "fsync",
         "fdatasync", "sendfile"}  # fmt: skip
_INTERRUPTED = {"write", "pwrite64", "writev", "openat", "ftruncate", "fsync", "fdatasync", "sendto", "sendmsg"}
_NEVER_FAIL = {"sendto", "sendmsg"}
"""A socket does not answer EIO or ENOSPC; a broken connection is the kind `reset`."""


@dataclass(frozen=True)
class Kind:
    """One kind of fault: at which calls, and how it is brought about."""

    name: str
    fits: Callable[[Point], bool]
    what: str = ""
    """What strace injects."""
    on: bool = False
    """Not only there but at all later calls of that name, until the end of the run."""
    half: int = 0
    """The mode of halves.c instead of strace."""
    kills: bool = False


def _on_disk(point: Point) -> bool:
    return point.call not in _NEVER_FAIL


_WRITES = {"write", "pwrite64", "sendto"}
_NAMES = {"rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "rmdir"}
KINDS = (
    Kind("SIGKILL", lambda _point: True, "signal=SIGKILL", kills=True),
    Kind("torn write", lambda point: point.call in _WRITES, half=2, kills=True),
    Kind("EIO", _on_disk, "error=EIO"),
    Kind("ENOSPC", lambda point: point.call in _FULL, "error=ENOSPC"),
    Kind("ENOSPC on", lambda point: point.call in _FULL, "error=ENOSPC", on=True),
    Kind("EINTR", lambda point: point.call in _INTERRUPTED, "error=EINTR"),
    Kind("reset", lambda point: point.call in _NEVER_FAIL, "error=ECONNRESET"),
    Kind("short write", lambda point: point.call in _WRITES, half=1),
    Kind("done, said EIO", lambda point: point.call in _NAMES, half=3),
)


@dataclass
class Tally:
    """How the runs of one kind went."""

    injected: int = 0
    missed: int = 0
    """The run went another way and never came to this call."""
    broken: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def survived(self) -> int:
        """Runs that kept every promise."""
        return self.injected - len(self.broken)


def try_one(driver: Driver, world: World, kind: Kind, point: Point, ordinal: int) -> list[str] | None:
    """Do one run with one fault and start again in peace; return the broken promises, None when the fault missed."""
    world.reset()
    if kind.half:
        code = driver.run(world.config, half=(kind.half, ordinal))
        missed = code == 4
    else:
        code = driver.run(world.config, trace=inject(point.call, point.number, kind.what, on=kind.on))
        missed = kind.kills and code != _KILLED
    if missed:
        return None
    broken = [] if not kind.kills or code == _KILLED else [f"the house ended with {code}"]
    broken += broken_at_the_cut(world)
    seen = names_at_partner(world)
    again = driver.run(world.config)
    if again != 0:
        broken.append(f"the next start ended with {again}")
    if "Traceback" in world.output and code == 5:
        broken.append("the house broke off with something unforeseen")
    return [*dict.fromkeys([*broken, *broken_at_the_end(world, seen)])]


def chosen(kind: Kind, points: Sequence[Point]) -> dict[Point, int]:
    """Return the points to try, each with its place among those that fit: halves.c counts all names together.

    A kill is tried at every call. Other faults skip the inside of a row of equal calls on one file, such as the pages
    of one transaction: its first, middle and last call stand for it.
    """
    places = {point: place for place, point in enumerate(filter(kind.fits, points), 1)}
    if kind.name == "SIGKILL":
        return places
    rows = [list(row) for _, row in itertools.groupby(places, key=lambda point: (point.call, point.what))]
    return {row[place]: places[row[place]] for row in rows for place in sorted({0, len(row) // 2, len(row) - 1})}


@contextmanager
def prepared(folder: Path, scenario: Scenario) -> Iterator[World]:
    """Give the world of a scenario, with a real server where its name says so."""
    with ExitStack() as stack:
        server = None
        if "sftp" in scenario.name:
            server = stack.enter_context(OpenSshPartner.started(journal=False))
        folder.mkdir(parents=True)
        yield World(folder, scenario, server)


def campaign(folder: Path, scenario: Scenario, names: Sequence[str], every: int) -> dict[str, Tally]:
    """Try every `every`-th call of one scenario with the faults of these names; return the tallies by kind."""
    kinds = [kind for kind in KINDS if kind.name in names]
    tallies: dict[str, Tally] = {}
    shim = tracing.compiled(folder)
    with Driver(shim) as driver, prepared(folder / "world", scenario) as world:
        world.reset()
        points = tracing.record(driver, world.config, folder / "calls")
        if calm := broken_at_the_end(world, set()):
            raise AssertionError(f"{scenario.name} without any fault: {calm}")
        for kind in kinds:
            if kind.half and shim is None:
                continue
            tally = tallies[kind.name] = Tally()
            for point, ordinal in list(chosen(kind, points).items())[::every]:
                broken = try_one(driver, world, kind, point, ordinal)
                tally.missed += broken is None
                tally.injected += broken is not None
                if broken:
                    tally.broken.append((str(point), broken))
                    print(f"{scenario.name}, {kind.name}, {point}: {'; '.join(broken)}", flush=True)
    return tallies


def main() -> int:
    """Run what was asked for; print the table; return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", action="append", help="a scenario by its name; may be repeated")
    asked.add_argument("--kind", action="append", help="a kind of fault by its name; may be repeated")
    asked.add_argument("--every", type=int, default=1, help="take only every so many-th call")
    asked.add_argument("--folder", type=Path, help="where to work; a disk in memory is quickest")
    chosen = asked.parse_args()
    if because := tracing.why_not():
        print(because, file=sys.stderr)
        return 2
    scenarios = [one for one in (*LOCAL, *_remote()) if not chosen.only or one.name in chosen.only]
    kinds = [one for one in KINDS if not chosen.kind or one.name in chosen.kind]
    # Processes, not threads: Alembic migrates one journal a process at a time.
    with (
        tempfile.TemporaryDirectory(dir=chosen.folder or _quickest()) as name,
        ProcessPoolExecutor(os.cpu_count() or 1, multiprocessing.get_context("spawn")) as workers,
    ):
        places = [Path(name, str(number)) for number in range(len(scenarios))]
        for place in places:
            place.mkdir()
        names = [[kind.name for kind in kinds]] * len(scenarios)
        results = []
        ran = workers.map(campaign, places, scenarios, names, [chosen.every] * len(scenarios))
        for result in zip(scenarios, ran, strict=True):
            results.append(result)
            _print([result])
    print()
    return _print(results)


def _quickest() -> Path | None:
    return Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None


def _remote() -> Sequence[Scenario]:
    if os.geteuid() == 0 and Path("/usr/sbin/sshd").exists():
        return REMOTE
    print("no OpenSSH partner here: the SFTP scenarios are left out", file=sys.stderr)
    return ()


def _print(results: Sequence[tuple[Scenario, dict[str, Tally]]]) -> int:
    total: Counter[str] = Counter()
    print(f"{'scenario':<20} {'fault':<16} {'injected':>8} {'survived':>8} {'broken':>6} {'missed':>6}")
    for scenario, tallies in results:
        for kind, tally in tallies.items():
            row = {
                "injected": tally.injected,
                "survived": tally.survived,
                "broken": len(tally.broken),
                "missed": tally.missed,
            }
            total.update(row)
            if tally.injected or tally.missed:
                print(f"{scenario.name:<20} {kind:<16} " + _columns(row), flush=True)
    print(f"{'all':<37} " + _columns(total), flush=True)
    return 1 if total["broken"] else 0


def _columns(row: dict[str, int] | Counter[str]) -> str:
    return f"{row['injected']:>8} {row['survived']:>8} {row['broken']:>6} {row['missed']:>6}"


if __name__ == "__main__":
    sys.exit(main())
