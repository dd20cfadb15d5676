"""A model of disks: what every file and folder holds, and how much of it a power cut would leave.

A file keeps what was written until its last fsync. Names are changed one after another; which changes last is up to
who cuts the power. A rename across folders is done whole or not at all, as every journaling filesystem does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_INHERITED = 0o2000
_UMASK = 0o022


@dataclass(eq=False)
class Node:
    """A file or folder, whatever its name."""

    disk: str
    mode: int
    is_folder: bool
    content: bytes = b""
    durable: bytes = b""
    entries: dict[str, Node] = field(default_factory=dict)
    beginning: dict[str, Node] = field(default_factory=dict)
    """The entries before the first call."""


@dataclass(frozen=True)
class Change:
    """Names that appear or go in one step: folder, name, what it names from then on."""

    moment: int
    edits: tuple[tuple[Node, str, Node | None], ...]


@dataclass
class Disk:
    """All disks of a house."""

    roots: dict[str, Path]
    moment: int = 0
    """Number of the call in hand."""
    changes: list[Change] = field(default_factory=list)
    waits: list[tuple[int, Node | str]] = field(default_factory=list)
    """Every wait for a file or folder, or for a whole disk by its name, with its moment."""
    tops: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, root in self.roots.items():
            self.tops[name] = _loaded(root, name)

    def lasting(self, disk: str) -> Iterator[Change]:
        """Yield the changes on a disk that a wait for one of their folders, or for the whole disk, made durable."""
        for change in self.changes:
            touched = {folder for folder, _, _ in change.edits}
            if any(folder.disk == disk for folder in touched) and any(
                when > change.moment and (what == disk or what in touched) for when, what in self.waits
            ):
                yield change

    def find(self, path: str) -> Node | None:
        """Return what has this path now; None outside of the disks."""
        for name, root in self.roots.items():
            if path == str(root):
                return self.tops[name]
            if path.startswith(f"{root}/"):
                node: Node | None = self.tops[name]
                for part in path[len(str(root)) + 1 :].split("/"):
                    node = node.entries.get(part) if node is not None else None
                return node
        return None

    def place(self, path: str) -> tuple[Node, str] | None:
        """Return the folder and the name of a path; None outside of the disks."""
        folder, _, name = path.rpartition("/")
        node = self.find(folder)
        return None if node is None else (node, name)

    def change(self, *edits: tuple[Node, str, Node | None]) -> None:
        """Let names appear or go."""
        for folder, name, node in edits:
            if node is None:
                folder.entries.pop(name, None)
            else:
                folder.entries[name] = node
        self.changes.append(Change(self.moment, edits))

    def new(self, path: str, mode: int, *, is_folder: bool) -> Node | None:
        """Create a file or folder; None outside of the disks."""
        place = self.place(path)
        if place is None:
            return None
        inherited = place[0].mode & _INHERITED if is_folder else 0
        node = Node(place[0].disk, mode & ~_UMASK | inherited, is_folder)
        self.change((*place, node))
        return node

    def wait(self, node: Node) -> None:
        """Make a file's bytes or a folder's names durable."""
        self.waits.append((self.moment, node))
        node.durable = node.content

    def wait_for_all(self, disk: str) -> None:
        """Make everything on a disk durable."""
        self.waits.append((self.moment, disk))
        for node in _below(self.tops[disk]):
            node.durable = node.content


def _below(node: Node) -> Iterator[Node]:
    yield node
    for each in node.entries.values():
        yield from _below(each)


def _loaded(path: Path, disk: str) -> Node:
    """Return what stands at `path`, all of it durable."""
    mode = path.stat().st_mode & 0o7777
    if not path.is_dir():
        content = path.read_bytes()
        return Node(disk, mode, False, content, content)
    entries = {each.name: _loaded(each, disk) for each in path.iterdir()}
    return Node(disk, mode, True, entries=entries, beginning=dict(entries))
