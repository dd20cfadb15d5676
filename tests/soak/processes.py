"""Processes as the kernel tells of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.partners.waiting import until


def descendants(process: int) -> list[int]:
    """Return the processes below `process`."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def send(processes: Sequence[int], number: signal.Signals) -> None:
    """Send a signal to each that still lives; after SIGKILL, return once they have ended."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)
    if number is signal.SIGKILL:
        until(lambda: not any(_lives(process) for process in processes), "the processes have ended")


def resident(process: int) -> int:
    """Return the bytes of memory that a process holds; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def runs(process: int, module: bytes) -> bool:
    """Tell whether `process` lives and was started with `module` on its command line."""
    try:
        return module in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def _lives(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
