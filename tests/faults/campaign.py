"""Every call of every scenario, made to kill or to fail; the next start must put everything right.

    python -m tests.faults.campaign [--only SCENARIO] [--kind KIND] [--every N] [--jobs N]
                                   [--log FILE] [--minutes N]

Prints a table of scenarios and kinds of fault, and every broken promise. Exit code 1 when one was broken.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.faults import driving
from tests.faults.kinds import KINDS
from tests.faults.scenario import Scenario
from tests.faults.scenarios import LOCAL, REMOTE
from tests.faults.tally import Log, table
from tests.faults.work import Task, begin, powercuts, strikes

POWER = "power cut"


def main() -> int:
    """Run what was asked for; print the table; return the exit code."""
    asked = _asked()
    if because := driving.why_not():
        print(because, file=sys.stderr)
        return 2
    scenarios = [one for one in (*LOCAL, *_remote()) if not asked.only or one.name in asked.only]
    kinds = [name for name in (POWER, *(kind.name for kind in KINDS)) if not asked.kind or name in asked.kind]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=asked.folder or _quickest()) as name:
        root = Path(name)
        log = Log(asked.log or root / "log")
        tasks = [
            (_work(kind), Task(scenario, kind, asked.every, log.path, time.time() + 60 * asked.minutes))
            for kind in kinds
            for scenario in scenarios
            if kind != POWER or scenario in LOCAL
        ]
        failed = _do(tasks, asked.jobs, root)
        found = log.read()
    chosen = [one for one in found if one.scenario in {each.name for each in scenarios} and one.kind in kinds]
    print(f"\n{table(chosen)}\n{time.monotonic() - started:.0f} s with {asked.jobs} processes")
    broken = [one for one in chosen if one.broken]
    for one in broken:
        print(f"BROKEN {one}")
    for one in failed:
        print(f"FAILED {one}")
    return 1 if broken or failed or not chosen else 0


def _do(tasks: Sequence[tuple[Callable[[Task], None], Task]], jobs: int, root: Path) -> list[str]:
    """Do the tasks; return those that could not be done, such as a scenario that breaks promises without any fault."""
    failed = []
    # Processes, not threads: Alembic migrates one journal a process at a time.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=begin, initargs=(root,)) as workers:
        running = {workers.submit(work, task): task for work, task in tasks}
        for future in as_completed(running):
            name = f"{running[future].scenario.name}, {running[future].kind}"
            if error := future.exception():
                failed.append(f"{name}: {error!r}")
            if error or time.time() < running[future].until:
                print(f"{'FAILED' if error else 'done'}: {name}", flush=True)
    return failed


def _work(kind: str) -> Callable[[Task], None]:
    return powercuts if kind == POWER else strikes


def _asked() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", action="append", help="a scenario by its name; may be repeated")
    asked.add_argument("--kind", action="append", help=f"a kind of fault by its name, or '{POWER}'; may be repeated")
    asked.add_argument("--every", type=int, default=1, help="take only every so many-th call")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    asked.add_argument("--log", type=Path, help="note each run here; what is noted already is not run again")
    asked.add_argument("--minutes", type=float, default=math.inf, help="stop then; go on later with the same --log")
    asked.add_argument("--folder", type=Path, help="where to work; a disk in memory is quickest")
    return asked.parse_args()


def _quickest() -> Path | None:
    return Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None


def _remote() -> Sequence[Scenario]:
    if os.geteuid() == 0 and Path("/usr/sbin/sshd").exists():
        return REMOTE
    print("no OpenSSH partner here: the SFTP scenarios are left out", file=sys.stderr)
    return ()


if __name__ == "__main__":
    sys.exit(main())
