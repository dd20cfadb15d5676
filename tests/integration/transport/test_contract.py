"""What every transport does, whoever the partner is."""

from __future__ import annotations

import os
import threading
from pathlib import Path, PurePosixPath

import pytest

from edid.errors import OperatorError, PermanentError, RefusedInputError, RemoteMissingError
from edid.transport.contract import Transport
from tests.integration.transport.conftest import Reached

IN = PurePosixPath("in")
OUT = PurePosixPath("out")
LIMIT = 1 << 30


def offer(reached: Reached, name: str, data: bytes) -> PurePosixPath:
    """Let the partner hold a file that our account may read, and may rename or remove in `in`."""
    file = reached.root / "in" / name
    file.write_bytes(data)
    owner = (reached.root / "in").stat()
    os.chown(file, owner.st_uid, owner.st_gid)
    return IN / name


@pytest.mark.parametrize("size", [0, 1, 31_999, 32_000, 32_001, 64_000, 64_001, 20_000_000])
def test_a_file_comes_back_as_it_was_sent(transport: Transport, tmp_path: Path, size: int) -> None:
    sent, back = tmp_path / "sent", tmp_path / "back"
    sent.write_bytes(os.urandom(size))
    assert transport.put(sent, IN / "a").size == size
    assert transport.get(IN / "a", back, limit=LIMIT) == size
    assert back.read_bytes() == sent.read_bytes()


def test_the_bytes_are_at_the_partner_when_put_returns(transport: Transport, reached: Reached, source: Path) -> None:
    transport.put(source, IN / "a.xml")
    assert (reached.root / "in" / "a.xml").read_bytes() == source.read_bytes()


def test_a_longer_file_of_the_same_name_is_replaced_whole(transport: Transport, reached: Reached, source: Path) -> None:
    offer(reached, "a.xml", b"x" * 100_000)
    transport.put(source, IN / "a.xml")
    assert (reached.root / "in" / "a.xml").read_bytes() == source.read_bytes()


def test_the_size_at_the_partner_is_told_only_when_it_was_asked_for(transport: Transport, source: Path) -> None:
    size = source.stat().st_size
    assert transport.put(source, IN / "a", look=True).seen == size
    assert transport.put(source, IN / "a").seen is None


