"""Tar files, read once from start to end."""

from __future__ import annotations

import tarfile
from typing import BinaryIO, cast

from edid.documents.members import Members, broken
from edid.documents.names import shown
from edid.documents.workfile import Readable

_HEADER_ROOM = 4096
"""Bytes of headers allowed for each member, long names included."""
_COPY = 256 * 1024
_DEFECTS = (tarfile.TarError, EOFError, ValueError, OverflowError, IndexError, RecursionError)
"""What a damaged tar makes the standard library raise; the last: headers that each announce a further one."""


def unpack(source: Readable, members: Members) -> None:
    """Add the plain files of the tar that `source` gives to `members`; folders are passed over.

    Raises RefusedInputError (`IRR_EXTRAC`...), also when the tar lacks its end mark: it is then cut short.
    """
    forward = _Forward(source, header_room=(members.most + 64) * _HEADER_ROOM)
    try:
        with tarfile.TarFile(fileobj=cast("BinaryIO", forward), mode="r") as archive:
            while (entry := archive.next()) is not None:
                _add(entry, forward, members)
    except _DEFECTS as error:
        raise broken("the tar is damaged") from error
    if not forward.ended:
        raise broken("the tar is cut short or damaged")


def _add(entry: tarfile.TarInfo, forward: _Forward, members: Members) -> None:
    if entry.isdir():
        return
    if not entry.isreg() or entry.issparse():
        raise broken(f"'{shown(entry.name)}' is a link, a device or another special file")
    if entry.size < 0:  # the format has a way to write it, and to read -1 bytes is to read everything
        raise broken(f"'{shown(entry.name)}' has a size below zero")
    forward.seek(entry.offset_data)
    members.add(entry.name, _Content(forward, entry.size))


class _Forward:
    """A file that can only be read onwards, and gives no more headers than allowed."""

    def __init__(self, source: Readable, *, header_room: int) -> None:
        self._source = source
        self._room = header_room
        self._place = 0
        self.ended = False
        """True when the last header read was the block of zeros that ends a tar."""

    def tell(self) -> int:
        return self._place

    def seek(self, place: int) -> int:
        if place < self._place:
            raise tarfile.ReadError("backward seek")
        while self._place < place:
            if not self.take(min(_COPY, place - self._place)):
                break
        return self._place

    def read(self, size: int) -> bytes:
        """Return `size` bytes of header, as the tar library asks for them."""
        self._room -= size
        if size < 0 or self._room < 0:
            raise tarfile.ReadError("too many headers")
        parts: list[bytes] = []
        while size > 0 and (block := self.take(size)):
            parts.append(block)
            size -= len(block)
        header = b"".join(parts)
        self.ended = len(header) == tarfile.BLOCKSIZE and header == tarfile.NUL * tarfile.BLOCKSIZE
        return header

    def take(self, size: int) -> bytes:
        """Return up to `size` bytes of content."""
        block = self._source.read(size)
        self._place += len(block)
        return block


class _Content:
    """The bytes of one member."""

    def __init__(self, forward: _Forward, size: int) -> None:
        self._forward = forward
        self._left = size

    def read(self, size: int, /) -> bytes:
        block = self._forward.take(min(size, self._left))
        self._left -= len(block)
        if not block and self._left > 0:
            raise tarfile.ReadError("unexpected end of data")
        return block
