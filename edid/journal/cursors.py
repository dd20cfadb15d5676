"""How far each reader of the journal has come."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert, select, update

from edid.journal.tables import cursors


def position(view: Connection, sheet: str, name: str) -> int | None:
    """Return where the cursor `name` of a sheet stands; None: it was never set."""
    where = (cursors.c.sheet == sheet, cursors.c.name == name)
    return view.execute(select(cursors.c.position).where(*where)).scalar_one_or_none()


def keep(tx: Connection, sheet: str, positions: Mapping[str, int]) -> None:
    """Set cursors of a sheet, by name."""
    for name, value in positions.items():
        where = (cursors.c.sheet == sheet, cursors.c.name == name)
        if not tx.execute(update(cursors).where(*where).values(position=value)).rowcount:
            tx.execute(insert(cursors).values(sheet=sheet, name=name, position=value))
