"""The journal is the queue: which events of a sheet were told, and which come next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, Select, func, insert, select, text, update
from sqlalchemy.exc import OperationalError

from edid.exchange.house import AnySheet
from edid.journal.database import Journal
from edid.journal.rows import AnyRow
from edid.journal.tables import cursors, events

CURSOR: Final = "answers"
"""Name of the cursor: the newest event that was told or passed over."""
_LOCK_WAIT = "1s"


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
    """Return where the cursor `name` of a sheet stands; None: it was never set."""
    where = (cursors.c.sheet == sheet, cursors.c.name == name)
    return view.execute(select(cursors.c.position).where(*where)).scalar_one_or_none()


def keep(tx: Connection, sheet: str, positions: Mapping[str, int]) -> None:
    """Set cursors of a sheet, by name."""
    for name, value in positions.items():
        where = (cursors.c.sheet == sheet, cursors.c.name == name)
        if not tx.execute(update(cursors).where(*where).values(position=value)).rowcount:
            tx.execute(insert(cursors).values(sheet=sheet, name=name, position=value))


def next_events(journal: Journal, sheet: str, after: int, limit: int) -> Sequence[AnyRow]:
    """Return the events of a sheet that follow `after`, oldest first; none that a smaller number may still join."""
    with journal.reading() as view:
        found = view.execute(_following(sheet, after, limit)).all()
        if not found or view.dialect.name != "postgresql":
            return found
    until = _settled(journal)
    if until is None:
        return []
    with journal.reading() as view:
        return view.execute(_following(sheet, after, limit).where(events.c.id <= until)).all()


def _following(sheet: str, after: int, limit: int) -> Select[tuple[object, ...]]:
    return select(events).where(events.c.sheet == sheet, events.c.id > after).order_by(events.c.id).limit(limit)


def _settled(journal: Journal) -> int | None:
    """Return the newest event below which none can appear any more; None: a writer takes its time.

    A server gives numbers out before it commits, so a smaller one (of the command line, say) may become visible after
    a greater one. Whoever gets the lock has waited for every writer that has a number. The lock comes before the
    first query: what this view sees is frozen then.
    """
    try:
        with journal.reading() as view:
            view.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WAIT}'"))
            view.execute(text("LOCK TABLE events IN SHARE MODE"))
            return view.execute(select(func.max(events.c.id))).scalar_one_or_none()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available
            return None
        raise
