"""The requests of SFTP version 3 over one channel, pipelined where that saves round trips.

Paramiko carries the SSH part. Its SFTP file object is not used because, once writes are pipelined, it drops
the answers to the last of them and ignores the answer to the close (paramiko 5.1, `SFTPFile._close`): a
partner whose disk is full would look like one that holds every byte. Here every answer is read and judged.
"""

from __future__ import annotations

from edid.transport.sftp_packets import Channel, PacketStream
from edid.transport.sftp_wire import (
    Attributes,
    Code,
    Entry,
    Fields,
    Kind,
    OpenFlag,
    ProtocolError,
    StatusError,
    string,
    uint32,
    uint64,
)

_POSIX_RENAME = b"posix-rename@openssh.com"


class SftpClient:
    """One SFTP session. Used by one thread at a time.

    `send_*` queues a request and returns its number; the methods that take such a number wait for its answer.
    Every method raises LinkLostError and ProtocolError; those that wait raise StatusError for a refusal.
    """

    def __init__(self, channel: Channel, *, in_order: bool = False, patience: float | None = None) -> None:
        """`patience`: seconds within which every answer must be whole, see `PacketStream`."""
        self.in_order = in_order
        """This server is known to handle the requests of a file in their order, as the draft demands (6.1)."""
        self._packets = PacketStream(channel, patience)
        self._extensions = self._packets.greet()

    @property
    def renames_over(self) -> bool:
        """Tell whether the partner offers the rename that replaces an existing target in one step."""
        return _POSIX_RENAME in self._extensions

    def open(self, path: bytes, flags: OpenFlag) -> bytes:
        """Open a file; return its handle."""
        return self._handle(self._packets.send(Kind.OPEN, string(path) + uint32(flags) + uint32(0)))

    def open_folder(self, path: bytes) -> bytes:
        """Open a folder; return its handle."""
        return self._handle(self._packets.send(Kind.OPENDIR, string(path)))

    def close(self, handle: bytes) -> None:
        """Close a file or folder and judge the partner's answer."""
        self.confirm(self.send_close(handle))

    def stat(self, path: bytes) -> Attributes:
        """Return the attributes of `path`."""
        return self.attributes(self.send_stat(path))

    def remove(self, path: bytes) -> None:
        """Remove a file."""
        self.confirm(self._packets.send(Kind.REMOVE, string(path)))

    def rename(self, source: bytes, target: bytes) -> None:
        """Rename; refused by most partners where `target` exists."""
        self.confirm(self._packets.send(Kind.RENAME, string(source) + string(target)))

    def rename_over(self, source: bytes, target: bytes) -> None:
        """Rename and replace `target` in one step (OpenSSH PROTOCOL, section 4.3)."""
        self.confirm(self._packets.send(Kind.EXTENDED, string(_POSIX_RENAME) + string(source) + string(target)))

    def send_write(self, handle: bytes, offset: int, data: bytes) -> int:
        """Queue the writing of `data`."""
        return self._packets.send(Kind.WRITE, string(handle) + uint64(offset) + uint32(len(data)), data)

    def send_read(self, handle: bytes, offset: int, length: int) -> int:
        """Queue the reading of `length` bytes."""
        return self._packets.send(Kind.READ, string(handle) + uint64(offset) + uint32(length))

    def send_close(self, handle: bytes) -> int:
        """Queue the closing of a file or folder."""
        return self._packets.send(Kind.CLOSE, string(handle))

    def send_stat(self, path: bytes) -> int:
        """Queue the question for the attributes of `path`."""
        return self._packets.send(Kind.STAT, string(path))

    def send_file_stat(self, handle: bytes) -> int:
        """Queue the question for the attributes of an open file."""
        return self._packets.send(Kind.FSTAT, string(handle))

    def send_read_folder(self, handle: bytes) -> int:
        """Queue the question for the next names of an open folder."""
        return self._packets.send(Kind.READDIR, string(handle))

    def confirm(self, request: int) -> None:
        """Wait for OK."""
        kind, fields = self._packets.answer(request)
        if kind != Kind.STATUS:
            raise ProtocolError(f"packet {kind} instead of a status")
        _judge(fields)

    def attributes(self, request: int) -> Attributes:
        """Wait for attributes."""
        return self._expected(request, Kind.ATTRS).attributes()

    def data(self, request: int) -> memoryview | None:
        """Wait for the bytes of a read; None at the end of the file."""
        kind, fields = self._packets.answer(request)
        if kind == Kind.DATA:
            return fields.data()
        _only_at_the_end(kind, fields)
        return None

    def names(self, request: int) -> list[Entry] | None:
        """Wait for names of a folder; None after the last. An empty page is the end as well, as OpenSSH has it."""
        kind, fields = self._packets.answer(request)
        if kind == Kind.NAME:
            return [_entry(fields) for _ in range(fields.uint32())] or None
        _only_at_the_end(kind, fields)
        return None

    def _handle(self, request: int) -> bytes:
        return self._expected(request, Kind.HANDLE).string()

    def _expected(self, request: int, wanted: Kind) -> Fields:
        kind, fields = self._packets.answer(request)
        if kind == wanted:
            return fields
        if kind == Kind.STATUS:
            _judge(fields)
        raise ProtocolError(f"packet {kind} instead of {wanted.name}")


def _entry(fields: Fields) -> Entry:
    return Entry(fields.string(), bytes(fields.data()[:1]), fields.attributes())


def _judge(fields: Fields) -> None:
    code = fields.uint32()
    if code != Code.OK:
        text = fields.string().decode("utf-8", "replace") if fields else ""
        raise StatusError(code, text)


def _only_at_the_end(kind: int, fields: Fields) -> None:
    if kind != Kind.STATUS:
        raise ProtocolError(f"packet {kind} instead of data")
    try:
        _judge(fields)
    except StatusError as refusal:
        if refusal.code == Code.EOF:
            return
        raise
    raise ProtocolError("OK instead of data")
