"""Long lists of keys, in pieces that one statement can take: SQLite allows 32,766 parameters, PostgreSQL 65,535."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

CHUNK = 500

_T = TypeVar("_T")


def chunks(items: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """Yield `items` in their order, at most `size` at a time; nothing when there are none."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