def test_progress_ends_at_the_size(transport: Transport, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    sent.write_bytes(os.urandom(5_000_000))
    up: list[int] = []
    down: list[int] = []
    transport.put(sent, IN / "a", up.append)
    transport.get(IN / "a", tmp_path / "back", limit=LIMIT, progress=down.append)
    for moved in (up, down):
        assert len(moved) > 3
        assert moved == sorted(moved)
        assert moved[-1] == 5_000_000


def test_only_regular_files_are_listed_and_in_the_order_of_their_names(transport: Transport, reached: Reached) -> None:
    for name in ("b", "a", "C"):
        offer(reached, name, name.encode() * 3)
    (reached.root / "in" / "folder").mkdir()
    (reached.root / "in" / "link").symlink_to("a")
    found = transport.list(IN)
    assert [(file.name, file.size) for file in found] == [("C", 3), ("a", 3), ("b", 3)]
    assert all(file.modified is not None for file in found)


def test_many_files_are_all_listed(transport: Transport, reached: Reached) -> None:
    names = [f"file-{number:03}" for number in range(250)]
    for name in names:
        (reached.root / "in" / name).touch()
    assert [file.name for file in transport.list(IN)] == names


@pytest.mark.parametrize("name", ["two words.xml", "été ß €.xml", "quote\"s 'n $HOME;.xml", "-rf", "a\\b"])
def test_unusual_names_are_kept(transport: Transport, reached: Reached, tmp_path: Path, name: str) -> None:
    offer(reached, name, b"bytes")
    assert [file.name for file in transport.list(IN)] == [name]
    transport.rename(IN / name, IN / (name + "2"))
    assert transport.get(IN / (name + "2"), tmp_path / "back", limit=LIMIT) == 5


@pytest.mark.parametrize("name", [b"line\nend", b"carriage\rreturn", b"latin-1 \xe9"])
def test_names_that_cannot_be_used_are_left_out(transport: Transport, reached: Reached, name: bytes) -> None:
    offer(reached, "good", b"")
    Path(os.fsdecode(os.fsencode(reached.root / "in") + b"/" + name)).touch()
    assert [file.name for file in transport.list(IN)] == ["good"]


def test_an_empty_folder_lists_nothing(transport: Transport) -> None:
    assert transport.list(OUT) == []


def test_a_missing_folder_is_for_the_operator(transport: Transport, source: Path) -> None:
    with pytest.raises(OperatorError, match=r"nowhere.*\n?.*folder"):
        transport.list(PurePosixPath("nowhere"))
    with pytest.raises(OperatorError, match="nowhere/a"):
        transport.put(source, PurePosixPath("nowhere/a"))


def test_a_file_that_vanished_is_missing_and_leaves_nothing_here(transport: Transport, tmp_path: Path) -> None:
    back = tmp_path / "back"
    with pytest.raises(RemoteMissingError, match="in/gone"):
        transport.get(IN / "gone", back, limit=LIMIT)
    with pytest.raises(RemoteMissingError, match="in/gone"):
        transport.remove(IN / "gone")
    with pytest.raises(RemoteMissingError, match="in/gone"):
        transport.rename(IN / "gone", IN / "other")
    assert transport.stat(IN / "gone") is None
    assert not back.exists()


def test_a_fetched_file_is_private(transport: Transport, reached: Reached, tmp_path: Path) -> None:
    transport.get(offer(reached, "a", b"bytes"), tmp_path / "back", limit=LIMIT)
    assert (tmp_path / "back").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_already_here_is_not_written_over(
    transport: Transport, reached: Reached, tmp_path: Path
) -> None:
    back = tmp_path / "back"
    back.write_bytes(b"earlier")
    with pytest.raises(PermanentError, match="back"):
        transport.get(offer(reached, "a", b"bytes"), back, limit=LIMIT)
    assert back.read_bytes() == b"earlier"


@pytest.mark.parametrize("size", [101, 1_000_000])
def test_a_file_beyond_the_limit_is_refused_and_stays_with_the_partner(
    transport: Transport, reached: Reached, tmp_path: Path, size: int
) -> None:
    path = offer(reached, "a", b"x" * size)
    with pytest.raises(RefusedInputError, match="100 bytes"):
        transport.get(path, tmp_path / "back", limit=100)
    assert not (tmp_path / "back").exists()
    assert [file.size for file in transport.list(IN)] == [size]


def test_a_file_at_the_limit_is_fetched(transport: Transport, reached: Reached, tmp_path: Path) -> None:
    assert transport.get(offer(reached, "a", b"x" * 100), tmp_path / "back", limit=100) == 100


def test_stat_tells_the_size_and_only_of_files(transport: Transport, reached: Reached) -> None:
    seen = transport.stat(offer(reached, "a", b"12345"))
    assert seen is not None
    assert (seen.name, seen.size) == ("a", 5)
    assert transport.stat(IN) is None


def test_remove_removes(transport: Transport, reached: Reached) -> None:
    transport.remove(offer(reached, "a", b""))
    assert transport.list(IN) == []


def test_rename_replaces_what_stands_there(transport: Transport, reached: Reached) -> None:
    old, new = offer(reached, "a", b"new"), offer(reached, "b", b"old, and longer")
    transport.rename(old, new)
    assert [(file.name, file.size) for file in transport.list(IN)] == [("b", 3)]


def test_rename_reaches_another_folder(transport: Transport, reached: Reached) -> None:
    transport.rename(offer(reached, "a", b"new"), PurePosixPath("tmp/a"))
    assert (reached.root / "tmp" / "a").read_bytes() == b"new"


def test_rename_into_a_missing_folder_is_for_the_operator(transport: Transport, reached: Reached) -> None:
    with pytest.raises(OperatorError, match="nowhere/a"):
        transport.rename(offer(reached, "a", b"new"), PurePosixPath("nowhere/a"))
    assert [file.name for file in transport.list(IN)] == ["a"]


def test_a_source_that_vanished_is_told_as_ours(transport: Transport, tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match=r"this machine.*gone\.xml"):
        transport.put(tmp_path / "gone.xml", IN / "a")


@pytest.mark.parametrize("path", ["in/a\0b", "in/\udce9"])
def test_a_path_that_cannot_travel_is_refused(transport: Transport, path: str) -> None:
    with pytest.raises(PermanentError):
        transport.remove(PurePosixPath(path))


def test_an_absolute_path_starts_at_the_root_of_the_partner(transport: Transport, source: Path) -> None:
    transport.put(source, PurePosixPath("/in/a"))
    assert [file.name for file in transport.list(PurePosixPath("/in"))] == ["a"]


def test_after_close_the_next_call_opens_again(transport: Transport, source: Path) -> None:
    transport.connect()
    transport.close()
    transport.close()
    transport.put(source, IN / "a")
    assert transport.stat(IN / "a") is not None


def test_two_threads_with_a_transport_each_do_not_disturb_each_other(reached: Reached, tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with reached.open() as mine:
                for turn in range(10):
                    sent, back = tmp_path / f"{number}-{turn}", tmp_path / f"{number}-{turn}.back"
                    sent.write_bytes(bytes([number, turn]) * 40_000)
                    mine.put(sent, IN / sent.name)
                    mine.get(IN / sent.name, back, limit=LIMIT)
                    assert back.read_bytes() == sent.read_bytes()
        except BaseException as error:  # noqa: BLE001 # told by the test's own thread
            failures.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    with reached.open() as transport:
        assert len(transport.list(IN)) == 20
