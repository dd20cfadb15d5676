"""Partners that lie, break off, or do not speak SFTP."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.errors import RefusedInputError, TransientError
from edid.transport.local_file import new_file
from edid.transport.sftp_client import SftpClient
from edid.transport.sftp_listing import read_entries, regular_files
from edid.transport.sftp_packets import LinkLostError
from edid.transport.sftp_transfer import download, upload
from edid.transport.sftp_wire import Code, Fields, Kind, ProtocolError, StatusError, string, uint32
from tests.integration.transport.scripted import (
    Answer,
    OfferedFile,
    ScriptedChannel,
    Vanishing,
    data,
    packet,
    size,
    status,
)

CONTENT = os.urandom(200_000)


def fetch(answer: Answer, target: Path, limit: int = 1 << 30) -> bytes:
    with new_file(target, limit) as file:
        download(SftpClient(ScriptedChannel(answer)), b"handle", file, None)
    return target.read_bytes()


@pytest.mark.parametrize("piece", [1, 31_999, 32_000, 1 << 20])
@pytest.mark.parametrize("length", [0, 1, 50, 64_000, 200_000])
def test_answers_shorter_than_asked_are_completed(tmp_path: Path, piece: int, length: int) -> None:
    content = CONTENT[: min(length, piece * 500)]
    assert fetch(OfferedFile(content, piece=piece), tmp_path / "back") == content
    assert fetch(OfferedFile(content, announced=-1, piece=piece), tmp_path / "blind") == content


def test_a_line_that_ends_after_the_last_byte_has_lost_nothing(tmp_path: Path) -> None:
    assert fetch(Vanishing(CONTENT), tmp_path / "back") == CONTENT


def test_a_line_that_ends_before_anyone_knows_whether_more_would_come_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(LinkLostError):
        fetch(Vanishing(CONTENT, announced=-1), tmp_path / "back")
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("announced", [199_999, 200_001, 10_000_000])
def test_more_or_fewer_bytes_than_announced_are_not_taken_for_the_file(tmp_path: Path, announced: int) -> None:
    with pytest.raises(TransientError, match="changed"):
        fetch(OfferedFile(CONTENT, announced=announced), tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_file_that_never_ends_is_cut_at_the_limit(tmp_path: Path) -> None:
    def endless(kind: int, fields: Fields) -> bytes:
        return status(Code.PERMISSION_DENIED) if kind == Kind.FSTAT else data(bytes(32_000))

    with pytest.raises(RefusedInputError):
        fetch(endless, tmp_path / "back", limit=1_000_000)
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("piece", [b"", bytes(40_000)])
def test_a_read_that_gives_nothing_or_too_much_is_no_sftp(tmp_path: Path, piece: bytes) -> None:
    with pytest.raises(ProtocolError):
        fetch(lambda kind, _: size(100) if kind == Kind.FSTAT else data(piece), tmp_path / "back")


@pytest.mark.parametrize("in_order", [True, False])
@pytest.mark.parametrize("refused", [1, 3, 4])
def test_no_refused_write_or_close_goes_unnoticed(tmp_path: Path, refused: int, in_order: bool) -> None:
    """Three writes and a close; the paramiko file object would not notice the last three of them."""
    source = tmp_path / "source"
    source.write_bytes(bytes(90_000))
    count = iter(range(1, 100))

    def answer(kind: int, fields: Fields) -> bytes:
        return status(Code.FAILURE if next(count) == refused else Code.OK)

    with source.open("rb", buffering=0) as file, pytest.raises(StatusError):
        upload(SftpClient(ScriptedChannel(answer), in_order=in_order), b"handle", file, None)


def test_a_server_not_known_to_keep_the_order_is_closed_after_its_last_answer(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(90_000))
    answered: list[int] = []
    channel = ScriptedChannel(lambda kind, _: answered.append(kind) or status(Code.OK))
    with source.open("rb", buffering=0) as file:
        upload(SftpClient(channel), b"handle", file, lambda _: answered.append(-1))
    assert answered[-2:] == [-1, Kind.CLOSE]


def test_names_that_lead_elsewhere_are_never_listed() -> None:
    names = [b".", b"..", b"", b"../../etc/passwd", b"a/b", b"nul\0", b"good"]
    listing = iter([*names])

    def answer(kind: int, fields: Fields) -> bytes:
        if kind == Kind.OPENDIR:
            return bytes([Kind.HANDLE]) + string(b"h")
        if kind == Kind.READDIR and (name := next(listing, None)) is not None:
            entry = string(name) + string(b"-rw-r--r--") + size(1)[1:]
            return bytes([Kind.NAME]) + uint32(1) + entry
        return status(Code.EOF if kind == Kind.READDIR else Code.OK)

    files, left_out = regular_files(read_entries(SftpClient(ScriptedChannel(answer)), b"in"))
    assert [file.name for file in files] == ["good"]
    assert left_out == len(names) - 1


class Noise:
    """A channel on which anything may arrive."""

    def __init__(self, noise: bytes) -> None:
        self._noise = noise

    def sendall(self, sent: bytes, /) -> None:
        pass

    def recv(self, most: int, /) -> bytes:
        piece, self._noise = self._noise[:most], self._noise[most:]
        return piece


GREETING = packet(bytes([Kind.VERSION]) + uint32(3))
ANSWER = st.builds(
    lambda kind, body: packet(bytes([kind]) + uint32(1) + body),
    st.sampled_from([*Kind]),
    st.binary(max_size=60),
)


@given(st.binary(max_size=80))
def test_noise_instead_of_a_greeting_is_refused_or_understood(noise: bytes) -> None:
    try:
        SftpClient(Noise(noise))
    except (ProtocolError, LinkLostError):
        return


@given(st.one_of(ANSWER, st.binary(max_size=80)), st.sampled_from(["stat", "open_folder", "names", "data"]))
def test_noise_instead_of_an_answer_is_refused_or_understood(noise: bytes, question: str) -> None:
    client = SftpClient(Noise(GREETING + noise))
    try:
        if question == "names":
            client.names(client.send_read_folder(b"h"))
        elif question == "data":
            client.data(client.send_read(b"h", 0, 10))
        else:
            getattr(client, question)(b"path")
    except (ProtocolError, LinkLostError, StatusError):
        return


def test_a_shell_that_greets_on_the_line_is_told_from_sftp() -> None:
    with pytest.raises(ProtocolError):
        SftpClient(Noise(b"Welcome to this server!\n"))
