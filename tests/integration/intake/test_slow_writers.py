"""Writers that pause for more than a minute, map the file, keep it open, or come back: what each readiness promises."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from tests.integration.intake.house import Clocks, TakingHouse

MINUTE = 75.0
Desk = Callable[..., TakingHouse]

MAPPING = """
import mmap, os, sys
path = sys.argv[1]
descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
os.ftruncate(descriptor, 4096)
mapped = mmap.mmap(descriptor, 4096)
os.close(descriptor)
for line in sys.stdin:
    at, _, text = line.rstrip("\\n").partition(":")
    if not text:
        mapped.close()
    else:
        mapped[int(at) : int(at) + len(text)] = text.encode()
    print("done", flush=True)
"""
LEASING = """
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
descriptor = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("done", flush=True)
sys.stdin.readline()
"""


class Erp:
    """Another process, told what to do line by line."""

    def __init__(self, program: str, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def heard(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "done\n"

    def told(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        self.heard()

    def ended(self) -> None:
        self._process.communicate()


@pytest.fixture
def erp() -> Iterator[Callable[[str, Path], Erp]]:
    started: list[Erp] = []

    def start(program: str, path: Path) -> Erp:
        started.append(Erp(program, path))
        return started[-1]

    yield start
    for one in started:
        one.ended()


def test_a_writer_who_keeps_the_file_open_may_pause_for_more_than_a_minute(desk: Desk) -> None:
    here = desk()
    with (here.out / "slow.xml").open("wb", buffering=0) as file:
        for piece in (b"<Invoice>", b"<Line/>", b"</Invoice>"):
            file.write(piece)
            here.wait(MINUTE, look_every=0.5)
            assert here.rows() == []
    here.wait(3, look_every=0.5)
    assert here.taken() == [b"<Invoice><Line/></Invoice>"]


def test_a_file_that_was_open_is_seen_closed_for_the_settle_time_before_it_is_taken(desk: Desk) -> None:
    here = desk()
    path = here.out / "signed-later.xml"
    with path.open("wb", buffering=0) as file:
        file.write(b"<Invoice/>")
        here.wait(MINUTE, look_every=0.5)
    here.wait(1.5, look_every=0.5)
    assert here.rows() == []
    with path.open("ab") as file:
        file.write(b"<Signature/>")
    here.wait(5, look_every=0.5)
    assert here.taken() == [b"<Invoice/><Signature/>"]


def test_a_process_that_maps_the_file_and_closed_it_is_awaited_until_it_lets_go(
    desk: Desk, erp: Callable[[str, Path], Erp]
) -> None:
    here = desk()
    writer = erp(MAPPING, here.out / "mapped.xml")
    for number in range(3):
        writer.told(f"{number * 1000}:piece {number}")
        here.wait(MINUTE, look_every=0.5)
        assert here.rows() == []
    writer.told("")
    here.wait(3, look_every=0.5)
    (content,) = here.taken()
    assert (content[:7], content[2000:2007]) == (b"piece 0", b"piece 2")


def test_settle_alone_takes_half_of_what_its_writer_closed_for_longer(desk: Desk) -> None:
    """What `settled` does not promise: nothing in the file says that its writer will come back."""
    here = desk()
    path = here.out / "slow.xml"
    for piece in (b"<Invoice>", b"</Invoice>"):
        with path.open("ab") as file:
            file.write(piece)
        here.wait(MINUTE, look_every=0.5)
    assert here.taken() == [b"<Invoice>", b"</Invoice>"]


def test_a_settle_time_longer_than_the_pauses_takes_it_whole(desk: Desk) -> None:
    here = desk(settle="2m")
    for piece in (b"<Invoice>", b"<Line/>", b"</Invoice>"):
        with (here.out / "slow.xml").open("ab") as file:
            file.write(piece)
        here.wait(MINUTE, look_every=0.5)
    here.wait(MINUTE, look_every=0.5)
    assert here.taken() == [b"<Invoice><Line/></Invoice>"]


def test_renaming_at_the_end_takes_it_whole_whatever_the_pauses(desk: Desk) -> None:
    here = desk(readiness="renamed")
    for piece in (b"<Invoice>", b"<Line/>", b"</Invoice>"):
        with (here.out / "slow.xml.part").open("ab") as file:
            file.write(piece)
        here.wait(MINUTE, look_every=0.5)
    assert here.rows() == []
    (here.out / "slow.xml.part").rename(here.out / "slow.xml")
    here.step()
    assert here.taken() == [b"<Invoice><Line/></Invoice>"]


def test_a_marker_at_the_end_takes_it_whole_whatever_the_pauses(desk: Desk) -> None:
    here = desk(readiness="marker")
    for piece in (b"<Invoice>", b"<Line/>", b"</Invoice>"):
        with (here.out / "slow.xml").open("ab") as file:
            file.write(piece)
        here.wait(MINUTE, look_every=0.5)
    assert here.rows() == []
    (here.out / "slow.xml.ok").touch()
    here.wait(3)
    assert here.taken() == [b"<Invoice><Line/></Invoice>"]
    assert here.dropped() == []


def test_a_marker_that_came_first_is_worth_the_settle_time_and_no_more(desk: Desk) -> None:
    here = desk(readiness="marker", settle="2m")
    (here.out / "slow.xml.ok").touch()
    for piece in (b"<Invoice>", b"<Line/>", b"</Invoice>"):
        with (here.out / "slow.xml").open("ab") as file:
            file.write(piece)
        here.wait(MINUTE, look_every=0.5)
    here.wait(MINUTE, look_every=0.5)
    assert here.taken() == [b"<Invoice><Line/></Invoice>"]


def test_a_file_replaced_after_its_marker_settles_under_the_old_marker(desk: Desk) -> None:
    here = desk(readiness="marker", settle="2m")
    (here.out / "a.xml").write_bytes(b"<First/>")
    (here.out / "a.xml.ok").touch()
    (here.out / ".new").write_bytes(b"<Second>")
    (here.out / ".new").rename(here.out / "a.xml")
    here.wait(MINUTE)
    with (here.out / "a.xml").open("ab") as file:
        file.write(b"</Second>")
    here.wait(MINUTE, look_every=10)
    assert here.rows() == []
    here.wait(MINUTE, look_every=10)
    assert here.taken() == [b"<Second></Second>"]


def during_the_copy(here: TakingHouse, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `act` happen once, when bytes were copied and before the file is checked again."""
    original = here.house.store.add_many
    left = [act]

    def add_many(sources: list[Path]) -> object:
        copied = original(sources)
        if left:
            left.pop()()
        return copied

    monkeypatch.setattr(here.house.store, "add_many", add_many)


