"""When a dropped file counts as finished: the rule alone, on invented clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edid.config.sheet import Intake
from edid.intake import readiness as module
from edid.intake.readiness import Readiness
from edid.intake.scan import Candidate

WALL = datetime(2026, 11, 23, 7, tzinfo=UTC)
LOCAL_DISK = 0x801  # 8:1
SETTLE = Intake(settle="2s")


@pytest.fixture(autouse=True)
def _one_local_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "stamped_by_this_machine", lambda: frozenset({"8:1"}))


def seen(
    changed: float, *, name: str = "a.xml", device: int = LOCAL_DISK, kind: str = "file", size: int = 5, **other: object
) -> Candidate:
    """A candidate whose change time is `changed` seconds after WALL."""
    ctime_ns = round((WALL.timestamp() + changed) * 1e9)
    facts = {"inode": 1, "mtime_ns": 0, "marker": None, "marked_ns": 0} | other
    return Candidate(name=name, kind=kind, size=size, ctime_ns=ctime_ns, device=device, **facts)  # type: ignore[arg-type]


class Clocks:
    """Both clocks, moved together."""

    def __init__(self, intake: Intake) -> None:
        self.readiness = Readiness(intake)
        self.step = 0.0

    def look(self, at: float, *candidates: Candidate) -> tuple[list[str], float | None]:
        ready, wait = self.readiness.ready(candidates, 1000 + at, WALL + timedelta(seconds=at + self.step))
        return [candidate.name for candidate in ready], wait


def test_a_new_file_waits_and_the_caller_knows_how_long() -> None:
    clocks = Clocks(SETTLE)
    clocks.look(-1)
    ready, wait = clocks.look(0, seen(-0.5))
    assert ready == []
    assert wait == pytest.approx(1.5, abs=0.01)
    assert clocks.look(1.5, seen(-0.5)) == (["a.xml"], None)


def test_a_file_that_came_between_two_looks_is_ready_when_its_change_time_says_so() -> None:
    clocks = Clocks(SETTLE)
    clocks.look(-5)
    assert clocks.look(0, seen(-3)) == (["a.xml"], None)


def test_before_the_first_look_the_clock_may_have_been_set_so_a_file_that_lay_there_settles_anew() -> None:
    clocks = Clocks(SETTLE)
    assert clocks.look(0, seen(-3600)) == ([], 2.0)
    assert clocks.look(2, seen(-3600)) == (["a.xml"], None)


def test_an_old_modification_time_says_nothing() -> None:
    assert Clocks(SETTLE).look(0, seen(-0.1, mtime_ns=1))[0] == []


def test_every_change_starts_the_wait_again() -> None:
    clocks = Clocks(SETTLE)
    for second in range(10):
        assert clocks.look(second, seen(second, size=second))[0] == []
    assert clocks.look(11, seen(9, size=9))[0] == ["a.xml"]


def test_another_file_under_the_same_name_waits_anew() -> None:
    clocks = Clocks(SETTLE)
    clocks.look(0, seen(0))
    assert clocks.look(2, seen(1.9, inode=2))[0] == []


def test_a_file_that_was_open_at_its_claim_must_be_seen_closed_for_the_settle_time() -> None:
    clocks = Clocks(SETTLE)
    file = seen(-3600)
    clocks.look(-2, file)
    assert clocks.look(0, file) == (["a.xml"], None)
    clocks.readiness.doubt(file)
    assert clocks.look(0.5, file) == (["a.xml"], None), "to be looked at again"
    assert clocks.readiness.doubts(file)
    clocks.readiness.seen_closed(file, 1000.5)
    assert not clocks.readiness.doubts(file)
    assert clocks.look(2, file) == ([], 0.5)
    assert clocks.look(2.5, file) == (["a.xml"], None)


def test_a_file_that_was_renamed_when_it_was_finished_is_taken_once_it_is_closed() -> None:
    clocks = Clocks(Intake(readiness="renamed"))
    clocks.look(0, seen(0))
    clocks.readiness.doubt(seen(0))
    assert not clocks.readiness.doubts(seen(0))


def test_on_a_foreign_filesystem_only_our_own_observation_counts() -> None:
    clocks = Clocks(SETTLE)
    assert clocks.look(0, seen(-3600, device=0x2E)) == ([], 2.0)
    assert clocks.look(2, seen(-3600, device=0x2E)) == (["a.xml"], None)


def test_a_change_time_in_the_future_neither_hurries_nor_blocks() -> None:
    clocks = Clocks(SETTLE)
    assert clocks.look(0, seen(3600)) == ([], 2.0)
    assert clocks.look(2, seen(3600)) == (["a.xml"], None)


def test_a_step_of_the_wall_clock_does_not_age_a_file() -> None:
    clocks = Clocks(SETTLE)
    clocks.look(0)
    clocks.step = 60
    assert clocks.look(1, seen(0.9)) == ([], 2.0)
    assert clocks.look(3, seen(0.9)) == (["a.xml"], None)


def test_the_earliest_of_many_decides_the_next_look() -> None:
    clocks = Clocks(SETTLE)
    clocks.look(-2)
    wait = clocks.look(0, seen(-0.2, name="a"), seen(-1.2, name="b"), seen(-0.7, name="c"))[1]
    assert wait == pytest.approx(0.8, abs=0.01)


def test_nothing_to_wait_for_gives_no_next_look() -> None:
    assert Clocks(SETTLE).look(0) == ([], None)


def test_a_renamed_file_is_ready_at_once() -> None:
    assert Clocks(Intake(readiness="renamed")).look(0, seen(0)) == (["a.xml"], None)


def test_a_marker_after_its_file_makes_it_ready_at_once() -> None:
    stamp = round(WALL.timestamp() * 1e9)
    assert Clocks(Intake(readiness="marker")).look(0, seen(-0.01, marker="a.xml.ok", marked_ns=stamp))[0] == ["a.xml"]


def test_a_marker_of_the_same_instant_may_have_come_before_so_the_file_must_settle() -> None:
    stamp = round(WALL.timestamp() * 1e9)
    clocks = Clocks(Intake(readiness="marker"))
    assert clocks.look(0, seen(0, marker="a.xml.ok", marked_ns=stamp))[0] == []
    assert clocks.look(2, seen(0, marker="a.xml.ok", marked_ns=stamp))[0] == ["a.xml"]


def test_a_marker_before_its_file_makes_it_wait_until_it_settles() -> None:
    early = round((WALL.timestamp() - 10) * 1e9)
    clocks = Clocks(Intake(readiness="marker"))
    assert clocks.look(0.1, seen(0, marker="a.xml.ok", marked_ns=early))[0] == []
    assert clocks.look(2.1, seen(0, marker="a.xml.ok", marked_ns=early))[0] == ["a.xml"]


@pytest.mark.parametrize("rule", ["settled", "renamed", "marker"])
def test_what_is_no_file_settles_under_every_rule(rule: str) -> None:
    clocks = Clocks(Intake(readiness=rule))
    assert clocks.look(0, seen(0, kind="symlink"))[0] == []
    assert clocks.look(2, seen(0, kind="symlink"))[0] == ["a.xml"]


def test_this_machine_stamps_its_own_disk_and_not_its_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    from edid.intake import mounts

    devices = mounts.stamped_by_this_machine()
    proc = Path("/proc").stat().st_dev
    assert f"{proc >> 8 & 0xFFF}:{proc & 0xFF}" not in devices
    monkeypatch.setattr(mounts, "_MOUNTS", Path("/nowhere"))
    assert mounts.stamped_by_this_machine() == frozenset()
