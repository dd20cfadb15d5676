"""The one durable write: temporary name in the same folder, write, flush, fsync, rename, fsync the folder.

After any of these functions returns, a power cut loses nothing of what it wrote (POSIX, on a filesystem that
honours fsync).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path

CHUNK = 1 << 20


def durable_write(path: Path, data: bytes, mode: int = 0o640) -> None:
    """Put `data` at `path`, replacing what is there; readers see the old bytes or the new, never a part."""
    temporary = _temporary_beside(path)
    try:
        with os.fdopen(_create(temporary, mode), "wb") as file:
            file.write(data)
            _sync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def copy_durably(source: Path, target: Path, mode: int = 0o640) -> tuple[str, int]:
    """Copy `source` to `target` durably; return the sha256 (hex) and the size of what was written."""
    with source.open("rb") as file:
        digest = write_stream_durably(file.fileno(), target, mode)
    fsync_folder(target.parent)
    return digest


def write_stream_durably(descriptor: int, target: Path, mode: int = 0o640) -> tuple[str, int]:
    """Copy all bytes of an open file to `target`; return sha256 and size. The caller fsyncs the folder."""
    temporary = _temporary_beside(target)
    digest = hashlib.sha256()
    size = 0
    try:
        with os.fdopen(_create(temporary, mode), "wb", buffering=0) as file:
            while chunk := os.read(descriptor, CHUNK):
                digest.update(chunk)
                size += len(chunk)
                _write_all(file.fileno(), chunk)
            _sync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size


def fsync_folder(path: Path) -> None:
    """Make the names in the folder `path` durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def _temporary_beside(path: Path) -> Path:
    return path.parent / f".{path.name[:100]}.{secrets.token_hex(4)}.tmp"


def _create(path: Path, mode: int) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync(descriptor: int) -> None:
    os.fsync(descriptor)
