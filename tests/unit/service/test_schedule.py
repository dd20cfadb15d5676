"""When partners are polled."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest

from edid.config.sheet import Poll
from edid.service import schedule as module
from edid.service.schedule import Schedule, is_open

SOON = 10.0
DAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def running() -> Iterator[Schedule]:
    schedule = Schedule()
    schedule.start()
    yield schedule
    schedule.stop()


def poll(**keys: object) -> Poll:
    return Poll.model_validate(keys)


def at(clock: str) -> datetime:
    return datetime.combine(DAY.date(), time.fromisoformat(clock), UTC)


@pytest.mark.parametrize(
    ("windows", "clock", "open_"),
    [
        ([], "03:00", True),
        (["06:00-20:00"], "06:00", True),
        (["06:00-20:00"], "19:59", True),
        (["06:00-20:00"], "20:00", False),
        (["06:00-20:00"], "05:59", False),
        (["22:00-06:00"], "23:30", True),
        (["22:00-06:00"], "00:00", True),
        (["22:00-06:00"], "05:59", True),
        (["22:00-06:00"], "06:00", False),
        (["22:00-06:00"], "12:00", False),
        (["06:00-08:00", "18:00-20:00"], "19:00", True),
        (["06:00-08:00", "18:00-20:00"], "12:00", False),
    ],
)
def test_a_window_is_open_from_its_first_minute_to_before_its_last_and_may_pass_midnight(
    windows: list[str], clock: str, open_: bool
):
    assert is_open(poll(windows=windows), at(clock)) is open_


def test_a_sheet_is_polled_at_once_when_its_job_starts(running: Schedule):
    wakes: queue.SimpleQueue[str] = queue.SimpleQueue()
    running.add("a", poll(every="7d"), lambda: wakes.put("a"))
    assert wakes.get(timeout=SOON) == "a"


def test_a_sheet_is_polled_again_and_again(running: Schedule):
    wakes: queue.SimpleQueue[str] = queue.SimpleQueue()
    running.add("a", poll(every="20ms", jitter="0s"), lambda: wakes.put("a"))
    assert [wakes.get(timeout=SOON) for _ in range(3)] == ["a", "a", "a"]


def test_a_closed_window_keeps_a_sheet_asleep_and_the_others_go_on(running: Schedule, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "is_open", lambda asked, _moment: not asked.windows)
    wakes: queue.SimpleQueue[str] = queue.SimpleQueue()
    running.add("closed", poll(every="20ms", jitter="0s", windows=["06:00-20:00"]), lambda: wakes.put("closed"))
    running.add("open", poll(every="20ms", jitter="0s"), lambda: wakes.put("open"))
    assert {wakes.get(timeout=SOON) for _ in range(5)} == {"open"}


def test_a_removed_sheet_is_polled_no_more(running: Schedule):
    wakes: queue.SimpleQueue[str] = queue.SimpleQueue()
    running.add("gone", poll(every="20ms", jitter="0s"), lambda: wakes.put("gone"))
    assert wakes.get(timeout=SOON) == "gone"
    running.remove("gone")
    running.remove("never there")
    running.add("stays", poll(every="20ms", jitter="0s"), lambda: wakes.put("stays"))
    while wakes.get(timeout=SOON) == "gone":
        pass
    assert [wakes.get(timeout=SOON) for _ in range(3)] == ["stays"] * 3


def test_adding_a_sheet_again_replaces_its_job(running: Schedule):
    wakes: queue.SimpleQueue[str] = queue.SimpleQueue()
    for version in ("old", "new"):
        running.add("a", poll(every="7d"), lambda version=version: wakes.put(version))
        assert wakes.get(timeout=SOON) == version
    assert len(running._scheduler.get_jobs()) == 1


def test_cron_fields_are_read_in_utc():
    trigger = module._trigger(poll(cron="*/10 6-20 * * mon-fri", jitter="0s"))
    friday_evening = datetime(2026, 11, 27, 20, 55, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, friday_evening) == datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("when", [{"every": "5m"}, {"cron": "*/5 * * * *"}])
def test_jitter_delays_a_poll_and_never_hastens_it(when: dict[str, str]):
    exact = module._trigger(poll(jitter="0s", **when))
    shaken = module._trigger(poll(jitter="30s", **when))
    due = exact.get_next_fire_time(DAY, DAY)
    assert due is not None
    delays = {shaken.get_next_fire_time(DAY, DAY) - due for _ in range(50)}
    assert len(delays) > 1
    assert all(timedelta(0) <= delay <= timedelta(seconds=30) for delay in delays)


def test_what_fell_due_outside_the_windows_is_made_up_for_when_one_opens(
    running: Schedule, monkeypatch: pytest.MonkeyPatch
):
    wakes: queue.SimpleQueue[str] = queue.SimpleQueue()
    looked = threading.Event()

    def closed(_poll: Poll, _moment: datetime) -> bool:
        looked.set()
        return False

    monkeypatch.setattr(module, "is_open", closed)
    running.add("a", poll(every="20ms", jitter="0s", windows=["06:00-20:00"]), lambda: wakes.put("a"))
    assert looked.wait(SOON)
    looked.clear()
    assert looked.wait(SOON), "the first look has ended"
    opening = running._scheduler.get_job("a@06:00-20:00")
    opening.modify(next_run_time=datetime.now(UTC))
    assert wakes.get(timeout=SOON) == "a"
    running.remove("a")
    assert running._scheduler.get_jobs() == []
