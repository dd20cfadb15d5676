"""Reaching a folder inside the drop folder without ever passing through a symbolic link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPEN_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def opened_parent(top: Path, name: str) -> Iterator[tuple[int, str]]:
    """Open the folder below `top` that holds the relative `name`; give its descriptor and the last part.

    ERPs may swap a folder for a link at any time, so each part is opened from the one above. Raises OSError
    (ENOENT, ENOTDIR, ELOOP, EACCES) where that fails.
    """
    *folders, base = name.split("/")
    descriptor = os.open(top, _OPEN_FOLDER)
    try:
        for part in folders:
            inner = os.open(part, _OPEN_FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor, base
    finally:
        os.close(descriptor)
