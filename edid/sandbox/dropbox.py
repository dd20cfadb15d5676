"""The drop box of one partner: a root with `in` (deposits) and `out` (offers), and who is writing what.

Rules of the folders: AIFE, Dossier general v3.2, 3.3.2.1 (list and get only on offered files, each offered
once) and AIFE, Le mode EDI - Annexe (2017), folders in and out.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from edid.sandbox.operations import Operations

TEMPORARY_SUFFIXES = (".part", ".tmp")


class Area(StrEnum):
    """The three folders that a client can name."""

    ROOT = ""
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a client's path leads: a folder, or one name in a folder. There is nothing deeper."""

    area: Area
    name: str | None = None

    def __str__(self) -> str:
        return "/" + "/".join(part for part in (self.area.value, self.name) if part)


def place(path: str) -> Place | None:
    """Return where the client's `path` leads, or None when it leads nowhere a client may look.

    `..` is resolved on the text alone and stops at the root, so that no path can climb out of it.
    """
    if "\0" in path:
        return None
    parts: list[str] = []
    for part in PurePosixPath("/", path).parts[1:]:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    if not parts:
        return Place(Area.ROOT)
    if parts[0] not in {Area.IN.value, Area.OUT.value} or len(parts) > 2:
        return None
    return Place(Area(parts[0]), parts[1] if len(parts) == 2 else None)


def is_temporary(name: str) -> bool:
    """Tell whether `name` says that its file is not finished: hidden, or with a temporary suffix."""
    return name.startswith(".") or name.endswith(TEMPORARY_SUFFIXES)


class DropBox:
    """The folders on disk, the operations seen, and the deposits that are still being written."""

    def __init__(self, root: Path, *, fetch_once: bool) -> None:
        self.root = root
        self.fetch_once = fetch_once
        self.operations = Operations()
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._interrupted: set[str] = set()
        for area in (Area.IN, Area.OUT):
            (root / area.value).mkdir(parents=True, exist_ok=True)

    def disk(self, where: Place) -> Path:
        """Return the path on disk. Its last part may be a symlink: whoever opens it must not follow."""
        return self.root / where.area.value / (where.name or "")

    def writing_starts(self, name: str) -> None:
        """Note that a client opened the deposit `name` for writing."""
        with self._lock:
            self._open[name] += 1

    def writing_ends(self, name: str, *, interrupted: bool) -> None:
        """Note that a client closed the deposit `name`, or went away without closing it."""
        with self._lock:
            self._open[name] -= 1
            if self._open[name] <= 0:
                del self._open[name]
            (self._interrupted.add if interrupted else self._interrupted.discard)(name)

    def forget(self, name: str) -> None:
        """Note that the deposit `name` was renamed or removed."""
        with self._lock:
            self._interrupted.discard(name)

    def being_written(self, name: str) -> bool:
        """Tell whether the deposit `name` is open for writing, or was left half-written by a lost client."""
        with self._lock:
            return name in self._open or name in self._interrupted
