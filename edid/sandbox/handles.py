"""Open files of the drop box: a deposit being written, an offer being read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import paramiko
from paramiko.sftp import SFTP_OK, SFTP_OP_UNSUPPORTED

from edid.sandbox.dropbox import DropBox, Place

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Session(Protocol):
    """What a handle must know of the session that opened it."""

    ended: bool
    """True once the client is gone: a handle closed after that was not closed by the client."""


class _Handle(paramiko.SFTPHandle):
    def __init__(self, descriptor: int, where: Place, box: DropBox, session: Session) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._where = where
        self._box = box
        self._session = session

    def stat(self) -> paramiko.SFTPAttributes | int:
        """Return the facts of the open file."""
        return paramiko.SFTPAttributes.from_stat(os.fstat(self._descriptor))


class Deposit(_Handle):
    """A file of `in`, open for writing."""

    def __init__(self, descriptor: int, where: Place, box: DropBox, session: Session) -> None:
        super().__init__(descriptor, where, box, session)
        self._name = where.name or ""
        self._written = 0
        box.writing_starts(self._name)

    def write(self, offset: int, data: Buffer) -> int:
        """Write all of `data` at `offset`; return an SFTP status."""
        try:
            self._written += _write_at(self._descriptor, memoryview(data), offset)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        return SFTP_OK

    def chattr(self, attr: paramiko.SFTPAttributes) -> int:
        """Accept and ignore: the platform decides on the mode, owner and times of what it is given."""
        return SFTP_OK if attr.st_size is None else SFTP_OP_UNSUPPORTED

    def close(self) -> None:
        """Close the file and note whether the client did so or went away."""
        os.close(self._descriptor)
        interrupted = self._session.ended
        self._box.writing_ends(self._name, interrupted=interrupted)
        op = "put interrupted" if interrupted else "put"
        self._box.operations.record(op, str(self._where), self._written)


class Offer(_Handle):
    """A file of `out`, open for reading; where files are offered once, a whole read and a close drop it."""

    def __init__(self, descriptor: int, where: Place, box: DropBox, session: Session) -> None:
        super().__init__(descriptor, where, box, session)
        self._size = os.fstat(descriptor).st_size
        self._reached = -1

    def read(self, offset: int, length: int) -> bytes | int:
        """Return up to `length` bytes from `offset` (none at the end), or an SFTP status."""
        try:
            data = os.pread(self._descriptor, length, offset)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        self._reached = max(self._reached, offset + len(data))
        return data

    def close(self) -> None:
        """Close the file; drop it when it was offered once and is now served."""
        os.close(self._descriptor)
        read_whole = self._reached >= self._size and not self._session.ended
        self._box.operations.record("get", str(self._where), max(self._reached, 0))
        if self._box.fetch_once and read_whole:
            self._box.disk(self._where).unlink(missing_ok=True)
            self._box.operations.record("served once", str(self._where), self._size)


def _write_at(descriptor: int, data: memoryview, offset: int) -> int:
    size = len(data)
    while data:
        written = os.pwrite(descriptor, data, offset)
        data = data[written:]
        offset += written
    return size
