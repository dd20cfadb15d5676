"""Power cuts, simulated: what the disks could hold at any moment of a run.

A kill leaves the cache of the kernel whole, a power cut does not. So one run is traced with all that it wrote, a model
of the disks says what may be left at each moment, and a house is started on that:

- *one disk*: a journaling filesystem under everything. Names last up to the last wait for anything, in their order;
  bytes last that were waited for themselves;
- *all names*: the filesystem wrote its journal just before the cut. Names last, bytes only where they were waited for;
- *waited for*: nothing lasts but bytes of files and names of folders that were waited for themselves, as POSIX has it;
- *waited for in …*: the same on one of the disks, while the others had written everything: folders of state, spool and
  partner may lie on different disks;
- *some*: names up to some moment since the last wait, and some of the bytes, page by page.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence

from tests.faults.calls import Call
from tests.faults.disk import Change, Disk, Node
from tests.faults.effects import Replay
from tests.faults.image import BytesOf, Image, image, some
from tests.faults.world import World

_BYTES_ALONE = {"write", "pwrite64", "lseek", "sendfile"}
"""A cut after the last of a row of these, with some of them lost, stands for the row."""


def cuts(world: World, calls: Iterable[Call], lost: Callable[[Call], bool] = lambda _: False) -> Iterator[Image]:
    """Yield what may be left at each moment of a run that made `calls`, each different image once.

    `lost`: which calls are taken as not made, to see whether that would show.
    """
    known: set[int] = set()
    for found in _everything(world, [call for call in calls if not lost(call)]):
        if found.key not in known:  # most calls change nothing that lasts
            known.add(found.key)
            yield found


def _everything(world: World, calls: Sequence[Call]) -> Iterator[Image]:
    world.reset()
    replay = Replay(Disk(world.roots))
    for call, following in zip(calls, [*calls[1:], None], strict=True):
        replay.feed(call)
        if following is None or not {call.name, following.name} <= _BYTES_ALONE:
            yield from _after(replay.disk, f"{replay.disk.moment} {call.name} {_shown(call)}")


def _after(disk: Disk, where: str) -> Iterator[Image]:
    newest = disk.waits[-1][0] if disk.waits else 0
    waited = [change for change in disk.changes if change.moment < newest]
    alone = {name: list(disk.lasting(name)) for name in disk.roots}
    yield _same(f"{where}: one disk", disk, waited, _durable)
    yield _same(f"{where}: all names", disk, disk.changes, _durable)
    yield image(f"{where}: waited for", disk, {**alone}, dict.fromkeys(disk.roots, _durable))
    for apart in disk.roots:
        names: dict[str, Sequence[Change]] = {name: alone[name] if name == apart else disk.changes for name in alone}
        bytes_of = {name: _durable if name == apart else _whole for name in alone}
        yield image(f"{where}: waited for in {apart}", disk, names, bytes_of)
    dice = random.Random(disk.moment)
    until = dice.randint(newest, disk.moment)
    yield _same(f"{where}: some", disk, [change for change in disk.changes if change.moment <= until], some(dice))


def _same(name: str, disk: Disk, changes: Sequence[Change], bytes_of: BytesOf) -> Image:
    return image(name, disk, dict.fromkeys(disk.roots, changes), dict.fromkeys(disk.roots, bytes_of))


def _durable(node: Node) -> bytes:
    return node.durable


def _whole(node: Node) -> bytes:
    return node.content


def _shown(call: Call) -> str:
    """Return the last names of the files and folders of a call."""
    texts = [] if call.name in {"write", "pwrite64"} else [os.fsdecode(text) for text in call.texts]
    paths = [*(path for descriptor, path in call.places if descriptor is not None), *texts]
    return " ".join("/".join(path.split("/")[-2:]) for path in paths if path)
