"""One instance per state folder: an flock that the kernel releases whatever happens to the process."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from edid.errors import OperatorError


class AlreadyRunningError(OperatorError):
    """Another edid works on this state folder."""


class StateLock:
    """Holds the state folder as a context manager. Raises AlreadyRunningError when another edid holds it."""

    def __init__(self, state: Path) -> None:
        self._path = state / "edid.lock"
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock; refuse when another process still holds it after a moment."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        if not self._taken():
            holder = os.read(self._descriptor, 32).decode().strip() or "unknown"
            os.close(self._descriptor)
            raise AlreadyRunningError(
                f"another edid (process {holder}) works on {self._path.parent}.",
                remedy="Stop it first, or give this one another state folder.",
            )
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        return self

    def _taken(self) -> bool:
        """Try for a moment: `edid status` holds the lock for an instant to see whether a daemon does."""
        for wait in (0.05, 0.1, 0.2, 0.0):
            with suppress(BlockingIOError):
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            time.sleep(wait)
        return False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go."""
        os.close(self._descriptor)


def is_running(state: Path) -> bool:
    """Tell whether a daemon holds the state folder now."""
    try:
        with StateLock(state):
            return False
    except AlreadyRunningError:
        return True
