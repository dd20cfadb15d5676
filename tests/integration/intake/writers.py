"""ERPs of all kinds that write into one drop folder, and a ledger of what each of them finished."""

from __future__ import annotations

import mmap
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.integration.intake.house import Clocks, TakingHouse

SETTLE = 60.0
NAMES = ["a.xml", "A.XML", "-b .xml", os.fsdecode(b"\xe9\n\xe2\x80\x8f.xml"), "é" * 120 + ".xml"]
PIECE = b"<Line>0123456789</Line>"
_NEVER = float("inf")


@dataclass
class Drop:
    """One file of an ERP: what it holds, and what is known of it."""

    name: str
    content: bytes
    descriptor: int | None = None
    mapped: mmap.mmap | None = None
    second: Path | None = None
    """Another name of the same bytes, outside the drop folder."""
    finished: bool = False
    returns_by: float | None = None
    """The writer closed it, and comes back before this monotonic time."""
    replaced: bool = False
    """Its own ERP removed it, or put another one in its place."""
    taken: int = 0

    @property
    def writing(self) -> bool:
        return not self.finished


class Writers:
    """Acts of ERPs on the drop folder of `desk`. Each obeys the readiness rule of the sheet."""

    def __init__(self, desk: TakingHouse, clocks: Clocks, folder: Path, chance: random.Random) -> None:
        self.desk = desk
        self.clocks = clocks
        self.chance = chance
        self.readiness = desk.sheet.intake.readiness
        self.drops: list[Drop] = []
        self.nonsense = 0
        self._folder = folder

    def any_of(self, those: Callable[[Drop], bool]) -> Drop | None:
        """One of those drops, by chance."""
        found = [drop for drop in self.drops if those(drop)]
        return self.chance.choice(found) if found else None

    def drop_whole(self) -> None:
        """Write under a hidden name, rename; then the marker, if that is the rule."""
        name = self.chance.choice(NAMES)
        if not self._is_free(name):
            return
        self._replace(name)
        drop = self._new(name)
        hidden = self.desk.out / f".{name[:50]}.part"
        hidden.write_bytes(drop.content)
        os.rename(hidden, self.desk.out / name)  # noqa: PTH104
        self._mark(drop)
        drop.finished = True

    def open_and_begin(self) -> None:
        name = self.chance.choice(NAMES)
        if not self._is_free(name):
            return
        if self.readiness == "marker" and self.chance.random() < 0.3:
            (self.desk.out / f"{name}.ok").touch()  # before its file: to be believed as little as `settled`
        drop = self._new(name)
        drop.descriptor = os.open(self.place(drop), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o660)
        os.write(drop.descriptor, drop.content)
        if self.chance.random() < 0.3:
            drop.second = self._folder / f"second-{len(self.drops)}"
            drop.second.hardlink_to(self.place(drop))

    def map_and_begin(self) -> None:
        name = self.chance.choice(NAMES)
        if not self._is_free(name):
            return
        drop = self._new(name)
        descriptor = os.open(self.place(drop), os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o660)
        os.ftruncate(descriptor, 4096)
        drop.mapped = mmap.mmap(descriptor, 4096)
        os.close(descriptor)
        drop.mapped[: len(drop.content)] = drop.content
        drop.content = drop.content.ljust(4096, b"\0")

    def write_on(self) -> None:
        drop = self.any_of(lambda drop: drop.writing)
        if drop is None:
            return
        if drop.mapped is not None:
            at = self.chance.randrange(100, 4000)
            drop.mapped[at : at + 10] = b"0123456789"
            drop.content = drop.content[:at] + b"0123456789" + drop.content[at + 10 :]
        elif drop.descriptor is not None:
            os.write(drop.descriptor, PIECE)
            drop.content += PIECE
        else:
            self._come_back(drop)

    def close_to_come_back(self) -> None:
        """Write and close. Only `settled` and a marker that came first bind the writer to a time for the next write."""
        drop = self.any_of(lambda drop: drop.descriptor is not None)
        if drop is None or drop.descriptor is None:
            return
        os.write(drop.descriptor, PIECE)
        drop.content += PIECE
        os.close(drop.descriptor)
        drop.descriptor = None
        bound = self.readiness == "settled" or (self.desk.out / f"{drop.name}.ok").exists()
        drop.returns_by = self.clocks.monotonic() + SETTLE if bound else _NEVER

    def finish_one(self) -> None:
        drop = self.any_of(lambda drop: drop.writing)
        if drop is not None:
            self.finish(drop)

    def finish(self, drop: Drop) -> None:
        """Let go of the file, and say so as the rule wants it."""
        hidden = self.place(drop)
        if drop.mapped is not None:
            drop.mapped.close()
        if drop.descriptor is not None:
            os.close(drop.descriptor)
        drop.mapped = drop.descriptor = drop.returns_by = None
        if self.readiness == "renamed":
            self._replace(drop.name)
            os.rename(hidden, self.desk.out / drop.name)  # noqa: PTH104
        self._mark(drop)
        drop.finished = True

    def meddle(self) -> None:
        """Delete a finished file, or change what says nothing about its bytes."""
        drop = self.any_of(self._lies_there)
        if drop is None:
            return
        path = self.desk.out / drop.name
        act = self.chance.choice(["delete", "mode", "times"])
        if act == "delete":
            path.unlink()
            drop.replaced = True
        elif act == "mode":
            path.chmod(0o640)
        else:
            os.utime(path, (0, 0))

    def drop_nonsense(self) -> None:
        self.nonsense += 1
        path = self.desk.out / f"nonsense-{self.nonsense}"
        kind = self.chance.choice(["empty", "fifo", "link", "too large"])
        if kind == "fifo":
            os.mkfifo(path)
        elif kind == "link":
            path.symlink_to("/etc/passwd")
        else:
            hidden = path.with_name(f".{path.name}")
            with hidden.open("wb") as file:
                file.truncate(0 if kind == "empty" else 1_000_001)
            hidden.rename(path)
            if self.readiness == "marker":
                path.with_name(f"{path.name}.ok").touch()

    def write_through_second_links(self) -> None:
        """Change files that were finished: whoever has another name of them can."""
        for drop in self.drops:
            if drop.second is not None and drop.finished and not drop.taken and not drop.replaced:
                with drop.second.open("ab") as file:
                    file.write(PIECE)
                drop.content += PIECE

    def keep_appointments(self, until: float) -> None:
        """Let those come back who must before the monotonic time `until`."""
        for drop in self.drops:
            if drop.writing and drop.returns_by is not None and drop.returns_by <= until:
                self._come_back(drop)

    def place(self, drop: Drop) -> Path:
        """Where it is written: under a temporary name, if that is the rule."""
        hidden = self.readiness == "renamed" and drop.writing
        return self.desk.out / (f".{drop.name}.tmp" if hidden else drop.name)

    def let_go(self) -> None:
        """Close everything."""
        for drop in self.drops:
            if drop.descriptor is not None:
                os.close(drop.descriptor)

    def _new(self, name: str) -> Drop:
        if self.readiness != "renamed":
            self._replace(name)
        drop = Drop(name, b"<Drop n='%d'/>" % len(self.drops))
        self.drops.append(drop)
        return drop

    def _replace(self, name: str) -> None:
        for other in self.drops:
            if other.name == name and self._lies_there(other):
                other.replaced = True

    def _is_free(self, name: str) -> bool:
        return not any(drop.name == name and drop.writing for drop in self.drops)

    def _lies_there(self, drop: Drop) -> bool:
        there = (self.desk.out / drop.name).exists()
        return drop.finished and not drop.replaced and not drop.taken and there

    def _come_back(self, drop: Drop) -> None:
        with self.place(drop).open("ab") as file:
            file.write(PIECE)
        drop.content += PIECE
        if drop.returns_by not in {None, _NEVER}:
            drop.returns_by = self.clocks.monotonic() + SETTLE

    def _mark(self, drop: Drop) -> None:
        if self.readiness == "marker":
            (self.desk.out / f"{drop.name}.ok").write_bytes(b"")
