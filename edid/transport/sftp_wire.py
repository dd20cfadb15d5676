"""What SFTP version 3 puts on the wire: packet kinds, status codes, fields (draft-ietf-secsh-filexfer-02)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

VERSION = 3
LARGEST_PACKET = 1 << 19
"""Nothing that edid asks for is answered by more; a longer packet is noise or an attack."""

_UINT32 = struct.Struct(">I")
_UINT64 = struct.Struct(">Q")


class Kind(IntEnum):
    """Packet kinds, draft section 3."""

    INIT = 1
    VERSION = 2
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    FSTAT = 8
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    STAT = 17
    RENAME = 18
    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105
    EXTENDED = 200


class Code(IntEnum):
    """Status codes, draft section 7; those above 8 come from later drafts, and servers send them all the same."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    BAD_MESSAGE = 5
    NO_CONNECTION = 6
    CONNECTION_LOST = 7
    OP_UNSUPPORTED = 8
    NO_SUCH_PATH = 10
    WRITE_PROTECT = 12
    NO_SPACE = 14
    QUOTA_EXCEEDED = 15


class OpenFlag(IntFlag):
    """How a file is opened, draft section 6.3."""

    READ = 0x01
    WRITE = 0x02
    CREATE = 0x08
    TRUNCATE = 0x10


class ProtocolError(Exception):
    """The other side does not speak SFTP version 3."""


class StatusError(Exception):
    """The partner answered a request with something else than OK."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the partner says about a file; None is what it left out."""

    size: int | None = None
    permissions: int | None = None
    modified: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a folder listing."""

    name: bytes
    letter: bytes
    """First letter of the line that is made for people: d for a folder, l for a link."""
    attributes: Attributes


def uint32(value: int) -> bytes:
    """Encode `value` in four bytes."""
    return _UINT32.pack(value)


def uint64(value: int) -> bytes:
    """Encode `value` in eight bytes."""
    return _UINT64.pack(value)


def string(value: bytes) -> bytes:
    """Encode `value` after its length."""
    return _UINT32.pack(len(value)) + value


class Fields:
    """Reads the fields of one packet in their order. Raises ProtocolError where the packet is too short."""

    def __init__(self, packet: bytes, at: int = 0) -> None:
        self._view = memoryview(packet)
        self._at = at

    def __bool__(self) -> bool:
        return self._at < len(self._view)

    def raw(self, length: int) -> memoryview:
        """Return the next `length` bytes."""
        end = self._at + length
        if end > len(self._view):
            raise ProtocolError("a packet is shorter than it says")
        piece = self._view[self._at : end]
        self._at = end
        return piece

    def uint32(self) -> int:
        """Return the next four bytes as a number."""
        return int(_UINT32.unpack(self.raw(4))[0])

    def uint64(self) -> int:
        """Return the next eight bytes as a number."""
        return int(_UINT64.unpack(self.raw(8))[0])

    def string(self) -> bytes:
        """Return the next counted bytes."""
        return bytes(self.raw(self.uint32()))

    def data(self) -> memoryview:
        """Return the next counted bytes without copying them."""
        return self.raw(self.uint32())

    def attributes(self) -> Attributes:
        """Return the next file attributes (draft section 5)."""
        flags = self.uint32()
        size = self.uint64() if flags & 0x01 else None
        if flags & 0x02:
            self.raw(8)  # uid, gid
        permissions = self.uint32() if flags & 0x04 else None
        modified = None
        if flags & 0x08:
            self.raw(4)  # access time
            modified = self.uint32()
        if flags & 0x80000000:
            for _ in range(self.uint32()):
                self.string()
                self.string()
        return Attributes(size, permissions, modified)
