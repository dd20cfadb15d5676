"""The stored bytes that the journal speaks of: there, and as they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from edid.audit.fault import Fault, Wrong
from edid.audit.mentions import Mention, Mentions, is_sha256
from edid.audit.originals import as_named, place
from edid.audit.rows import TABLES, rows_of


def take_rows(view: Connection, mentions: Mentions) -> None:
    """Add to `mentions` what the rows of files, documents and flows name."""
    for entity, table in TABLES.items():
        for row in rows_of(view, table, [table.c.sha256]):
            if row.columns is not None and row.columns.sha256 is not None:
                mentions.row(str(row.columns.sha256), f"{entity} {row.id}")


def blob_faults(store: Path, mention: Mention) -> Iterator[Fault]:
    """Yield what is wrong with the bytes of one mention."""
    event = mention.event or None
    if not is_sha256(mention.sha256):
        yield Fault(Wrong.BLOB_MISSING, event, mention.sha256[:64], mention.place)
        return
    path = place(store, mention.sha256)
    if not path.is_file():
        yield Fault(Wrong.BLOB_MISSING, event, mention.sha256, mention.place)
        return
    try:
        intact = as_named(path, mention.sha256)
    except OSError as error:
        yield Fault(Wrong.BLOB_MISSING, event, mention.sha256, f"{mention.place}, {error.strerror or error}")
        return
    if not intact:
        yield Fault(Wrong.BLOB_ALTERED, event, mention.sha256, mention.place)
