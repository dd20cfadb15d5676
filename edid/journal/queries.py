"""What people ask of the journal. Every function takes a connection and returns plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from edid.journal.events import POLL_FAILED, POLL_HEALED
from edid.journal.rows import AnyRow
from edid.journal.tables import attempts, documents, events, files, flows, partners, statuses


@dataclass(frozen=True, slots=True)
class Filter:
    """Narrows a list; None leaves a field open."""

    sheet: str | None = None
    direction: str | None = None
    state: str | None = None
    number: str | None = None
    status: str | None = None
    acts: str | None = None
    since: datetime | None = None
    limit: int = 100


def list_documents(view: Connection, wanted: Filter) -> Sequence[AnyRow]:
    """Return documents, newest first, with the name of their file and flow."""
    query = (
        select(documents, files.c.name.label("file_name"), flows.c.name.label("flow_name"))
        .select_from(
            documents.outerjoin(files, documents.c.file_id == files.c.id).outerjoin(
                flows, documents.c.flow_id == flows.c.id
            )
        )
        .order_by(documents.c.id.desc())
        .limit(wanted.limit)
    )
    for column, value in (
        (documents.c.sheet, wanted.sheet),
        (documents.c.direction, wanted.direction),
        (documents.c.state, wanted.state),
        (documents.c.number, wanted.number),
        (documents.c.status, wanted.status),
        (documents.c.acts, wanted.acts),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(documents.c.created_at >= wanted.since)
    return view.execute(query).all()


def list_flows(view: Connection, wanted: Filter) -> Sequence[AnyRow]:
    """Return flows, newest first."""
    query: Select[Any] = select(flows).order_by(flows.c.id.desc()).limit(wanted.limit)
    for column, value in (
        (flows.c.sheet, wanted.sheet),
        (flows.c.direction, wanted.direction),
        (flows.c.state, wanted.state),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(flows.c.created_at >= wanted.since)
    return view.execute(query).all()


def document(view: Connection, document_id: int) -> AnyRow | None:
    """Return one document with the name of its file and flow, or None."""
    query = (
        select(documents, files.c.name.label("file_name"), flows.c.name.label("flow_name"))
        .select_from(
            documents.outerjoin(files, documents.c.file_id == files.c.id).outerjoin(
                flows, documents.c.flow_id == flows.c.id
            )
        )
        .where(documents.c.id == document_id)
    )
    return view.execute(query).first()


def flow(view: Connection, flow_id: int) -> AnyRow | None:
    """Return one flow, or None."""
    return view.execute(select(flows).where(flows.c.id == flow_id)).first()


def documents_of(view: Connection, flow_id: int) -> Sequence[AnyRow]:
    """Return the documents of a flow in their order."""
    return view.execute(select(documents).where(documents.c.flow_id == flow_id).order_by(documents.c.position)).all()


def attempts_of(view: Connection, flow_id: int) -> Sequence[AnyRow]:
    """Return the delivery attempts of a flow, oldest first."""
    return view.execute(select(attempts).where(attempts.c.flow_id == flow_id).order_by(attempts.c.id)).all()


def statuses_of(view: Connection, *, document_id: int | None = None, flow_id: int | None = None) -> Sequence[AnyRow]:
    """Return the platform's words about a document or a flow, in the order of their own timestamps."""
    query = select(statuses).order_by(statuses.c.status_at.nulls_last(), statuses.c.id)
    if document_id is not None:
        query = query.where(statuses.c.document_id == document_id)
    if flow_id is not None:
        query = query.where(statuses.c.flow_id == flow_id)
    return view.execute(query).all()


def orphan_statuses(view: Connection, limit: int = 100) -> Sequence[AnyRow]:
    """Return statuses that match no document and no flow of the journal, newest first."""
    return view.execute(
        select(statuses)
        .where(statuses.c.document_id.is_(None), statuses.c.flow_id.is_(None))
        .order_by(statuses.c.id.desc())
        .limit(limit)
    ).all()


def failing_polls(view: Connection) -> dict[str, str]:
    """Return the sheets whose newest poll failed, with the error."""
    newest = (
        select(func.max(events.c.id).label("id"))
        .where(events.c.entity == "sheet", events.c.name.in_((POLL_FAILED, POLL_HEALED)))
        .group_by(events.c.sheet)
        .subquery()
    )
    rows = view.execute(select(events.c.sheet, events.c.name, events.c.data).join(newest, events.c.id == newest.c.id))
    return {row.sheet: row.data["error"] for row in rows if row.name == POLL_FAILED}


def has_history(view: Connection, sheet: str) -> bool:
    """Tell whether anything ever happened on a sheet of this name."""
    found = select(events.c.id).where(events.c.sheet == sheet).limit(1)
    return view.execute(found).first() is not None


def list_partners(view: Connection, *, sheet: str | None = None) -> Sequence[AnyRow]:
    """Return how the exchange with each partner goes that has failed at least once, a row a direction."""
    query = select(partners).order_by(partners.c.sheet, partners.c.direction)
    return view.execute(query if sheet is None else query.where(partners.c.sheet == sheet)).all()


def count_orphans(view: Connection) -> int:
    """Return how many statuses match no document and no flow of the journal."""
    orphans = statuses.c.document_id.is_(None) & statuses.c.flow_id.is_(None)
    return view.execute(select(func.count()).select_from(statuses).where(orphans)).scalar_one()


def count_acts(view: Connection, who: str) -> int:
    """Return how many documents wait for `who`."""
    return view.execute(select(func.count()).select_from(documents).where(documents.c.acts == who)).scalar_one()


def events_of(view: Connection, entity: str, entity_id: int) -> Sequence[AnyRow]:
    """Return what happened to one entity, oldest first."""
    return view.execute(
        select(events).where(events.c.entity == entity, events.c.entity_id == entity_id).order_by(events.c.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of one sheet are in one state."""

    sheet: str
    entity: str
    direction: str
    state: str
    count: int


def counts(view: Connection) -> list[Count]:
    """Return the number of files, documents and flows per sheet and state."""
    found = [
        Count(row.sheet, "file", "out", row.state, row.many)
        for row in view.execute(
            select(files.c.sheet, files.c.state, func.count().label("many")).group_by(files.c.sheet, files.c.state)
        )
    ]
    for entity, table in (("document", documents), ("flow", flows)):
        query = select(table.c.sheet, table.c.direction, table.c.state, func.count().label("many")).group_by(
            table.c.sheet, table.c.direction, table.c.state
        )
        found += [Count(row.sheet, entity, row.direction, row.state, row.many) for row in view.execute(query)]
    return sorted(found, key=lambda count: (count.sheet, count.entity, count.direction, count.state))
