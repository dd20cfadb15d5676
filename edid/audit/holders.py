"""Who holds bytes: the files, documents and flows that name them, whether they are done with, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from edid.audit.retention import HOLD_INVOICES, HOLD_MESSAGES, Group, group_of
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState, FileState, FlowState
from edid.journal.tables import documents, events, files, flows, statuses

_PAGE = 500
_DONE: dict[str, frozenset[str]] = {
    "file": frozenset({FileState.READ, FileState.REJECTED}),
    "document": frozenset({DocumentState.SENT, DocumentState.REJECTED, DocumentState.DUPLICATE, DocumentState.FILED}),
    "flow": frozenset({FlowState.SENT, FlowState.FILED, FlowState.KEPT}),
}
_EXCHANGED = frozenset({DocumentState.SENT, DocumentState.FILED})
_TABLES: dict[str, Table] = {"file": files, "document": documents, "flow": flows}


@dataclass(frozen=True, slots=True)
class Holder:
    """One row that names bytes."""

    entity: str
    id: int
    sha256: str
    size: int
    done: bool
    """Nothing will be done with it any more, and it does not wait for us. A refused document waits for nobody: what
    mends it is another document."""
    groups: frozenset[Group]
    last: date
    """The day of its last event (UTC)."""


def holders(view: Connection) -> Iterator[Holder]:
    """Yield every row that names bytes, a page at a time."""
    for entity, table in _TABLES.items():
        after = 0
        while True:
            query = select(table).where(table.c.id > after).order_by(table.c.id).limit(_PAGE)
            rows = view.execute(query).all()
            yield from _holders(view, entity, rows)
            if len(rows) < _PAGE:
                break
            after = rows[-1].id


def are_done(tx: Connection, named: Sequence[tuple[str, int]]) -> bool:
    """Tell whether all the rows `named` (entity and id) are done with, now."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for entity, number in named:
        wanted[entity].append(number)
    for entity, ids in wanted.items():
        for start in range(0, len(ids), _PAGE):
            table = _TABLES[entity]
            rows = tx.execute(select(table).where(table.c.id.in_(ids[start : start + _PAGE]))).all()
            if not all(_is_done(entity, row) for row in rows):
                return False
    return True


def _holders(view: Connection, entity: str, rows: Sequence[AnyRow]) -> Iterator[Holder]:
    ids = [row.id for row in rows]
    query = (
        select(events.c.entity_id, func.max(events.c.id).label("newest"))
        .where(events.c.entity == entity, events.c.entity_id.in_(ids))
        .group_by(events.c.entity_id)
        .subquery()
    )
    newest = select(query.c.entity_id, events.c.at).join(events, events.c.id == query.c.newest)
    said: dict[int, datetime] = {row.entity_id: row.at for row in view.execute(newest)}
    groups = _groups(view, entity, rows)
    for row in rows:
        if row.sha256 is None:
            continue
        made: datetime = row.claimed_at if entity == "file" else row.created_at
        last = max(made, said.get(row.id, made)).date()
        yield Holder(entity, row.id, row.sha256, row.size, _is_done(entity, row), groups[row.id], last)


def _is_done(entity: str, row: AnyRow) -> bool:
    if entity == "document" and row.acts == "us" and row.state in _EXCHANGED:
        return False
    return row.state in _DONE[entity]


def _groups(view: Connection, entity: str, rows: Sequence[AnyRow]) -> dict[int, frozenset[Group]]:
    if entity == "document":
        return {row.id: frozenset({group_of(row.kind)}) for row in rows}
    ids = [row.id for row in rows]
    found: dict[int, set[Group]] = defaultdict(set)
    owner: Any = documents.c.file_id if entity == "file" else documents.c.flow_id
    for kinds, group in ((HOLD_INVOICES, Group.INVOICES), (HOLD_MESSAGES, Group.MESSAGES)):
        query = select(owner).where(owner.in_(ids), documents.c.kind.in_(sorted(kinds))).distinct()
        for number in view.execute(query).scalars():
            found[number].add(group)
    if entity == "flow":
        telling = select(statuses.c.source_flow_id).where(statuses.c.source_flow_id.in_(ids)).distinct()
        for number in view.execute(telling).scalars():
            found[number].add(Group.MESSAGES)
    return {number: frozenset(found[number] or {Group.OTHERS}) for number in ids}
