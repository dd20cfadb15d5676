"""One session of a faulty partner: packets in, answers out, unless a fault is switched on."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from typing import Any

import asyncssh
from asyncssh.packet import SSHPacket, String, UInt32

from tests.partners.faulty_faults import DENIED, FAILURE, NO_SUCH_FILE, Ask, Faults
from tests.partners.faulty_files import CutError, Files, RefusedError, status

_VERSION = b"\2" + UInt32(3)
_EXTENSION = String("posix-rename@openssh.com") + String("1")
_EXTENDED = 200
_CODES = {errno.ENOENT: NO_SUCH_FILE, errno.EACCES: DENIED, errno.EPERM: DENIED, errno.EROFS: DENIED}


class FaultySession(asyncssh.SSHServerSession[bytes]):
    """The sftp subsystem of one channel. Requests are answered one after another, in their order."""

    def __init__(self, files: Files, faults: Faults) -> None:
        self._files = files
        self._faults = faults
        self._requests: asyncio.Queue[bytes] = asyncio.Queue()
        self._received = bytearray()
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._serving: asyncio.Task[None] | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """See asyncssh."""
        self._channel = chan

    def subsystem_requested(self, subsystem: str) -> bool:
        """See asyncssh."""
        return subsystem == "sftp"

    def session_started(self) -> None:
        """See asyncssh."""
        assert self._channel is not None
        if self._faults.password_expired:
            self._channel.write_stderr(b"Password change required but no TTY available.\n")
            self._channel.exit(1)
            return
        self._serving = asyncio.get_running_loop().create_task(self._serve(self._channel))

    def data_received(self, data: bytes, datatype: Any) -> None:
        """Take what came, and every packet that is whole."""
        self._received += data
        while len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4], "big")
            if len(self._received) < end:
                break
            self._requests.put_nowait(bytes(self._received[4:end]))
            del self._received[:end]

    def eof_received(self) -> bool:
        """See asyncssh."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncssh."""
        if self._serving is not None:
            self._serving.cancel()
        self._files.close_all()

    async def _serve(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        try:
            while not channel.is_closing():
                answer = self._answer(await self._requests.get())
                if answer is None:
                    await asyncio.Event().wait()
                else:
                    await self._send(channel, struct.pack(">I", len(answer)) + answer)
                await asyncio.sleep(0)  # let the loop notice a client that has gone
        except CutError:
            self._cut(channel)
        except (BrokenPipeError, ConnectionError):
            return

    async def _send(self, channel: asyncssh.SSHServerChannel[bytes], data: bytes) -> None:
        greets = data[4:5] == _VERSION[:1]
        if greets or not self._faults.drips:
            channel.write(data)
            return
        for at in range(len(data)):
            channel.write(data[at : at + 1])
            await asyncio.sleep(self._faults.drips)

    def _answer(self, packet: bytes) -> bytes | None:
        """Return kind, number and body; None for an eternal silence. Raises CutError."""
        fields = SSHPacket(packet)
        kind = fields.get_byte()
        if kind == Ask.INIT:
            return _VERSION + (_EXTENSION if self._faults.posix_rename else b"")
        number = fields.get_bytes(4)
        if kind == _EXTENDED:
            fields.get_string()
        asked = Ask(kind)
        if asked in self._faults.silent_on:
            return None
        if asked in self._faults.drops_before:
            raise CutError
        body = self._body(asked, fields)
        if asked in self._faults.drops_after:
            raise CutError
        return body[:1] + number + body[1:]

    def _body(self, asked: Ask, fields: SSHPacket) -> bytes:
        if asked in self._faults.refuses:
            return status(*self._faults.refuses[asked])
        try:
            return self._files.answer(asked, fields)
        except RefusedError as refusal:
            return status(refusal.code, str(refusal))
        except OSError as error:
            return status(_CODES.get(error.errno or 0, FAILURE), error.strerror or "")

    def _cut(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        connection = channel.get_connection()
        if self._faults.resets:
            link = connection.get_extra_info("socket")
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.abort()
