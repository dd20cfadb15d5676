"""Zip files: opened only when their list of entries is small, read only where an entry is a plain file."""

from __future__ import annotations

import errno
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from edid.documents.members import Members, broken
from edid.documents.names import shown

DEFECTS = (
    BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    IndexError,
)
"""What a damaged zip makes the standard library raise."""

_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_ZIP64_MARK = b"PK\x06\x07"
_LONGEST_COMMENT = 65535
_ENTRY_ROOM = 1024


def unpack(path: Path, members: Members) -> None:
    """Add the plain files of the zip at `path` to `members`. Raises RefusedInputError (`IRR_EXTRAC`...)."""
    try:
        with opened(path, entries=members.most) as archive:
            for entry in archive.infolist():
                if entry.is_dir():
                    continue
                if why := defect(entry):
                    raise broken(f"'{shown(entry.filename)}' is {why}")
                with archive.open(entry) as source:
                    members.add(entry.filename, source)
    except DEFECTS as error:
        raise broken("the zip is damaged") from error


@contextmanager
def opened(path: Path, *, entries: int) -> Iterator[ZipFile]:
    """Open the zip at `path` unless its directory is longer than `entries` plain files need.

    Raises BadZipFile then, and any of `DEFECTS` for a damaged file: the standard library would build a list of
    millions of entries in memory before saying a word.
    """
    if _directory_size(path) > (entries + 64) * _ENTRY_ROOM:
        raise BadZipFile("the directory of the zip is too long")
    try:
        with ZipFile(path) as archive:
            yield archive
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise BadZipFile("an offset before the start of the file") from error


def defect(entry: ZipInfo) -> str | None:
    """Return why `entry` must not be read (`encrypted`, `not a plain file`, ...), or None when it may be."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        return "not a plain file"
    if entry.flag_bits & 0x1:
        return "encrypted"
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        return "packed in an unusual way"
    return None


def _directory_size(path: Path) -> int:
    with path.open("rb") as source:
        size = source.seek(0, 2)
        source.seek(max(0, size - _END.size - _LONGEST_COMMENT - 20))
        tail = source.read()
    place = tail.rfind(_END_MARK)
    if place < 0 or len(tail) - place < _END.size:
        raise BadZipFile("no end of directory")
    if tail[max(0, place - 20) : place].startswith(_ZIP64_MARK):
        raise BadZipFile("zip64")
    length: int = _END.unpack_from(tail, place)[5]
    return length
