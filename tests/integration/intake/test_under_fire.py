"""Many files, slow writers and lost events: none taken half, none missed."""

from __future__ import annotations

import logging
import os
import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edid.config.sheet import Intake
from edid.intake.claim import Claimed, NotReadyYetError, claim, finish, forget_marker
from edid.intake.folders import SheetFolders
from edid.intake.readiness import Readiness
from edid.intake.scan import scan
from edid.intake.watch import FolderWatch

WHOLE = b"<Invoice>" + b"x" * 20_000 + b"</Invoice>"


class Taker:
    """The daemon's loop, reduced to the intake: wake or wait, scan, claim what is ready."""

    def __init__(self, folders: SheetFolders, intake: Intake) -> None:
        self.folders = folders
        self.intake = intake
        self.readiness = Readiness(intake)
        self.taken: list[Claimed] = []
        self.wake = threading.Event()
        self._watch = FolderWatch({"sheet": folders.out}, lambda _: self.wake.set())

    def until(self, count: int, within: float = 30) -> None:
        self._watch.start()
        deadline = time.monotonic() + within
        while len(self.taken) < count and time.monotonic() < deadline:
            wait = self.look()
            self.wake.wait(0.5 if wait is None else wait)
            self.wake.clear()
        self._watch.stop()
        assert len(self.taken) == count

    def look(self) -> float | None:
        found = scan(self.folders.out, self.intake)
        ready, wait = self.readiness.ready(found, time.monotonic(), datetime.now(UTC))
        for candidate in ready:
            try:
                self.taken.append(claim(candidate, self.folders, limit=1_000_000))
            except NotReadyYetError:
                continue
        return wait


@pytest.fixture
def folders(tmp_path: Path) -> SheetFolders:
    made = SheetFolders(tmp_path, "sheet")
    made.prepare(sender=True)
    return made


def write_slowly(path: Path, pause: float, *, keep_open: bool) -> None:
    file = path.open("ab", buffering=0)
    for start in range(0, len(WHOLE), 2500):
        file.write(WHOLE[start : start + 2500])
        if not keep_open:
            file.close()
        time.sleep(pause)
        if not keep_open:
            file = path.open("ab", buffering=0)
    file.close()


def test_a_writer_who_keeps_the_file_open_may_pause_longer_than_the_settle_time(folders: SheetFolders) -> None:
    writer = threading.Thread(target=write_slowly, args=(folders.out / "slow.xml", 0.15), kwargs={"keep_open": True})
    writer.start()
    taker = Taker(folders, Intake(settle="20ms"))
    taker.until(1)
    writer.join()
    assert taker.taken[0].path.read_bytes() == WHOLE


def test_a_writer_who_reopens_the_file_is_awaited_until_it_settles(folders: SheetFolders) -> None:
    writer = threading.Thread(target=write_slowly, args=(folders.out / "slow.xml", 0.05), kwargs={"keep_open": False})
    writer.start()
    taker = Taker(folders, Intake(settle="500ms"))
    taker.until(1)
    writer.join()
    assert taker.taken[0].path.read_bytes() == WHOLE


def test_a_copy_that_keeps_old_times_is_taken_whole(folders: SheetFolders, tmp_path: Path) -> None:
    original = tmp_path / "original.xml"
    original.write_bytes(WHOLE)
    os.utime(original, (0, 0))

    def copy() -> None:
        with (folders.out / "copy.xml").open("wb", buffering=0) as file:
            for start in range(0, len(WHOLE), 2500):
                file.write(WHOLE[start : start + 2500])
                os.utime(file.fileno(), (0, 0))
                time.sleep(0.03)
        shutil.copystat(original, folders.out / "copy.xml")

    writer = threading.Thread(target=copy)
    writer.start()
    taker = Taker(folders, Intake(settle="100ms"))
    taker.until(1)
    writer.join()
    assert taker.taken[0].path.read_bytes() == WHOLE


def test_a_file_moved_in_under_its_final_name_is_taken_at_once(folders: SheetFolders) -> None:
    (folders.out / "invoice.xml.tmp").write_bytes(WHOLE)
    taker = Taker(folders, Intake(readiness="renamed"))
    assert taker.look() is None
    (folders.out / "invoice.xml.tmp").rename(folders.out / "invoice.xml")
    taker.look()
    assert [claimed.name for claimed in taker.taken] == ["invoice.xml"]


def test_a_marker_before_its_file_takes_no_half_file(folders: SheetFolders) -> None:
    (folders.out / "slow.xml.ok").touch()
    writer = threading.Thread(target=write_slowly, args=(folders.out / "slow.xml", 0.02), kwargs={"keep_open": False})
    writer.start()
    taker = Taker(folders, Intake(readiness="marker", settle="400ms"))
    taker.until(1)
    writer.join()
    assert taker.taken[0].path.read_bytes() == WHOLE
    forget_marker(taker.taken[0], folders)
    assert list(folders.out.iterdir()) == []


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder whose disk costs nothing, where there is one."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def test_twenty_thousand_files_are_all_seen_claimed_and_gone(memory: Path) -> None:
    folders = SheetFolders(memory, "sheet")
    folders.prepare(sender=True)
    count = 20_000
    for number in range(count):
        (folders.out / f"{number}.xml").write_bytes(b"x")
    claimed = [claim(candidate, folders, limit=10) for candidate in scan(folders.out, Intake())]
    for item in claimed:
        finish(item)
    assert len({item.name for item in claimed}) == count
    assert list(folders.out.iterdir()) == list(folders.claimed.iterdir()) == []


def test_an_overflowing_event_queue_loses_no_file(folders: SheetFolders, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="watchdog")
    limit = Path("/proc/sys/fs/inotify/max_queued_events")
    before = limit.read_text()
    try:
        limit.write_text("4")
    except OSError:
        pytest.skip("needs root to shorten the event queue")
    wakes: queue.SimpleQueue[str] = queue.SimpleQueue()
    watch = FolderWatch({"sheet": folders.out}, wakes.put)
    try:
        watch.start()
    finally:
        limit.write_text(before)
    for number in range(3000):
        (folders.out / f"{number}.xml").write_bytes(b"x")
    assert len(scan(folders.out, Intake())) == 3000
    while not wakes.empty():
        wakes.get()
    watch.stop()
    assert "overflowed" in caplog.text
    taker = Taker(folders, Intake(settle="50ms"))
    taker.until(3000)
