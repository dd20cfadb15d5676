"""A partner in memory that follows a script: what no real server can be made to do on demand."""

from __future__ import annotations

import struct
from collections.abc import Callable

from edid.transport.sftp_wire import Code, Fields, Kind, string, uint32, uint64

Answer = Callable[[int, Fields], bytes]
"""Takes the kind and fields of a request, returns kind byte and body of the answer."""


def packet(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def status(code: Code) -> bytes:
    return bytes([Kind.STATUS]) + uint32(code) + string(b"") + string(b"")


def data(content: bytes) -> bytes:
    return bytes([Kind.DATA]) + string(content)


def size(value: int) -> bytes:
    return bytes([Kind.ATTRS]) + uint32(1) + uint64(value)


class ScriptedChannel:
    """Answers every request by `answer`; ends the connection when that raises ConnectionError."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._received = bytearray()
        self._ready = bytearray()
        self.kinds: list[int] = []

    def sendall(self, sent: bytes, /) -> None:
        self._received += sent
        while len(self._received) >= 4:
            length = int.from_bytes(self._received[:4], "big")
            request = bytes(self._received[4 : 4 + length])
            del self._received[: 4 + length]
            self._ready += self._respond(request)

    def recv(self, most: int, /) -> bytes:
        piece = bytes(self._ready[:most])
        del self._ready[:most]
        return piece

    def _respond(self, request: bytes) -> bytes:
        kind = request[0]
        if kind == Kind.INIT:
            return packet(bytes([Kind.VERSION]) + uint32(3))
        self.kinds.append(kind)
        try:
            body = self._answer(kind, Fields(request, 5))
        except ConnectionError:
            return b""
        return packet(body[:1] + request[1:5] + body[1:])


class OfferedFile:
    """Answers as a server that holds one file of `content`."""

    def __init__(self, content: bytes, announced: int | None = None, piece: int = 1 << 20) -> None:
        self._content = content
        self._announced = len(content) if announced is None else announced
        self._piece = piece

    def __call__(self, kind: int, fields: Fields) -> bytes:
        if kind == Kind.FSTAT:
            return size(self._announced) if self._announced >= 0 else status(Code.PERMISSION_DENIED)
        if kind != Kind.READ:
            return status(Code.OK)
        fields.string()
        offset, length = fields.uint64(), fields.uint32()
        found = self._content[offset : offset + min(length, self._piece)]
        return data(found) if found else self.at_the_end()

    def at_the_end(self) -> bytes:
        return status(Code.EOF)


class Vanishing(OfferedFile):
    """A server that ends the connection as soon as the last byte is out."""

    def at_the_end(self) -> bytes:
        raise ConnectionError
