"""Moving the bytes of one file over SFTP: several requests in flight, bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from edid.errors import TransientError
from edid.transport.contract import Progress, Written
from edid.transport.local_file import NewFile
from edid.transport.sftp_client import SftpClient
from edid.transport.sftp_packets import LinkLostError
from edid.transport.sftp_wire import ProtocolError, StatusError

CHUNK = 32_000
"""Below the 32 768 bytes that every server must accept (draft-ietf-secsh-filexfer-02, section 3): with its header,
one request is one SSH packet."""
IN_FLIGHT = 64
"""Most requests without an answer: 2 MB, what OpenSSH's own client allows itself."""


def upload(
    sftp: SftpClient, handle: bytes, source: BinaryIO, progress: Progress | None, look_at: bytes | None = None
) -> Written:
    """Write all of `source` to the open file `handle` and close it; then, on demand, ask for the size of `look_at`.

    Returns only after the partner said OK to every write and to the close. With a server that keeps the order the
    close and the question travel with the last writes. Raises StatusError for the first write that is refused: the
    session then has answers in flight and is to be dropped.
    """
    unconfirmed: deque[tuple[int, int]] = deque()
    sent = 0
    while chunk := source.read(CHUNK):
        unconfirmed.append((sftp.send_write(handle, sent, chunk), sent + len(chunk)))
        sent += len(chunk)
        if len(unconfirmed) >= IN_FLIGHT:
            _confirm_oldest(sftp, unconfirmed, progress)
    while unconfirmed and not sftp.in_order:
        _confirm_oldest(sftp, unconfirmed, progress)
    closing = sftp.send_close(handle)
    asking = None if look_at is None else sftp.send_stat(look_at)
    while unconfirmed:
        _confirm_oldest(sftp, unconfirmed, progress)
    sftp.confirm(closing)
    return Written(sent, None if asking is None else _announced(sftp, asking))


def _confirm_oldest(sftp: SftpClient, unconfirmed: deque[tuple[int, int]], progress: Progress | None) -> None:
    request, moved = unconfirmed.popleft()
    sftp.confirm(request)
    if progress is not None:
        progress(moved)


def download(sftp: SftpClient, handle: bytes, target: NewFile, progress: Progress | None) -> None:
    """Fetch all of the open file `handle` into `target`.

    Raises TransientError when other bytes arrive than the partner announced, LinkLostError when the
    connection ends before the announced size was reached, RefusedInputError beyond the limit of `target`.
    """
    size_asked = sftp.send_file_stat(handle)
    reading = _Reading(sftp, handle, target.name)
    reading.ask_further()
    expected = _announced(sftp, size_asked)
    if expected is not None:
        target.expect(expected)
        reading.expected = expected
    try:
        for piece in reading:
            target.write(piece)
            if progress is not None:
                progress(target.size)
    except LinkLostError:
        if target.size != expected:
            raise
    if expected is not None and target.size != expected:
        raise _changed(target.name, f"of {expected} bytes announced, {target.size} came")


def _announced(sftp: SftpClient, request: int) -> int | None:
    try:
        return sftp.attributes(request).size
    except StatusError:  # some partners answer nothing but list and get
        return None


class _Reading:
    """Reads an open file in order, with more and more requests in flight."""

    def __init__(self, sftp: SftpClient, handle: bytes, name: str) -> None:
        self._sftp = sftp
        self._name = name
        self._handle = handle
        self._asked: deque[tuple[int, int, int]] = deque()
        self._next = 0
        self._width = 2
        self.expected: int | None = None

    def ask_further(self) -> None:
        """Keep requests in flight, the last one beyond the announced end, which proves that it is the end."""
        while len(self._asked) < self._width and (self.expected is None or self._next <= self.expected):
            self._asked.append(self._ask(self._next, CHUNK))
            self._next += CHUNK

    def __iter__(self) -> Iterator[memoryview]:
        """Yield the bytes in order until the partner says that there are no more."""
        while self._asked:
            request, offset, length = self._asked.popleft()
            piece = self._sftp.data(request)
            if piece is None:
                break
            if not 0 < len(piece) <= length:
                raise ProtocolError("a read gave nothing, or more than was asked")
            end = offset + len(piece)
            if self.expected is not None and end > self.expected:
                raise _changed(self._name, f"of {self.expected} bytes announced, {end} came")
            yield piece
            if len(piece) == length:
                self._width = min(self._width * 2, IN_FLIGHT)
            elif end == self.expected:
                break
            else:
                self._asked.appendleft(self._ask(end, length - len(piece)))
            self.ask_further()
        self._see_the_end()

    def _ask(self, offset: int, length: int) -> tuple[int, int, int]:
        return self._sftp.send_read(self._handle, offset, length), offset, length

    def _see_the_end(self) -> None:
        """Take the answers still in flight: all of them lie beyond the end."""
        while self._asked:
            request, _, _ = self._asked.popleft()
            if self._sftp.data(request) is not None:
                raise _changed(self._name, "it grew")


def _changed(name: str, how: str) -> TransientError:
    return TransientError(
        f"{name!r} changed while it was fetched: {how}.",
        remedy="It is fetched again at the next poll. If it lasts, ask the partner to offer files only when complete.",
    )
