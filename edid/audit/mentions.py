"""Which stored bytes the journal speaks of, and which it says were purged: kept on disk, not in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edid.audit.aside import Aside
from edid.audit.walk import Read

PURGED = "journal.purged"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TABLE = "CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, event INTEGER, place TEXT, purged INTEGER) WITHOUT ROWID"
_MENTION = """INSERT INTO blobs VALUES (?, ?, ?, 0)
ON CONFLICT (sha256) DO UPDATE SET event = max(event, excluded.event)"""
_PURGE = """INSERT INTO blobs VALUES (?, 0, ?, ?)
ON CONFLICT (sha256) DO UPDATE SET purged = max(purged, excluded.purged)"""
_WANTED = "SELECT sha256, event, place FROM blobs WHERE purged = 0 OR event > purged ORDER BY sha256"


@dataclass(frozen=True, slots=True)
class Mention:
    """Stored bytes that must be there: the newest event that names them (0: only a row does), the first place."""

    sha256: str
    event: int
    place: str


class Mentions(Aside):
    """A set of blobs, as a context manager."""

    TABLE = _TABLE

    def take(self, page: Iterable[Read]) -> None:
        """Take what events name, at any depth of their data."""
        for event in page:
            if event.names_bytes:
                for sha256 in named(event.data):
                    if event.name == PURGED:
                        self._database.execute(_PURGE, (sha256, f"event {event.id}", event.id))
                    else:
                        self._database.execute(_MENTION, (sha256, event.id, f"event {event.id}"))

    def row(self, sha256: str, place: str) -> None:
        """Take what a row of the tables names."""
        self._database.execute(_MENTION, (sha256, 0, place))

    def wanted(self) -> Iterator[Mention]:
        """Yield the bytes that must be in the store, by their hash."""
        for sha256, event, place in self._database.execute(_WANTED):
            yield Mention(sha256, event, place)


def is_sha256(value: object) -> bool:
    """Tell whether `value` is a hash in the form in which the store names its files."""
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def named(data: object) -> Iterator[str]:
    """Yield what stands under the key `sha256` at any depth of JSON `data`, where it is a hash."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if is_sha256(found := value.get("sha256")):
                yield str(found)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
