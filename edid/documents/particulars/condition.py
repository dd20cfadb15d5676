"""In what condition a tree comes, and what could therefore not be read of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

MOST = 10_000
"""Most entries read of one list: more notes or attachments than that is no invoice, and costs memory."""


class Condition:
    """What was taken out of a tree before it came here; collects what is left unread."""

    def __init__(self, *, blobs_shortened: bool = False, skeleton: bool = False) -> None:
        self.blobs_shortened = blobs_shortened
        """Long base64 contents have lost their inside (`edid.documents.blobs`)."""
        self.skeleton = skeleton
        """Lines and base64 contents are gone (`edid.documents.xml.stream`)."""
        self.unseen: dict[str, None] = {}

    def miss(self, what: str) -> None:
        """Note that `what` was not read."""
        self.unseen[what] = None

    def most(self, entries: Iterable[T], what: str) -> tuple[T, ...]:
        """Return the first `MOST` of `entries`, and note when `what` has more."""
        kept = tuple(islice(entries, MOST + 1))
        if len(kept) > MOST:
            self.miss(f"{what} after the first {MOST:,}")
        return kept[:MOST]
