"""What is fuzzed: a function of bytes that raises only when a promise is broken, and inputs to start from."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.fuzz.mutation import plain_bytes

Mutation = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Target:
    """One reader of outside bytes."""

    name: str
    check: Callable[[bytes], None]
    """Reads the bytes; any exception that comes out of it is a finding."""
    seeds: Callable[[], tuple[bytes, ...]]
    """Inputs that are read well, or nearly; made when they are first asked for."""
    mutate: Mutation = plain_bytes
    weight: float = 1.0
    """Share of the executions, compared with the other targets: small readers are fast and have more."""

    @property
    def inputs(self) -> tuple[bytes, ...]:
        """The seeds, made once a process."""
        return _made(self.seeds)


@cache
def _made(seeds: Callable[[], tuple[bytes, ...]]) -> tuple[bytes, ...]:
    return seeds()


def memory() -> Path | None:
    """Return a folder that is in memory, if this machine has one."""
    folder = Path("/dev/shm")
    return folder if os.access(folder, os.W_OK) else None


class Desk:
    """A folder in memory where a target puts its input, and which it finds empty each time."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="edid-fuzz-", dir=memory()))
        self.path = self.folder / "dropped"
        self.work = self.folder / "work"

    def lay(self, data: bytes) -> None:
        """Put `data` at `path` beside an empty `work`."""
        if not self.work.exists():
            self.work.mkdir()
        elif os.listdir(self.work):
            shutil.rmtree(self.work)
            self.work.mkdir()
        self.path.write_bytes(data)

    def must_be_clean(self, data: bytes) -> None:
        """Nothing may have appeared beside the work folder, or have changed the input."""
        assert sorted(os.listdir(self.folder)) == ["dropped", "work"], "a file appeared outside the work folder"
        assert self.path.read_bytes() == data, "the input was changed"

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


_desks: list[Desk] = []


def desk() -> Desk:
    """Return the desk of this process."""
    if not _desks:
        _desks.append(Desk())
    return _desks[0]


def clear_desk() -> None:
    """Remove the desk of this process, if there is one."""
    while _desks:
        _desks.pop().remove()
