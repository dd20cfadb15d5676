"""Files made of untrusted content: only under names of our own, only where nothing is, never longer than allowed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Protocol

_CHUNK = 256 * 1024


class Readable(Protocol):
    """Anything that gives its bytes piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""


class TooLongError(Exception):
    """The content goes on past the limit."""


def create(path: Path) -> BinaryIO:
    """Open the new file `path` for writing, readable by nobody else; its folder is made when it is not there yet.

    Raises FileExistsError when anything is there already, a link included.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")


def copy(source: Readable, path: Path, *, limit: int) -> int:
    """Copy `source` to the new file `path`; return the bytes written.

    Raises TooLongError, and removes the file, when there are more than `limit` bytes.
    """
    written = 0
    with create(path) as target:
        while block := source.read(_CHUNK):
            written += len(block)
            if written > limit:
                path.unlink()
                raise TooLongError
            target.write(block)
    return written
