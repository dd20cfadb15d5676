"""Removing bytes that are past their retention; events and hashes stay, and say so.

The caller holds the state folder: what is being stored at this moment has no row yet, and could have the same bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from edid.audit.holders import Holder, are_done, holders
from edid.audit.mentions import PURGED, is_sha256
from edid.audit.originals import place
from edid.audit.retention import kept_until
from edid.config.audit import Audit
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.store.durable import fsync_folder

_BATCH = 200
_TOLD = 20
"""So many rows are named in an event."""


@dataclass(frozen=True, slots=True)
class Expired:
    """Bytes that nobody has to keep any longer."""

    sha256: str
    size: int
    kept_until: date
    """The last day on which they had to be kept."""
    named_by: tuple[tuple[str, int], ...]
    """The rows that name them: entity and id."""


def expired(journal: Journal, store: Path, audit: Audit, today: date) -> Iterator[Expired]:
    """Yield the stored bytes of which every row is done with and past its retention on `today`, by their hash.

    What waits for us (see edid todo) is not done with, however old it is.
    """
    with closing(sqlite3.connect("", isolation_level=None)) as ledger:
        _fill(ledger, journal, audit, today)
        for sha256, size, until in ledger.execute("SELECT * FROM blobs WHERE until < ? ORDER BY 1", (str(today),)):
            if not is_sha256(sha256) or not place(store, sha256).is_file():
                continue  # purged before; or lost, which a purge must not hide
            rows = ledger.execute("SELECT entity, id FROM holders WHERE sha256 = ? ORDER BY 1, 2", (sha256,))
            yield Expired(sha256, size, date.fromisoformat(until), tuple(rows.fetchall()))


def purge(
    journal: Journal, store: Path, audit: Audit, today: date, told: Callable[[Expired], object] = lambda _: None
) -> tuple[int, int]:
    """Remove what `expired` names; return how many blobs and bytes. Raises OSError when one cannot be removed.

    The event is committed first: a crash in between leaves bytes that the next purge removes, never a loss unsaid.
    """
    blobs = size = 0
    batch: list[Expired] = []
    for item in expired(journal, store, audit, today):
        batch.append(item)
        if len(batch) == _BATCH:
            done = _remove(journal, store, batch, told)
            blobs, size, batch = blobs + len(done), size + sum(each.size for each in done), []
    done = _remove(journal, store, batch, told)
    return blobs + len(done), size + sum(each.size for each in done)


def _fill(ledger: sqlite3.Connection, journal: Journal, audit: Audit, today: date) -> None:
    ledger.execute("PRAGMA cache_size = -16000")
    ledger.execute("CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, size INTEGER, until TEXT) WITHOUT ROWID")
    ledger.execute("CREATE TABLE holders (sha256 TEXT, entity TEXT, id INTEGER)")
    ledger.execute("BEGIN")
    with journal.reading() as view:
        for holder in holders(view):
            until = _until(holder, audit)
            ledger.execute(
                "INSERT INTO blobs VALUES (?, ?, ?)"
                " ON CONFLICT (sha256) DO UPDATE SET until = max(until, excluded.until)",
                (holder.sha256, holder.size, until),
            )
            if until < str(today):  # rows that keep their bytes are not asked for again
                ledger.execute("INSERT INTO holders VALUES (?, ?, ?)", (holder.sha256, holder.entity, holder.id))
    ledger.execute("CREATE INDEX by_sha256 ON holders (sha256)")


def _until(holder: Holder, audit: Audit) -> str:
    until = kept_until(holder.groups, holder.last, audit) if holder.done else None
    return "9999-12-31" if until is None else until.isoformat()


def _remove(
    journal: Journal, store: Path, batch: Sequence[Expired], told: Callable[[Expired], object]
) -> list[Expired]:
    if not batch:
        return []
    with journal.writing() as tx:
        done = [item for item in batch if are_done(tx, item.named_by)]
        record(tx, [_event(item) for item in done])
    for item in done:
        path = place(store, item.sha256)
        path.unlink(missing_ok=True)
        fsync_folder(path.parent)
        told(item)
    return done


def _event(item: Expired) -> Event:
    data = {
        "sha256": item.sha256,
        "size": item.size,
        "kept_until": item.kept_until.isoformat(),
        "named_by": [f"{entity} {number}" for entity, number in item.named_by[:_TOLD]],
        "names": len(item.named_by),
    }
    return Event(PURGED, "blob", data=data)
