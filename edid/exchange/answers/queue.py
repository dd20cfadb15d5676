"""The journal is the queue: which events of a sheet were told, and which come next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Select, func, select

from edid.exchange.house import AnySheet
from edid.journal import cursors
from edid.journal.cursors import keep
from edid.journal.database import Journal
from edid.journal.rows import AnyRow
from edid.journal.tables import events

__all__ = ["CURSOR", "begin", "keep", "next_events", "position"]
CURSOR: Final = "answers"
"""Name of the cursor: the newest event that was told or passed over."""


def begin(journal: Journal, sheet: AnySheet) -> None:
    """Set the cursor of a sheet that never had one: at the present, or before everything where the sheet asks."""
    with journal.reading() as view:
        if position(view, sheet.name) is not None:
            return
    with journal.writing() as tx:
        if position(tx, sheet.name) is None:
            newest = 0 if sheet.answers.from_beginning else tx.execute(select(func.max(events.c.id))).scalar_one() or 0
            keep(tx, sheet.name, {CURSOR: newest})


def position(view: Connection, sheet: str, name: str = CURSOR) -> int | None:
    """Return where a cursor of the answers of a sheet stands; None: it was never set."""
    return cursors.position(view, sheet, name)


def next_events(journal: Journal, sheet: str, after: int, limit: int) -> Sequence[AnyRow]:
    """Return the events of a sheet that follow `after`, oldest first.

    Writers of events take turns (edid.journal.chain), so no smaller number can appear after a greater one.
    """
    with journal.reading() as view:
        return view.execute(_following(sheet, after, limit)).all()


def _following(sheet: str, after: int, limit: int) -> Select[tuple[object, ...]]:
    return select(events).where(events.c.sheet == sheet, events.c.id > after).order_by(events.c.id).limit(limit)
