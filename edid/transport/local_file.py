"""The local end of a transfer: a source that is read, a new target that is durable or gone."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from edid.errors import EdidError, PermanentError, RefusedInputError, TransientError
from edid.store.durable import fsync_folder

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}


@contextmanager
def opened_source(source: Path) -> Iterator[BinaryIO]:
    """Open `source` for reading. Raises PermanentError when it cannot be opened or read."""
    try:
        with source.open("rb", buffering=0) as file:
            yield file
    except OSError as error:
        raise local_failure(error, source) from error


class NewFile:
    """A local file that did not exist before, of mode 0600, which counts its bytes."""

    def __init__(self, file: BinaryIO, path: Path, limit: int, name: str) -> None:
        self._file = file
        self._path = path
        self.name = name
        """How the partner calls it."""
        self._limit = limit
        self.size = 0

    def expect(self, size: int) -> None:
        """Refuse with RefusedInputError a file that is going to be too large."""
        if size > self._limit:
            raise RefusedInputError(
                f"{self.name!r} is larger than {self._limit} bytes.",
                code="EDID_TOO_LARGE",
                remedy="It was left with the partner. If it is genuine, raise limits.flow_size in edid.yaml.",
            )

    def write(self, data: memoryview | bytes) -> None:
        """Append `data`. Raises RefusedInputError beyond the limit, TransientError when the disk is full."""
        self.expect(self.size + len(data))
        try:
            self._file.write(data)
        except OSError as error:
            raise local_failure(error, self._path) from error
        self.size += len(data)

    def make_durable(self) -> None:
        """Return once the bytes and the name survive a power cut."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            fsync_folder(self._path.parent)
        except OSError as error:
            raise local_failure(error, self._path) from error


@contextmanager
def new_file(path: Path, limit: int, name: str = "") -> Iterator[NewFile]:
    """Create `path` and give it to the caller; whatever the caller raises removes it. `name`: how messages call it.

    Raises PermanentError when `path` exists or cannot be created.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise local_failure(error, path) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield NewFile(file, path, limit, name or path.name)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def local_failure(error: OSError, path: Path) -> EdidError:
    """Return what to raise for a failure of our own disk."""
    reason = f"this machine cannot use '{path}': {os.strerror(error.errno or errno.EIO)}."
    if error.errno in _FULL:
        return TransientError(reason, remedy="Free space or descriptors; it is tried again.")
    return PermanentError(reason, remedy="Check that the file is there and that edid may use its folder.")
