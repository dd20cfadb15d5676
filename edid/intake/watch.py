"""Kernel events on the drop folders: hints that make the daemon look sooner, never the truth.

Events get lost (queue overflow, network mounts, watch limits); a periodic scan finds what they miss.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.inotify import InotifyEmitter, InotifyObserver
from watchdog.observers.inotify_c import InotifyConstants, Mask

_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileClosedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirMovedEvent,
]

log = structlog.get_logger()


class FolderWatch:
    """Calls `wake(sheet)` when something appears or is finished in a sheet's drop folder.

    `paths` maps sheet names to drop folders; for the sheets in `recursive`, folders inside count too. `wake` runs
    in the watch's own thread and must return at once. Without inotify, or where its limits are reached, the watch
    says so in the log once and stays silent: scanning goes on alone.
    """

    def __init__(self, paths: Mapping[str, Path], wake: Callable[[str], None], recursive: Collection[str] = ()) -> None:
        self._paths = dict(paths)
        self._wake = wake
        self._recursive = frozenset(recursive)
        self._observer: BaseObserver | None = None
        self._watched: dict[str, _Watched] = {}
        self._deaf: dict[str, str] = {}

    def start(self) -> None:
        """Begin to watch. Never fails: see the class."""
        try:
            self._observer = _DropObserver()
            self._observer.start()
        except (OSError, RuntimeError) as error:
            self._observer = None
            log.warning("intake.watch_unavailable", reason=str(error), instead="scanning alone")
            return
        self.refresh()

    def refresh(self) -> None:
        """Watch anew the folders that were replaced, mounted or created since; call it now and then.

        A folder that is watched anew wakes its sheet, since events in between were lost.
        """
        if self._observer is None:
            return
        for sheet, path in self._paths.items():
            folder = _identity(path)
            watched = self._watched.get(sheet)
            if watched is not None and (watched.folder != folder or not self._hears(watched)):
                self._drop(sheet)
                watched = None
            if watched is None and folder is not None:
                self._add(sheet, path, folder)

    def stop(self) -> None:
        """End every watch and its threads."""
        observer, self._observer = self._observer, None
        self._watched.clear()
        if observer is not None:
            observer.stop()
            observer.join()

    def _add(self, sheet: str, path: Path, folder: tuple[int, int]) -> None:
        assert self._observer is not None
        recursive = sheet in self._recursive
        try:
            watch = self._observer.schedule(
                _Hint(sheet, self._wake), str(path), recursive=recursive, event_filter=_EVENTS
            )
        except OSError as error:
            reason = str(error)
            if self._deaf.get(sheet) != reason:
                log.warning("intake.watch_unavailable", sheet=sheet, reason=reason, instead="scanning alone")
            self._deaf[sheet] = reason
            return
        self._deaf.pop(sheet, None)
        self._watched[sheet] = _Watched(watch, folder)
        self._wake(sheet)

    def _drop(self, sheet: str) -> None:
        watched = self._watched.pop(sheet)
        if self._observer is not None:
            self._observer.unschedule(watched.watch)
        log.info("intake.watch_lost", sheet=sheet, folder=str(self._paths[sheet]))

    def _hears(self, watched: _Watched) -> bool:
        # An emitter ends by itself when its folder is removed, even if another got the same inode number since.
        emitters = self._observer.emitters if self._observer is not None else set()
        return any(emitter.watch == watched.watch and emitter.is_alive() for emitter in emitters)


@dataclass(frozen=True, slots=True)
class _Watched:
    watch: ObservedWatch
    folder: tuple[int, int]


class _Hint(FileSystemEventHandler):
    def __init__(self, sheet: str, wake: Callable[[str], None]) -> None:
        self._sheet = sheet
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:  # noqa: ARG002 - what it says is not believed
        self._wake(self._sheet)


class _DropEmitter(InotifyEmitter):
    """Does not listen to files leaving, unless it must keep the list of folders inside.

    watchdog holds every event behind such a one back for half a second, and edid's own claims are of that kind.
    """

    def get_event_mask_from_filter(self) -> Mask:
        mask = super().get_event_mask_from_filter()
        return mask if self.watch.is_recursive else Mask(mask & ~InotifyConstants.IN_MOVED_FROM)


class _DropObserver(InotifyObserver):
    def __init__(self) -> None:
        super().__init__()
        self._emitter_class = _DropEmitter


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        facts = os.stat(path, follow_symlinks=False)  # noqa: PTH116 - one call less than pathlib on each look
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
