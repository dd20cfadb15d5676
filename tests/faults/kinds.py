"""The kinds of faults: at which calls each strikes, and how it is brought about."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.faults.tracing import Point

_FULL = {"write", "pwrite64", "writev", "openat", "mkdir", "rename", "renameat", "renameat2", "ftruncate", "fsync",
         "fdatasync", "sendfile", "syncfs", "link", "linkat"}  # fmt: skip
_INTERRUPTED = {"write", "pwrite64", "writev", "openat", "ftruncate", "fsync", "fdatasync", "sendto", "sendmsg"}
_SOCKET = {"sendto", "sendmsg", "sendmmsg"}
"""A socket does not answer EIO or ENOSPC; a broken connection is the kind `reset`."""
_WRITES = {"write", "pwrite64", "sendto"}
_NAMES = {"rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "rmdir"}


@dataclass(frozen=True)
class Kind:
    """One kind of fault."""

    name: str
    fits: Callable[[Point], bool]
    what: str = ""
    """What strace injects."""
    on: bool = False
    """Not only there but at all later calls of that name, until the end of the run."""
    half: int = 0
    """The mode of halves.c instead of strace."""
    kills: bool = False


KINDS = (
    Kind("SIGKILL", lambda _point: True, "signal=SIGKILL", kills=True),
    Kind("torn write", lambda point: point.call in _WRITES, half=2, kills=True),
    Kind("EIO", lambda point: point.call not in _SOCKET, "error=EIO"),
    Kind("ENOSPC", lambda point: point.call in _FULL, "error=ENOSPC"),
    Kind("ENOSPC on", lambda point: point.call in _FULL, "error=ENOSPC", on=True),
    Kind("EINTR", lambda point: point.call in _INTERRUPTED, "error=EINTR"),
    Kind("reset", lambda point: point.call in _SOCKET, "error=ECONNRESET"),
    Kind("short write", lambda point: point.call in _WRITES, half=1),
    Kind("done, said EIO", lambda point: point.call in _NAMES, half=3),
)


def chosen(kind: Kind, points: Sequence[Point]) -> dict[Point, int]:
    """Return the points to try, each with its place among those that fit: halves.c counts all names together.

    A kill is tried before every call that changes something. Other faults skip the inside of a row of equal calls on
    one file, such as the pages of one transaction: its first and last call stand for it.
    """
    places = {point: place for place, point in enumerate(filter(kind.fits, points), 1)}
    if kind.name == "SIGKILL":
        return {point: place for point, place in places.items() if not point.refused}
    rows = [list(row) for _, row in itertools.groupby(places, key=lambda point: (point.call, point.what))]
    return {row[place]: places[row[place]] for row in rows for place in sorted({0, len(row) - 1})}
