"""The rows of the journal's tables, whatever somebody did to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DBAPIError

from edid.audit.walk import PAGE
from edid.journal.rows import AnyRow
from edid.journal.tables import documents, files, flows

TABLES: Mapping[str, Table] = {"file": files, "document": documents, "flow": flows}
"""What names stored bytes, by the entity of its events."""
_BEFORE_ALL = -(1 << 63)


class Row(NamedTuple):
    """One row; `columns` is None when it cannot be read."""

    id: int
    columns: AnyRow | None


def rows_of(view: Connection, table: Table, columns: Sequence[Any]) -> Iterator[Row]:
    """Yield `columns` of every row of `table`, by their ids, a page at a time."""
    after = _BEFORE_ALL
    query = select(table.c.id, *columns)
    while True:
        where = table.c.id > after
        try:
            page = [Row(row.id, row) for row in view.execute(query.where(where).order_by(table.c.id).limit(PAGE)).all()]
        except DBAPIError:
            if view.dialect.name != "sqlite":
                raise
            ids = view.execute(select(table.c.id).where(where).order_by(table.c.id).limit(PAGE)).scalars().all()
            page = [Row(number, _one(view, query.where(table.c.id == number))) for number in ids]
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def _one(view: Connection, query: Any) -> AnyRow | None:  # noqa: ANN401 - a select of any columns
    try:
        return view.execute(query).one()
    except DBAPIError:
        return None  # bytes that are no text
