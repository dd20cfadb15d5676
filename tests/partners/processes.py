"""Processes as the kernel tells of them."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.partners.waiting import until


def descendants(process: int) -> list[int]:
    """Return the processes below `process`, each after its parent.

    From the table of all processes: the list of children that the kernel keeps leaves some out while others end.
    """
    children: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            children[int(path.read_text().rpartition(")")[2].split()[1])].append(int(path.parent.name))
    found = list(children[process])
    for one in found:
        found += children[one]
    return found


def send(processes: Sequence[int], number: signal.Signals) -> None:
    """Send a signal to each that still lives; after SIGKILL or SIGSTOP, return once they have ended or stand still."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)
    if number is signal.SIGKILL:
        until(lambda: all(_state(process) in {"", "Z"} for process in processes), "the processes have ended")
    if number is signal.SIGSTOP:
        until(lambda: all(_state(process) in {"", "Z", "T"} for process in processes), "the processes stand still")


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


def _state(process: int) -> str:
    """Return the letter of the state of `process`; empty when it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
