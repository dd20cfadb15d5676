"""One end of the line between a judge process and its parent: whole messages, each within a deadline.

A message is 4 bytes of length (big-endian), then as many bytes. `multiprocessing.Connection` would do, but it waits for
the rest of a message without end: a process that stops in the middle of its answer would hold its caller for ever.
"""

from __future__ import annotations

import select
import socket
import struct
import time

_LENGTH = struct.Struct("!I")
_PIECE = 1 << 18


class Line:
    """One end of a pair of connected sockets. Used by one thread at a time."""

    def __init__(self, end: socket.socket) -> None:
        """Take over `end`; `close` closes it."""
        end.settimeout(0)
        self._end = end
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(end, select.POLLIN)
        self._writable.register(end, select.POLLOUT)

    @classmethod
    def at(cls, descriptor: int) -> Line:
        """Return the line whose file descriptor was inherited."""
        return cls(socket.socket(fileno=descriptor))

    def send(self, message: bytes, seconds: float | None = None) -> None:
        """Send one message. Raises TimeoutError after `seconds`, another OSError when the other end is gone."""
        deadline = _deadline(seconds)
        left = memoryview(_LENGTH.pack(len(message)) + message)
        while left:
            try:
                left = left[self._end.send(left) :]
            except BlockingIOError:
                _await(self._writable, deadline)

    def receive(self, most: int, seconds: float | None = None) -> bytes:
        """Return the next message once all of it is here.

        Raises TimeoutError when that takes longer than `seconds`, EOFError when the other end is gone, OSError when
        the message is longer than `most` bytes.
        """
        deadline = _deadline(seconds)
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, deadline))
        if length > most:
            raise OSError(f"a message of {length} bytes is too long")
        return self._exactly(length, deadline)

    def wait(self, seconds: float) -> bool:
        """Wait for the next message; tell whether the other end has spoken, or gone."""
        return bool(self._readable.poll(seconds * 1000))

    def wait_for_its_end(self) -> None:
        """Wait until the other end is gone, whoever else reads from this one."""
        ended = select.poll()
        ended.register(self._end, 0)  # the end of the line is told unasked
        ended.poll()

    def close(self) -> None:
        """Let go of the line: the other end meets its end."""
        self._end.close()

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        data = bytearray()  # grows with what comes: a length alone reserves nothing
        while len(data) < count:
            try:
                piece = self._end.recv(min(count - len(data), _PIECE))
            except BlockingIOError:
                _await(self._readable, deadline)
                continue
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)


def _deadline(seconds: float | None) -> float | None:
    return None if seconds is None else time.monotonic() + seconds


def _await(poller: select.poll, deadline: float | None) -> None:
    left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
    if not poller.poll(left):
        raise TimeoutError