@pytest.mark.parametrize("readiness", ["settled", "renamed", "marker"])
def test_what_a_second_link_changes_while_it_is_read_goes_back_and_is_taken_whole(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, readiness: str
) -> None:
    here = desk(readiness=readiness)
    (tmp_path / "of-the-erp").write_bytes(b"<Invoice/>")
    (here.out / "a.xml").hardlink_to(tmp_path / "of-the-erp")
    if readiness == "marker":
        (here.out / "a.xml.ok").touch()

    def write_on() -> None:
        with (tmp_path / "of-the-erp").open("ab") as file:
            file.write(b"<More/>")

    during_the_copy(here, write_on, monkeypatch)
    here.wait(30, look_every=0.5)
    assert here.taken() == [b"<Invoice/><More/>"]
    assert here.dropped() == here.claimed() == []


def test_what_a_second_link_changes_after_it_was_taken_changes_nothing_here(desk: Desk, tmp_path: Path) -> None:
    here = desk(readiness="renamed")
    (tmp_path / "of-the-erp").write_bytes(b"<Invoice/>")
    (here.out / "a.xml").hardlink_to(tmp_path / "of-the-erp")
    here.step()
    (tmp_path / "of-the-erp").write_bytes(b"<Forgery/>")
    assert here.taken() == [b"<Invoice/>"]


