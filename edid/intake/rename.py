"""Rename that never replaces what is there."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_HERE = -100  # AT_FDCWD: an absolute path needs no folder
_NO_REPLACE = 1
_UNKNOWN_TO_FILESYSTEM = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})
_renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)


def rename_new(source: Path, name: str | Path, *, folder: int = _HERE) -> None:
    """Rename `source` (absolute) to `name`, a name in the open `folder` or an absolute path without one.

    Raises FileExistsError when something has that name, OSError as `os.rename` does. On filesystems that cannot
    rename without replacing (NFS), looking comes before renaming, which leaves an instant between the two.
    Source: Linux man-pages, renameat2(2), RENAME_NOREPLACE.
    """
    if _renameat2 is not None:
        done = _renameat2(_HERE, os.fsencode(source), folder, os.fsencode(name), _NO_REPLACE) == 0
        problem = 0 if done else ctypes.get_errno()
        if done:
            return
        if problem not in _UNKNOWN_TO_FILESYSTEM:
            raise OSError(problem, os.strerror(problem), os.fspath(source), None, os.fspath(name))
    at = None if folder == _HERE else folder
    if _exists(name, at):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(name))
    os.rename(source, name, dst_dir_fd=at)


def _exists(name: str | Path, folder: int | None) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
