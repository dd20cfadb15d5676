# ruff: noqa: PT018 - what holds for every input, said in one line each
"""What a partner's SFTP server sends: a stream of bytes, or answers that fit the questions and say anything."""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Callable
from typing import cast

from edid.errors import EdidError, RefusedInputError, TransientError
from edid.transport.local_file import new_file
from edid.transport.sftp_client import SftpClient
from edid.transport.sftp_errors import Place, lost, no_folder, not_sftp, refusal
from edid.transport.sftp_listing import file_facts, read_entries, regular_files
from edid.transport.sftp_packets import Channel, LinkLostError
from edid.transport.sftp_transfer import download, upload
from edid.transport.sftp_wire import Code, Kind, OpenFlag, ProtocolError, StatusError, string, uint32, uint64
from tests.fuzz.mutation import either, plain_bytes
from tests.fuzz.target import Target, desk

_PLACE = Place("partner.example", 22, "aaa123")
_LIMIT = 100_000
_MOST_QUESTIONS = 400
"""Questions that a session of this test may ask when every answer says something: far more than it needs."""
_UPLOADED = b"x" * 70_000


class _Stream:
    """A partner who sends `data`, and ends."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def sendall(self, data: bytes, /) -> None:
        """Take everything."""

    def recv(self, most: int, /) -> bytes:
        return self._data.read(min(most, 1_000))


class _Server:
    """A partner who answers every question with its number, by the script `data`; the last answer over and over."""

    def __init__(self, data: bytes) -> None:
        self._script = _answers(data)
        self._next = 0
        self._out = bytearray()
        self._asked = bytearray()
        self.questions = 0
        self.names = 0
        """Names that were sent."""

    def sendall(self, data: bytes, /) -> None:
        self._asked += data
        while len(self._asked) >= 5:
            length = int.from_bytes(self._asked[:4], "big")
            if len(self._asked) < 4 + length:
                return
            packet = bytes(self._asked[4 : 4 + length])
            del self._asked[: 4 + length]
            self._answer(packet)

    def recv(self, most: int, /) -> bytes:
        piece = bytes(self._out[:most])
        del self._out[:most]
        return piece

    def _answer(self, packet: bytes) -> None:
        self.questions += 1
        assert self.questions <= _MOST_QUESTIONS + self.names, "asks on and on, although no answer says anything"
        if packet[0] == Kind.INIT:
            self._send(bytes([Kind.VERSION]) + uint32(3) + string(b"posix-rename@openssh.com") + string(b"1"))
        elif self._script:
            kind, body = self._script[min(self._next, len(self._script) - 1)]
            self._next += 1
            self._send(bytes([kind]) + packet[1:5] + body)
            self.names += int.from_bytes(body[:4], "big") if kind == Kind.NAME and len(body) > 16 else 0

    def _send(self, packet: bytes) -> None:
        self._out += uint32(len(packet)) + packet


def _answers(data: bytes) -> list[tuple[int, bytes]]:
    """Return the answers of a script: each a kind, the length of its body in two bytes, and the body."""
    found, at = [], 0
    while at + 3 <= len(data):
        length = int.from_bytes(data[at + 1 : at + 3], "big")
        found.append((data[at], data[at + 3 : at + 3 + length]))
        at += 3 + length
    return found


def _script(*answers: tuple[int, bytes]) -> bytes:
    return b"".join(bytes([kind]) + len(body).to_bytes(2, "big") + body for kind, body in answers)


def _listing(sftp: SftpClient) -> None:
    entries = read_entries(sftp, b"out")
    files, left_out = regular_files(entries)
    assert len(files) + left_out <= len(entries)
    assert files == sorted(files, key=lambda file: file.name)
    for file in files:
        assert file.name.encode() and not set(file.name) & set("/\0\r\n") and file.name not in {"", ".", ".."}
        assert 0 <= file.size < 1 << 64
    file_facts("name", sftp.stat(b"out/name"))


def _fetching(sftp: SftpClient) -> None:
    with new_file(desk().work / "fetched", _LIMIT) as target:
        download(sftp, sftp.open(b"out/name", OpenFlag.READ), target, None)
        assert target.size <= _LIMIT


def _sending(sftp: SftpClient) -> None:
    handle = sftp.open(b"in/name", OpenFlag.WRITE | OpenFlag.CREATE)
    written = upload(sftp, handle, io.BytesIO(_UPLOADED), None, b"in/name")
    assert written.size == len(_UPLOADED)
    sftp.rename_over(b"in/name", b"in/other") if sftp.renames_over else sftp.rename(b"in/name", b"in/other")
    sftp.remove(b"in/other")


_ACTS: tuple[Callable[[SftpClient], None], ...] = (_listing, _fetching, _sending)


def _met(data: bytes) -> None:
    desk().lay(b"")
    for channel in (_Stream, _Server):
        for act in _ACTS:
            shutil.rmtree(desk().work)
            desk().work.mkdir()
            _must_end(channel(data), act)


def _must_end(channel: _Stream | _Server, act: Callable[[SftpClient], None]) -> None:
    try:
        act(SftpClient(cast("Channel", channel)))
    except StatusError as error:
        for told in (refusal(error, _PLACE, "do"), no_folder(error, _PLACE, "do")):
            _must_help(told)
    except LinkLostError as error:
        _must_help(lost(error, _PLACE, "do"))
    except ProtocolError as error:
        _must_help(not_sftp(error, _PLACE))
    except (TransientError, RefusedInputError) as error:
        _must_help(error)
    except EdidError as error:
        _must_help(error)


def _must_help(told: EdidError) -> None:
    assert isinstance(told, EdidError) and told.remedy and str(told).encode("utf-8")
    assert len(str(told)) < 2_000


def _attributes(size: int) -> bytes:
    return uint32(0x0D) + uint64(size) + uint32(0o100644) + uint32(1) + uint32(1_790_000_000)


def _scripts() -> tuple[bytes, ...]:
    handle = (Kind.HANDLE, string(b"h"))
    end = (Kind.STATUS, uint32(Code.EOF) + string(b"") + string(b""))
    ok = (Kind.STATUS, uint32(Code.OK) + string(b"") + string(b""))
    no = (Kind.STATUS, uint32(Code.PERMISSION_DENIED) + string(b"no \xff") + string(b""))
    entry = string(b"CSO1110A_ABC123_CPP0011110000000000000001") + string(b"-rw-r--r-- 1 a a") + _attributes(5)
    listed = (Kind.NAME, uint32(2) + entry + string(b"..") + string(b"drwx") + uint32(4) + uint32(0o40755))
    found, data = (Kind.ATTRS, _attributes(5)), (Kind.DATA, string(b"hello"))
    return (
        _script(handle, listed, end, end, end, end, ok, found),
        _script(handle, found, data, end, end),
        _script(handle, ok, ok, ok, ok, found, ok, ok),
        _script(handle, no),
        _script(handle, (Kind.NAME, uint32(0))),
        _stream((Kind.VERSION, uint32(3)), (Kind.HANDLE, uint32(1) + string(b"h")), (Kind.NAME, uint32(2) + listed[1])),
        _stream((Kind.VERSION, uint32(3)), (Kind.HANDLE, uint32(1) + string(b"h")), (Kind.ATTRS, uint32(2) + found[1]),
                (Kind.DATA, uint32(3) + data[1]), (Kind.STATUS, uint32(4) + end[1])),
    )  # fmt: skip


def _stream(*packets: tuple[int, bytes]) -> bytes:
    return b"".join(uint32(1 + len(body)) + bytes([kind]) + body for kind, body in packets)


def _answered(data: bytes, chance: random.Random) -> bytes:
    """Change the script: another kind, an answer more or less, a body cut or made longer."""
    found = _answers(data)
    if not found:
        return plain_bytes(data, chance)
    at = chance.randrange(len(found))
    kind, body = found[at]
    match chance.randrange(5):
        case 0:
            found[at] = (chance.choice((101, 102, 103, 104, 105, 2, 0)), body)
        case 1:
            found[at] = (kind, plain_bytes(body, chance)[:60_000])
        case 2:
            found.insert(at, chance.choice(found))
        case 3:
            found.pop(at)
        case _:
            found[at] = (kind, uint32(chance.choice((0, 1, 2, 1 << 31, (1 << 32) - 1))) + body[4:])
    return _script(*found)


TARGETS = (Target("sftp", _met, _scripts, either(_answered, plain_bytes), weight=1.2),)
