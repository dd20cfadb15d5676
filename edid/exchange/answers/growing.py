"""The growing file of a day: lines are added, none twice, whatever crash comes between adding and remembering.

The journal remembers how long the file was when the newest told event was told. What stands behind that length was
written by a step that did not end: the same step, made again, writes the same bytes, keeps those that are there, and
replaces what is torn. Nobody but edid may write to the file; the ERP may take it away at any time.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from edid.errors import OperatorError
from edid.exchange.answers.queue import position
from edid.store.durable import fsync_folder

_DAY, _FILE, _LENGTH = "answers.day", "answers.file", "answers.length"
_FILE_MODE: Final = 0o640


@dataclass(frozen=True, slots=True)
class Place:
    """The file that grows now, as the journal remembers it."""

    day: int
    """Ordinal of the day. It never goes back, even when the clock does."""
    file: int
    """Told from the file's name, which may change with the sheet."""
    length: int
    """Bytes of answers that are told."""

    def positions(self) -> Mapping[str, int]:
        """Return it as cursors."""
        return {_DAY: self.day, _FILE: self.file, _LENGTH: self.length}


def remembered(view: Connection, sheet: str) -> Place:
    """Return the file that the journal remembers; that of the first day, when there was none."""
    day, file, length = (position(view, sheet, name) or 0 for name in (_DAY, _FILE, _LENGTH))
    return Place(day, file, length)


def day_of(ordinal: int) -> str:
    """Return the day in ISO 8601."""
    return date.fromordinal(ordinal).isoformat()


def opened(folder: Path, name: str, day: int) -> Place:
    """Return the place of a file that edid has not grown yet: behind what is there. Raises OSError."""
    length = 0
    with suppress(FileNotFoundError):
        length = (folder / name).lstat().st_size
    return Place(day, file_number(name), length)


def file_number(name: str) -> int:
    """Return a number for a file name."""
    return int.from_bytes(sha256(name.encode()).digest()[:6])


def grow(path: Path, length: int, beginning: bytes, lines: bytes) -> int:
    """Let `lines` stand behind the first `length` bytes of the file, durably; return its new length.

    A new or empty file gets `beginning` first. One that is shorter than `length` was replaced by somebody: the lines
    then follow what is there. Raises OSError, OperatorError when what stands there is no plain file.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, _FILE_MODE)
    try:
        size = _size(descriptor, path)
        start = min(length, size)
        if start:
            os.lseek(descriptor, start - 1, os.SEEK_SET)
            whole = os.read(descriptor, 1) == b"\n"
            wanted = lines if whole or start == length else b"\n" + lines
        else:
            wanted = beginning + lines
        kept = _common(descriptor, start, wanted)
        if start + kept < size:
            os.ftruncate(descriptor, start + kept)
        os.lseek(descriptor, start + kept, os.SEEK_SET)
        _write(descriptor, wanted[kept:])
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if not start:
        fsync_folder(path.parent)
    return start + len(wanted)


def _size(descriptor: int, path: Path) -> int:
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1:
        raise OperatorError(f"{path} is not a file of its own.", remedy="Move away what stands there.")
    return facts.st_size


def _common(descriptor: int, start: int, wanted: bytes) -> int:
    """Return how many bytes of `wanted` stand at `start` already."""
    os.lseek(descriptor, start, os.SEEK_SET)
    there = b""
    while len(there) < len(wanted) and (chunk := os.read(descriptor, len(wanted) - len(there))):
        there += chunk
    if wanted.startswith(there):
        return len(there)
    return next(place for place, (one, other) in enumerate(zip(there, wanted, strict=False)) if one != other)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
