"""Packets of SFTP over one channel: numbered requests out, answers in, in whatever order they come."""

from __future__ import annotations

import time
from typing import Protocol

from edid.transport.sftp_wire import LARGEST_PACKET, VERSION, Fields, Kind, ProtocolError, uint32

_FLUSH_AT = 32_000
_RECEIVE = 1 << 18


class LinkLostError(Exception):
    """The connection ended, or was silent for too long."""


class Channel(Protocol):
    """The part of `paramiko.Channel` that SFTP needs."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of `data`."""

    def recv(self, most: int, /) -> bytes:
        """Return up to `most` bytes; none at the end."""

    def send(self, data: bytes, /) -> int:
        """Send what the partner takes now of `data`; return how much. Needed for a stream with patience only."""

    def settimeout(self, seconds: float, /) -> None:
        """Let `send` and `recv` raise TimeoutError after so much silence. Needed for a stream with patience only."""


class PacketStream:
    """Requests are gathered and leave together when an answer is needed: one SSH packet for several of them.

    Every method raises LinkLostError and, for what is not SFTP, ProtocolError.
    """

    def __init__(self, channel: Channel, patience: float | None = None) -> None:
        """`patience`: seconds within which the partner must take what is sent, and complete an answer.

        Without that limit a partner that lets single bytes drip could hold a step, and with it the proof that the
        daemon is alive, as long as it likes.
        """
        self._channel = channel
        self._patience = patience
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._awaited: set[int] = set()
        self._answers: dict[int, bytes] = {}
        self._last = 0

    def greet(self) -> frozenset[bytes]:
        """Agree on version 3; return the names of the extensions that the partner offers."""
        self._outgoing += uint32(5) + bytes([Kind.INIT]) + uint32(VERSION)
        self._flush()
        packet = self._packet()
        fields = Fields(packet, 1)
        if packet[0] != Kind.VERSION or fields.uint32() < VERSION:
            raise ProtocolError("no SFTP version 3 in the greeting")
        extensions = set()
        while fields:
            extensions.add(fields.string())
            fields.string()
        return frozenset(extensions)

    def send(self, kind: Kind, body: bytes, data: bytes = b"") -> int:
        """Queue a request; return its number."""
        self._last = number = (self._last + 1) & 0xFFFFFFFF
        out = self._outgoing
        out += uint32(5 + len(body) + len(data))
        out.append(kind)
        out += uint32(number)
        out += body
        out += data
        self._awaited.add(number)
        if len(out) >= _FLUSH_AT:
            self._flush()
        return number

    def answer(self, request: int) -> tuple[int, Fields]:
        """Wait for the answer to the request of that number; return its kind and its fields."""
        while request not in self._answers:
            self._receive()
        packet = self._answers.pop(request)
        return packet[0], Fields(packet, 5)

    def _receive(self) -> None:
        if self._outgoing:
            self._flush()
        packet = self._packet()
        number = Fields(packet, 1).uint32()
        if number not in self._awaited:
            raise ProtocolError("an answer to no question")
        self._awaited.discard(number)
        self._answers[number] = packet

    def _flush(self) -> None:
        waiting, self._outgoing = bytes(self._outgoing), bytearray()
        try:
            if self._patience is None:
                self._channel.sendall(waiting)
            else:
                self._send_in_time(waiting, time.monotonic() + self._patience)
        except (OSError, EOFError) as error:
            raise LinkLostError(_cause(error)) from error

    def _send_in_time(self, waiting: bytes, deadline: float) -> None:
        while waiting:
            self._wait_until(deadline)
            sent = self._channel.send(waiting)
            if not sent:
                raise LinkLostError("the partner closed the connection")
            waiting = waiting[sent:]

    def _wait_until(self, deadline: float) -> None:
        """Let the next move of bytes end at `deadline`. Raises TimeoutError when that is past."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._channel.settimeout(left)

    def _packet(self) -> bytes:
        deadline = None if self._patience is None else time.monotonic() + self._patience
        self._fill(4, deadline)
        length = int.from_bytes(self._incoming[:4], "big")
        if not 1 <= length <= LARGEST_PACKET:
            raise ProtocolError("a packet of an impossible length")
        self._fill(4 + length, deadline)
        with memoryview(self._incoming) as view:
            packet = bytes(view[4 : 4 + length])
        del self._incoming[: 4 + length]
        return packet

    def _fill(self, wanted: int, deadline: float | None) -> None:
        while len(self._incoming) < wanted:
            try:
                if deadline is not None:
                    self._wait_until(deadline)
                piece = self._channel.recv(_RECEIVE)
            except (OSError, EOFError) as error:
                raise LinkLostError(_cause(error)) from error
            if not piece:
                raise LinkLostError("the partner closed the connection")
            self._incoming += piece


def _cause(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error).rstrip(".") or "the connection was closed"
