"""What a power cut left on the disks, and what the next start makes of it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.disk import Change, Disk, Node
from tests.faults.driving import Driver
from tests.faults.trying import then_in_peace
from tests.faults.world import World

_PAGE = 4096
_MADE_ANEW = "-shm"
"""SQLite's index of its log lies in shared memory and is made anew by the first who opens."""
Tree = dict[str, tuple[int, bytes | None]]
"""What stands below a root: mode, and the bytes of a file."""
BytesOf = Callable[[Node], bytes]


@dataclass(frozen=True)
class Image:
    """What a power cut left."""

    name: str
    trees: dict[str, Tree]

    @property
    def key(self) -> int:
        """What tells it from others: not its name."""
        return hash(frozenset((root, *entry) for root, tree in self.trees.items() for entry in tree.items()))

    def outcome(self, driver: Driver, world: World) -> list[str]:
        """Put it on the disk, start a house there; return the broken promises."""
        world.reset()
        for name, root in world.roots.items():
            _put(root, self.trees[name])
        return then_in_peace(driver, world)


def image(name: str, disk: Disk, lasting: dict[str, Sequence[Change]], bytes_of: dict[str, BytesOf]) -> Image:
    """Return what stands on each disk when only the names `lasting` and the bytes `bytes_of` each file are left."""
    trees = {}
    for root, top in disk.tops.items():
        entries: dict[Node, dict[str, Node]] = {}
        for change in lasting[root]:
            for folder, entry, node in change.edits:
                names = entries.setdefault(folder, dict(folder.beginning))
                if node is None:
                    names.pop(entry, None)
                else:
                    names[entry] = node
        trees[root] = dict(_tree(top, entries, bytes_of[root], ""))
    return Image(name, trees)


def some(dice: random.Random) -> BytesOf:
    """Return what keeps each page as it was or as it is, and one of the two lengths."""

    def bytes_of(node: Node) -> bytes:
        if node.content == node.durable:
            return node.content
        size = len(dice.choice([node.content, node.durable]))
        pages = [
            dice.choice([node.content, node.durable])[at : at + _PAGE].ljust(min(_PAGE, size - at), b"\0")
            for at in range(0, size, _PAGE)
        ]
        return b"".join(pages)[:size]

    return bytes_of


def _tree(
    folder: Node, entries: dict[Node, dict[str, Node]], bytes_of: BytesOf, path: str
) -> Iterator[tuple[str, tuple[int, bytes | None]]]:
    yield path, (folder.mode, None)
    for name, node in sorted(entries.get(folder, folder.beginning).items()):
        below = f"{path}/{name}" if path else name
        if node.is_folder:
            yield from _tree(node, entries, bytes_of, below)
        elif not name.endswith(_MADE_ANEW):
            yield below, (node.mode, bytes_of(node))


def _put(root: Path, tree: Tree) -> None:
    shutil.rmtree(root, ignore_errors=True)
    for name, (mode, content) in tree.items():
        path = root / name
        if content is None:
            path.mkdir()
        else:
            path.write_bytes(content)
        path.chmod(mode)
