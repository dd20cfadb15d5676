"""What an export holds: documents, and every file, flow and message that has to do with them; kept on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, Select, or_, select

from edid.audit.aside import Aside
from edid.errors import PermanentError
from edid.journal.tables import documents, flows, statuses

_PAGE = 500


class Selection(Aside):
    """A set of rows, by entity and id, as a context manager."""

    TABLE = "CREATE TABLE rows (entity TEXT, id INTEGER, PRIMARY KEY (entity, id)) WITHOUT ROWID"

    def add(self, entity: str, ids: Iterable[int | None]) -> None:
        """Take rows in; None is nothing."""
        rows = ((entity, number) for number in ids if number is not None)
        self._database.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?)", rows)

    def __contains__(self, row: tuple[str, int | None]) -> bool:
        """Tell whether a row (entity and id) is in."""
        return self._database.execute("SELECT 1 FROM rows WHERE entity = ? AND id = ?", row).fetchone() is not None

    def pages(self, entity: str) -> Iterator[Sequence[int]]:
        """Yield the ids of `entity` in their order, some at a time."""
        after = -1
        query = "SELECT id FROM rows WHERE entity = ? AND id > ? ORDER BY id LIMIT ?"
        while ids := [number for (number,) in self._database.execute(query, (entity, after, _PAGE))]:
            yield ids
            after = ids[-1]

    def empty(self) -> bool:
        """Tell whether nothing is in."""
        return self._database.execute("SELECT 1 FROM rows").fetchone() is None


def select_documents(view: Connection, chosen: Selection, ids: Sequence[int]) -> None:
    """Take the documents `ids` in, with all that belongs to them. Raises PermanentError for one that is not there."""
    for start in range(0, len(ids), _PAGE):
        part = ids[start : start + _PAGE]
        found = set(view.execute(select(documents.c.id).where(documents.c.id.in_(part))).scalars())
        if missing := sorted(set(part) - found):
            raise PermanentError(f"there is no document {missing[0]}.", remedy="See: edid documents list.")
        _with_all(view, chosen, part)


def select_period(view: Connection, chosen: Selection, first: date, last: date) -> None:
    """Take the documents in that the journal knows since a day from `first` to `last`, both included (UTC)."""
    begin = datetime.combine(first, time(), UTC)
    end = datetime.combine(last + timedelta(days=1), time(), UTC)
    after = 0
    while True:
        query = select(documents.c.id).where(
            documents.c.created_at >= begin, documents.c.created_at < end, documents.c.id > after
        )
        ids = view.execute(query.order_by(documents.c.id).limit(_PAGE)).scalars().all()
        if not ids:
            return
        _with_all(view, chosen, ids)
        after = ids[-1]


def _with_all(view: Connection, chosen: Selection, ids: Sequence[int]) -> None:
    column = documents.c
    rows = view.execute(select(column.id, column.answers_id, column.duplicate_of).where(column.id.in_(ids))).all()
    related = {number for row in rows for number in row if number is not None}
    beside = select(column.id).where(or_(column.about_id.in_(ids), column.answers_id.in_(ids)))
    related.update(view.execute(beside).scalars())
    message = select(statuses.c.message_id).where(statuses.c.document_id.in_(ids), statuses.c.message_id.is_not(None))
    related.update(view.execute(message).scalars())
    _add_with_carriers(view, chosen, sorted(related))
    sent = select(column.flow_id).where(column.id.in_(ids))
    told = or_(statuses.c.document_id.in_(ids), statuses.c.flow_id.in_(sent))
    for source in view.execute(select(statuses.c.source_flow_id).where(told).distinct()).scalars():
        chosen.add("flow", [source])


def _add_with_carriers(view: Connection, chosen: Selection, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), _PAGE):
        part = ids[start : start + _PAGE]
        query: Select[int, int | None, int | None] = select(
            documents.c.id, documents.c.file_id, documents.c.flow_id
        ).where(documents.c.id.in_(part))
        rows = view.execute(query).all()
        chosen.add("document", [row.id for row in rows])
        chosen.add("file", [row.file_id for row in rows])
        chosen.add("flow", [row.flow_id for row in rows])


def is_return(view: Connection, flow_id: int) -> bool:
    """Tell whether a flow was received."""
    return view.execute(select(flows.c.direction).where(flows.c.id == flow_id)).scalar() == "in"
