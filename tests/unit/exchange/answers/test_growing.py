"""The growing file of a day: every line once, whole, whatever happens between adding and remembering."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.clock import now
from edid.errors import OperatorError
from edid.exchange.answers.growing import grow
from edid.journal.events import Event, record
from tests.unit.exchange.answers.conftest import Desk
from tests.unit.exchange.corridor import Crash, crash_at

Make = Callable[..., Desk]
COLUMNS = {"ID": "event_id", "WHAT": "event"}


@pytest.fixture
def daily(desk: Make) -> Desk:
    return desk(form="csv", files="daily", columns=COLUMNS, daily_name="{day}.{form}")


def happen(desk: Desk, count: int = 1) -> None:
    """Let files be taken; what they are does not matter here."""
    with desk.corridor.house.journal.writing() as tx:
        events = [Event("file.claimed", "file", 1, desk.sheet.name, None, "claimed") for _ in range(count)]
        record(tx, events)


def today(desk: Desk) -> Path:
    (path,) = desk.folder.iterdir()
    assert path.suffix == ".csv"
    return path


def ids(path: Path) -> list[int]:
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    assert head == "ID;WHAT"
    return [int(line.split(";")[0]) for line in lines]


def test_lines_are_added_and_the_header_stands_once(daily: Desk) -> None:
    for _ in range(3):
        happen(daily, 2)
        daily.tell()
    assert today(daily).name == f"{now():%Y-%m-%d}.csv"
    assert ids(today(daily)) == [1, 2, 3, 4, 5, 6]


def test_a_crash_after_adding_adds_nothing_twice(daily: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    happen(daily, 2)
    daily.tell()
    happen(daily, 2)
    crash_at(monkeypatch, "edid.exchange.answers.queue.keep", error=Crash())
    with pytest.raises(Crash):
        daily.tell()
    assert ids(today(daily)) == [1, 2, 3, 4]
    happen(daily)
    daily.corridor.restart()
    daily.tell()
    assert ids(today(daily)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_torn_end_is_made_whole(daily: Desk, cut: int) -> None:
    happen(daily, 2)
    daily.tell()
    whole = today(daily).read_bytes()
    happen(daily, 2)
    with today(daily).open("ab") as file:  # as a crash in the middle of the write leaves it
        file.write((b"0000000003;taken\r\n0000000004;taken\r\n\0\0\0\0\0\0\0\0")[:cut])
    daily.tell()
    assert today(daily).read_bytes() == whole + b"0000000003;taken\r\n0000000004;taken\r\n"


def test_a_crash_in_a_file_that_was_new_repeats_nothing(daily: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    happen(daily, 2)
    crash_at(monkeypatch, "edid.exchange.answers.growing.fsync_folder", error=Crash())
    with pytest.raises(Crash):
        daily.tell()
    daily.corridor.restart()
    daily.tell()
    assert ids(today(daily)) == [1, 2]


def test_a_file_that_was_taken_away_begins_anew(daily: Desk) -> None:
    happen(daily, 2)
    daily.tell()
    today(daily).unlink()
    happen(daily)
    daily.tell()
    assert ids(today(daily)) == [3]


def test_a_crash_after_the_file_was_taken_away_repeats_nothing(daily: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    happen(daily, 5)
    daily.tell()
    today(daily).unlink()
    happen(daily)
    keep = "edid.exchange.answers.queue.keep"
    original = __import__("edid.exchange.answers.queue", fromlist=["keep"]).keep
    calls = []

    def second_fails(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise Crash
        original(*args)

    monkeypatch.setattr(keep, second_fails)
    with pytest.raises(Crash):
        daily.tell()
    daily.tell()
    assert ids(today(daily)) == [6]


def test_a_file_under_the_name_of_the_day_is_not_overwritten(daily: Desk) -> None:
    there = daily.folder / f"{now():%Y-%m-%d}.csv"
    there.write_bytes(b"ours\r\nunfinished")
    happen(daily)
    daily.tell()
    assert there.read_bytes().startswith(b"ours\r\nunfinished")
    assert there.read_bytes().endswith(b"0000000001;taken\r\n")


def test_another_form_is_another_file(daily: Desk) -> None:
    happen(daily)
    daily.tell()
    daily.use(form="json", files="daily", columns=COLUMNS)
    happen(daily)
    daily.tell()
    names = daily.names()
    assert [Path(name).suffix for name in names] == [".csv", ".json"]
    assert (daily.folder / names[1]).read_bytes() == b'{"ID": "0000000002", "WHAT": "taken"}\n'
    daily.use(form="csv", files="daily", columns=COLUMNS)
    happen(daily)
    daily.tell()
    assert ids(daily.folder / names[0]) == [1, 3]


def test_each_day_has_its_file_and_no_day_comes_back(daily: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    start = now()
    for days in (0, 1, 0):  # the clock is set back
        monkeypatch.setattr("edid.journal.events.now", lambda days=days: start + timedelta(days=days))
        happen(daily)
    daily.tell()
    first, second = sorted(daily.folder.iterdir())
    assert (ids(first), ids(second)) == ([1], [2, 3])


def test_a_byte_order_mark_stands_at_the_beginning_only(desk: Make) -> None:
    one = desk(form="csv", files="daily", columns=COLUMNS, encoding="utf-8-sig")
    for _ in range(2):
        happen(one)
        one.tell()
    content = today(one).read_bytes()
    assert content.startswith(b"\xef\xbb\xbfID;")
    assert content.count(b"\xef\xbb\xbf") == 1


@pytest.mark.parametrize("kind", ["symlink", "fifo", "hardlink"])
def test_what_is_no_file_of_its_own_is_not_written_to(tmp_path: Path, kind: str) -> None:
    target, path = tmp_path / "secret", tmp_path / "day.csv"
    target.write_bytes(b"secret\n")
    {
        "symlink": lambda: path.symlink_to(target),
        "fifo": lambda: os.mkfifo(path),
        "hardlink": lambda: os.link(target, path),
    }[kind]()
    with pytest.raises((OSError, OperatorError)):
        grow(path, 0, b"", b"line\n")
    assert target.read_bytes() == b"secret\n"


@given(
    head=st.binary(max_size=6),
    lines=st.binary(min_size=1, max_size=12),
    cut=st.integers(0, 18),
    junk=st.binary(max_size=4),
)
def test_growing_again_after_any_crash_gives_what_one_go_gives(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, lines: bytes, cut: int, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("grow") / "day"
    whole = head + lines
    path.write_bytes(whole[:cut] + junk)
    assert grow(path, 0, head, lines) == len(whole)
    assert path.read_bytes() == whole
    assert grow(path, len(whole), head, b"more\n") == len(whole) + 5
    assert path.read_bytes() == whole + b"more\n"
