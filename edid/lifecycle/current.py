"""What holds now, derived from an append-only history in whatever order it came.

The platform's words may come late, twice and in any order, and any status may follow any other (AIFE,
Dossier de specifications externes FE - Chorus Pro v1.0, 3.4): the newest own timestamp wins. A word that the caller
marks as disregarded, such as the refusal of a repeated delivery, stays in the history and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol, TypeVar


class Said(Protocol):
    """One word of the platform, as the history keeps it.

    It may also have an attribute `disregarded`: why it does not count; without one, or when empty, it counts.
    """

    @property
    def code(self) -> str:
        """The status code as written."""

    @property
    def at(self) -> datetime | None:
        """Its own timestamp (Horodatage); one without zone is read as UTC."""

    @property
    def arrival(self) -> int:
        """Its place in the order of arrival: greater came later."""


_S = TypeVar("_S", bound=Said)
_UNDATED = datetime.min.replace(tzinfo=UTC)


def current(history: Iterable[_S]) -> _S | None:
    """Return the word that holds now, or None when nothing was said that counts."""
    ordered = timeline(said for said in history if not getattr(said, "disregarded", None))
    return ordered[-1] if ordered else None


def timeline(history: Iterable[_S]) -> list[_S]:
    """Return `history` from the oldest word to the newest, those that do not count included.

    Sorted by own timestamp, then by `rank` where words have one, then by arrival; undated words come first. Of words
    with the same code and timestamp only the first arrival stays: a repetition says nothing new. A word that counts and
    one that does not are no repetition of each other.
    """
    first: dict[tuple[str, datetime, bool], _S] = {}
    for said in sorted(history, key=lambda said: said.arrival):
        first.setdefault((said.code, _moment(said.at), bool(getattr(said, "disregarded", None))), said)
    return sorted(first.values(), key=lambda said: (_moment(said.at), getattr(said, "rank", 0), said.arrival))


def _moment(at: datetime | None) -> datetime:
    if at is None:
        return _UNDATED
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
