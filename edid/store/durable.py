"""The one durable write: temporary name in the same folder, write, flush, fsync, rename, fsync the folder.

After any of these functions returns, a power cut loses nothing of what it wrote (POSIX, on a filesystem that
honours fsync).
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import secrets
import shutil
from pathlib import Path

CHUNK = 1 << 20
_LIBC = ctypes.CDLL(None, use_errno=True)


def durable_write(path: Path, data: bytes, mode: int = 0o640, owner: str | None = None) -> None:
    """Put `data` at `path`, replacing what is there; readers see the old bytes or the new, never a part.

    `owner` names the one who alone writes there and repeats the write after a crash: the temporary file that a kill
    left behind is then replaced, and not kept for ever.
    """
    temporary = _temporary_beside(path, owner)
    try:
        with os.fdopen(_create(temporary, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def copy_durably(source: Path, target: Path, mode: int = 0o640, owner: str | None = None) -> tuple[str, int]:
    """Copy `source` to `target` durably; return the sha256 (hex) and the size of what was written.

    `owner`: as for `durable_write`.
    """
    temporary = _temporary_beside(target, owner)
    try:
        with source.open("rb") as reader, os.fdopen(_create(temporary, mode), "wb") as writer:
            digest = copy_bytes(reader.fileno(), writer.fileno())
            os.fsync(writer.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    fsync_folder(target.parent)
    return digest


def copy_bytes(reader: int, writer: int) -> tuple[str, int]:
    """Copy all bytes from one open file to another, from where they stand; return sha256 (hex) and size."""
    digest = hashlib.sha256()
    size = 0
    while chunk := os.read(reader, CHUNK):
        digest.update(chunk)
        size += len(chunk)
        view = memoryview(chunk)
        while view:
            view = view[os.write(writer, view) :]
    return digest.hexdigest(), size


def fsync_folder(path: Path | str) -> None:
    """Make the names in the folder `path` durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_filesystem(descriptor: int) -> None:
    """Make everything durable that was written so far on the filesystem of an open file or folder: syncfs(2).

    One wait for the disk instead of one a file. Open `descriptor` before the first write: the kernel (Linux 5.8 and
    newer) then reports every error of writing back since. Raises OSError.
    """
    if _LIBC.syncfs(descriptor) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def fsync_file(path: Path) -> None:
    """Make the bytes of `path` durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish_folder(built: Path, target: Path) -> None:
    """Make the folder `built`, with all its files, appear as `target` in one step, durably.

    `built` must be on the filesystem of `target`. What stands at `target` from an earlier run is replaced.
    """
    for file in built.rglob("*"):
        if file.is_file():
            fsync_file(file)
        else:
            fsync_folder(file)
    fsync_folder(built)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        shutil.rmtree(target)
    built.rename(target)
    fsync_folder(target.parent)


def _temporary_beside(path: Path, owner: str | None) -> Path:
    if owner is None:
        return path.parent / f".{path.name[:100]}.{secrets.token_hex(4)}.tmp"
    mark = hashlib.sha256(os.fsencode(f"{path.name}/{owner}")).hexdigest()[:8]
    temporary = path.parent / f".{path.name[:100]}.{mark}.tmp"
    temporary.unlink(missing_ok=True)
    return temporary


def _create(path: Path, mode: int) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
