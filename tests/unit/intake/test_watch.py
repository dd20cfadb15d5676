"""Events: hints that come soon, and whose loss is survived."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edid.intake import watch as module
from edid.intake.watch import FolderWatch

SOON = 5.0


class Wakes:
    """Collects what the watch says."""

    def __init__(self) -> None:
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.wake = self._said.put

    def next(self, within: float = SOON) -> str:
        return self._said.get(timeout=within)

    def forget(self) -> None:
        while True:
            try:
                self._said.get(timeout=0.1)
            except queue.Empty:
                return


@pytest.fixture
def wakes() -> Wakes:
    return Wakes()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def watch(out: Path, wakes: Wakes) -> Iterator[FolderWatch]:
    watching = FolderWatch({"sheet": out}, wakes.wake)
    watching.start()
    wakes.forget()
    yield watching
    watching.stop()


@pytest.mark.usefixtures("watch")
def test_a_written_file_wakes_its_sheet(out: Path, wakes: Wakes) -> None:
    (out / "a.xml").write_text("x")
    assert wakes.next() == "sheet"


@pytest.mark.usefixtures("watch")
def test_a_file_moved_in_or_linked_in_wakes_its_sheet(out: Path, wakes: Wakes, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("x")
    (out / "link.xml").hardlink_to(tmp_path / "a.xml")
    assert wakes.next() == "sheet"
    wakes.forget()
    (tmp_path / "a.xml").rename(out / "a.xml")
    assert wakes.next() == "sheet"


@pytest.mark.usefixtures("watch")
def test_a_file_that_leaves_does_not_delay_the_next_event(out: Path, wakes: Wakes, tmp_path: Path) -> None:
    (out / "a.xml").write_text("x")
    wakes.forget()
    (out / "a.xml").rename(tmp_path / "claimed.xml")
    (out / "b.xml").write_text("x")
    assert wakes.next() == "sheet"


def test_a_recreated_folder_is_watched_again(watch: FolderWatch, out: Path, wakes: Wakes) -> None:
    out.rmdir()
    watch.refresh()
    wakes.forget()
    out.mkdir()
    watch.refresh()
    assert wakes.next() == "sheet"
    wakes.forget()
    (out / "a.xml").write_text("x")
    assert wakes.next() == "sheet"


def test_a_folder_replaced_between_two_refreshes_is_watched_again(
    watch: FolderWatch, out: Path, wakes: Wakes, tmp_path: Path
) -> None:
    out.rename(tmp_path / "old")
    out.mkdir()
    watch.refresh()
    wakes.forget()
    (out / "a.xml").write_text("x")
    assert wakes.next() == "sheet"


def test_a_folder_that_appears_later_is_watched_then(tmp_path: Path, wakes: Wakes) -> None:
    watching = FolderWatch({"late": tmp_path / "late"}, wakes.wake)
    watching.start()
    (tmp_path / "late").mkdir()
    watching.refresh()
    wakes.forget()
    (tmp_path / "late" / "a.xml").write_text("x")
    assert wakes.next() == "late"
    watching.stop()


def test_folders_inside_wake_a_recursive_sheet(out: Path, wakes: Wakes) -> None:
    watching = FolderWatch({"sheet": out}, wakes.wake, recursive={"sheet"})
    watching.start()
    (out / "day").mkdir()
    wakes.forget()
    (out / "day" / "a.xml").write_text("x")
    assert wakes.next() == "sheet"
    watching.stop()


def test_without_inotify_the_watch_is_silent_and_alive(
    out: Path, wakes: Wakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable() -> None:
        raise OSError(24, "inotify instance limit reached")

    monkeypatch.setattr(module, "_DropObserver", unavailable)
    watching = FolderWatch({"sheet": out}, wakes.wake)
    watching.start()
    watching.refresh()
    watching.stop()


def test_a_watch_limit_is_told_once_and_tried_again(
    out: Path, wakes: Wakes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def limit(*_: object, **__: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    watching = FolderWatch({"sheet": out}, wakes.wake)
    with monkeypatch.context() as patched:
        patched.setattr(module._DropObserver, "schedule", limit)
        watching.start()
        watching.refresh()
    assert capsys.readouterr().out.count("watch limit reached") == 1
    watching.refresh()
    assert wakes.next() == "sheet"
    watching.stop()


def test_stopping_leaves_no_thread(out: Path, wakes: Wakes) -> None:
    before = set(threading.enumerate())
    watching = FolderWatch({"sheet": out}, wakes.wake)
    watching.start()
    watching.stop()
    watching.stop()
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=SOON)
        assert not thread.is_alive()