@pytest.mark.parametrize("readiness", ["renamed", "marker"])
def test_the_next_file_of_that_name_is_taken_too_when_it_comes_while_the_first_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, readiness: str
) -> None:
    here = desk(readiness=readiness)

    def drop(content: bytes) -> None:
        (here.out / ".a").write_bytes(content)
        (here.out / ".a").rename(here.out / "a.xml")
        if readiness == "marker":
            (here.out / "a.xml.ok").write_bytes(b"")

    drop(b"<First/>")
    during_the_copy(here, lambda: drop(b"<Second/>"), monkeypatch)
    here.wait(10, look_every=0.5)
    assert here.taken() == [b"<First/>", b"<Second/>"]
    assert here.dropped() == []


def test_an_empty_file_that_somebody_holds_open_is_no_empty_file_yet(desk: Desk) -> None:
    here = desk()
    with (here.out / "a.xml").open("wb") as file:
        here.wait(MINUTE, look_every=0.5)
        assert here.rows() == []
        file.write(b"<Invoice/>")
    here.wait(5, look_every=0.5)
    assert here.taken() == [b"<Invoice/>"]


def test_an_empty_file_is_refused_and_what_its_writer_adds_later_is_a_file_of_its_own(desk: Desk) -> None:
    here = desk()
    (here.out / "a.xml").touch()
    here.wait(6, look_every=3)
    assert here.refused() == {"a.xml": "IRR_VIDE_F"}
    with (here.out / "a.xml").open("ab") as file:
        file.write(b"<Invoice/>")
    here.wait(6, look_every=3)
    assert here.taken() == [b"<Invoice/>"]
    assert here.kept() == ["a.xml"]


def test_a_file_under_another_programs_lease_waits_and_the_others_go_on(
    desk: Desk, erp: Callable[[str, Path], Erp]
) -> None:
    here = desk()
    path = here.out / "leased.xml"
    path.write_bytes(b"<Leased/>")
    (here.out / "z.xml").write_bytes(b"<Other/>")
    holder = erp(LEASING, path)
    holder.heard()
    here.wait(6, look_every=3)
    assert here.taken() == [b"<Other/>"]
    holder.ended()
    here.wait(6, look_every=1)
    assert here.taken() == [b"<Other/>", b"<Leased/>"]


def test_what_waits_for_long_is_told_once_with_its_reason(desk: Desk, clocks: Clocks) -> None:
    here = desk(readiness="marker")
    for name in ("unmarked.xml", "lonely.xml.ok", "unfinished.part", "held.xml", "held.xml.ok"):
        (here.out / name).write_bytes(b"x")
    (here.out / "folder").mkdir()
    with (here.out / "held.xml").open("ab"), structlog.testing.capture_logs() as logs:
        here.wait(880, look_every=20)
        assert [log for log in logs if log["event"] == "file.waiting"] == []
        here.wait(1000, look_every=20)
    told = {log["file"]: log["reason"] for log in logs if log["event"] == "file.waiting"}
    assert told == {
        "folder": "it is a folder (intake.subfolders is false)",
        "held.xml": "it is still open for writing by another program",
        "lonely.xml.ok": "it is a marker, and its file is not there",
        "unfinished.part": "it has a temporary name (intake.temporary)",
        "unmarked.xml": "it waits for its marker, the file with .ok after its name",
    }
    assert len([log for log in logs if log["event"] == "file.waiting"]) == len(told)


def test_many_that_wait_are_counted_and_not_all_named(desk: Desk) -> None:
    here = desk()
    for number in range(50):
        (here.out / f"{number}.tmp").write_bytes(b"x")
    with structlog.testing.capture_logs() as logs:
        here.wait(1000, look_every=50)
    told = [log for log in logs if log["event"] == "file.waiting"]
    assert len(told) == 21
    assert told[-1]["more"] == 30


def test_a_file_that_never_rests_is_told(desk: Desk) -> None:
    here = desk(settle="2m")
    with structlog.testing.capture_logs() as logs:
        for _ in range(20):
            with (here.out / "log.xml").open("ab") as file:
                file.write(b"one more line\n")
            here.wait(60, look_every=30)
    (told,) = [log for log in logs if log["event"] == "file.waiting"]
    assert told["reason"] == "it changes again and again"
    assert os.listdir(here.out) == ["log.xml"]
