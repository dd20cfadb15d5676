"""Folders below one root, reached step by step so that neither `..` nor a symbolic link leads out of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from edid.errors import OperatorError
from edid.transport.folder_errors import NoFolderError

_STEP = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_LOOK = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class ConfinedRoot:
    """One root. The methods raise OperatorError for `..` and OSError for what the system refuses."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def folder(self, folder: PurePosixPath) -> Iterator[int]:
        """Give a descriptor of `folder` that other calls can start from (it cannot be read itself)."""
        descriptor = _step(str(self.path), _STEP)
        try:
            for part in _parts(folder):
                below = _step(part, _STEP | os.O_NOFOLLOW, descriptor)
                os.close(descriptor)
                descriptor = below
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def parent(self, path: PurePosixPath) -> Iterator[tuple[int, str]]:
        """Give a descriptor of the folder of `path` and the last name of `path`."""
        *_, name = _parts(path) or (".",)
        with self.folder(path.parent) as descriptor:
            yield descriptor, name

    @contextmanager
    def readable(self, folder: PurePosixPath) -> Iterator[int]:
        """Give a descriptor of `folder` that can be listed."""
        with self.folder(folder) as place:
            descriptor = os.open(".", _LOOK, dir_fd=place)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def make_durable(self, folder: int) -> None:
        """Return once the names in the folder of that descriptor survive a power cut."""
        try:
            descriptor = os.open(".", _LOOK, dir_fd=folder)
        except PermissionError:  # a drop box that we may write and not list
            os.sync()
            return
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _step(name: str, flags: int, start: int | None = None) -> int:
    try:
        return os.open(name, flags, dir_fd=start)
    except FileNotFoundError as error:
        raise NoFolderError(errno.ENOENT, os.strerror(errno.ENOENT)) from error


def _parts(path: PurePosixPath) -> tuple[str, ...]:
    parts = path.relative_to(path.anchor).parts
    if ".." in parts or any("\0" in part for part in parts):
        raise OperatorError(
            f"the path {str(path)!r} leads out of the partner's folder.",
            remedy="Use paths below transport.root, without '..'.",
        )
    return parts
