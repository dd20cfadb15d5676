"""In what condition a tree comes, and what could therefore not be read of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TypeVar

from edid.documents.xml import Element

T = TypeVar("T")

MOST = 10_000
"""Most entries read of one list: more notes or attachments than that is no invoice, and costs memory."""


class Condition:
    """What was taken out of a tree before it came here; collects what is left unread."""

    def __init__(self, *, taken: Mapping[Element, int] | None = None, skeleton: bool = False) -> None:
        self._taken = taken or {}
        self.skeleton = skeleton
        """Lines and base64 contents are gone (`edid.documents.xml.stream`)."""
        self.unseen: dict[str, None] = {}

    def miss(self, what: str) -> None:
        """Note that `what` was not read."""
        self.unseen[what] = None

    def taken_from(self, content: Element) -> int | None:
        """Return how many signs of base64 the text of `content` has lost; None when comments in it may have, too."""
        taken = self._taken.get(content, 0)
        return None if taken and len(content) else taken

    def most(self, entries: Iterable[T], what: str) -> tuple[T, ...]:
        """Return the first `MOST` of `entries`, and note when `what` has more."""
        kept = tuple(islice(entries, MOST + 1))
        if len(kept) > MOST:
            self.miss(f"{what} after the first {MOST:,}")
        return kept[:MOST]
