"""The contract that every transport keeps; one test suite runs against all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Protocol, Self

from edid.errors import OperatorError

Progress = Callable[[int], None]
"""Called with the bytes moved so far, often enough to prove life."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One regular file at the partner."""

    name: str
    size: int
    modified: datetime | None


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one put."""

    size: int
    """Bytes written, each of them acknowledged by the partner."""
    seen: int | None
    """Size that the partner named when asked afterwards; None: not asked, or not told."""


class RemoteDeniedError(OperatorError):
    """The partner knows us and refuses this one operation: a right is missing."""


class Transport(Protocol):
    """A session with one partner. Used by one thread at a time; opened lazily by the first call.

    Paths are POSIX, relative to the partner's root. Every method raises TransientError (network, time-out,
    busy, disk full: try again), OperatorError (login, host key, missing folder; `RemoteDeniedError` for a
    missing right) or PermanentError. A missing file is `RemoteMissingError` (permanent).
    """

    left_out: int
    """Regular files of the newest listing that cannot be used here for their names (or without a size)."""

    def connect(self) -> None:
        """Log in now; does nothing when the session is alive."""

    def list(self, folder: PurePosixPath, progress: Progress | None = None) -> list[RemoteFile]:
        """Return the regular files of `folder`, sorted by name. Names with a slash or NUL are left out.

        `progress` is called while a long listing travels.
        """

    def put(
        self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
    ) -> Written:
        """Write the bytes of `source` to `target`, replacing what is there.

        With `look` the partner is asked for the size afterwards, at no further round trip where it can be had;
        a partner that forbids or hides it is no error.
        """

    def get(self, source: PurePosixPath, target: Path, *, limit: int, progress: Progress | None = None) -> int:
        """Fetch `source` to the new local file `target`; return the bytes written.

        The local bytes are fsynced *before* the remote handle is closed, because some partners offer a file
        once and drop it then. More than `limit` bytes: RefusedInputError, and `target` is removed.
        """

    def stat(self, path: PurePosixPath) -> RemoteFile | None:
        """Return the file's facts, or None when there is none."""

    def remove(self, path: PurePosixPath) -> None:
        """Remove one file."""

    def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        """Rename, atomically and over an existing target where the partner can."""

    def close(self) -> None:
        """End the session; never raises. The next call opens a new one."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
