"""A partner reached through a folder of this machine, which another program empties and fills."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from edid.config.transport import FolderSettings
from edid.errors import OperatorError
from edid.transport.confined import ConfinedRoot
from edid.transport.contract import Progress, RemoteFile, Written
from edid.transport.folder_errors import folder_failure
from edid.transport.local_file import new_file, opened_source

_CHUNK = 1 << 20
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FolderTransport:
    """Never leaves its root: no `..`, and no symbolic link is followed below it. See `Transport`."""

    def __init__(self, settings: FolderSettings) -> None:
        self._root = ConfinedRoot(settings.root)
        self.left_out = 0
        """See `Transport`."""

    def connect(self) -> None:
        """See `Transport.connect`."""
        with self._told("open the folder", PurePosixPath()), self._root.folder(PurePosixPath()):
            pass

    def list(self, folder: PurePosixPath, progress: Progress | None = None) -> list[RemoteFile]:  # noqa: ARG002
        """See `Transport.list`. Names that are not UTF-8 or hold a line end are left out too."""
        with (
            self._told("list", folder),
            self._root.readable(folder) as descriptor,
            os.scandir(descriptor) as entries,
        ):
            regular = [
                (one.name, one.stat(follow_symlinks=False)) for one in entries if one.is_file(follow_symlinks=False)
            ]
        files = [file for file in (_facts(name, status) for name, status in regular) if file is not None]
        self.left_out = len(regular) - len(files)
        return sorted(files, key=lambda file: file.name)

    def put(
        self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
    ) -> Written:
        """See `Transport.put`. Returns once the bytes and the name survive a power cut."""
        with (
            opened_source(source) as file,
            self._told("write", target),
            self._root.parent(target) as (folder, name),
        ):
            written = os.open(name, _WRITE, 0o640, dir_fd=folder)
            try:
                size = _copy_over(file.fileno(), _regular(written, target), progress)
                seen = os.fstat(written).st_size if look else None
            finally:
                os.close(written)
            self._root.make_durable(folder)
        return Written(size, seen)

    def get(self, source: PurePosixPath, target: Path, *, limit: int, progress: Progress | None = None) -> int:
        """See `Transport.get`."""
        with self._told("fetch", source), self._root.parent(source) as (folder, name):
            descriptor = os.open(name, _READ, dir_fd=folder)
        try:
            size = os.fstat(_regular(descriptor, source)).st_size
            with new_file(target, limit, source.name) as file:
                file.expect(size)
                while chunk := self._chunk(descriptor, source):
                    file.write(chunk)
                    if progress is not None:
                        progress(file.size)
                file.make_durable()
        finally:
            os.close(descriptor)
        return file.size

    def stat(self, path: PurePosixPath) -> RemoteFile | None:
        """See `Transport.stat`."""
        with self._told("look at", path), self._root.parent(path) as (folder, name):
            try:
                return _facts(name, os.stat(name, dir_fd=folder, follow_symlinks=False))
            except FileNotFoundError:
                return None

    def remove(self, path: PurePosixPath) -> None:
        """See `Transport.remove`."""
        with self._told("remove", path), self._root.parent(path) as (folder, name):
            os.unlink(name, dir_fd=folder)
            self._root.make_durable(folder)

    def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        """See `Transport.rename`."""
        with (
            self._told(f"rename '{source}' to", target),
            self._root.parent(source) as (old_folder, old),
            self._root.parent(target) as (new_folder, new),
        ):
            os.replace(old, new, src_dir_fd=old_folder, dst_dir_fd=new_folder)
            self._root.make_durable(new_folder)
            if source.parent != target.parent:
                self._root.make_durable(old_folder)

    def close(self) -> None:
        """See `Transport.close`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _told(self, action: str, path: PurePosixPath) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise folder_failure(error, action, self._root.path / path.relative_to(path.anchor)) from error

    def _chunk(self, descriptor: int, source: PurePosixPath) -> bytes:
        with self._told("fetch", source):
            return os.read(descriptor, _CHUNK)


def _copy_over(source: int, target: int, progress: Progress | None) -> int:
    os.ftruncate(target, 0)
    size = 0
    while chunk := os.read(source, _CHUNK):
        view = memoryview(chunk)
        while view:
            view = view[os.write(target, view) :]
        size += len(chunk)
        if progress is not None:
            progress(size)
    os.fsync(target)
    return size


def _regular(descriptor: int, path: PurePosixPath) -> int:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OperatorError(f"'{path}' is not a regular file.", remedy="Remove it from the partner's folder.")
    return descriptor


def _facts(name: str, status: os.stat_result) -> RemoteFile | None:
    if not stat.S_ISREG(status.st_mode) or "\n" in name or "\r" in name:
        return None
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return RemoteFile(name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))
