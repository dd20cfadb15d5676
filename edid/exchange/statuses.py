"""Binding the platform's words to our flows and documents. What matches nothing is kept as an orphan, visibly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import structlog
from sqlalchemy import Connection, insert, or_, select, update

from edid.clock import now
from edid.documents.kinds import Facts, FlowStatus, InvoiceStatus
from edid.exchange.house import AnySheet
from edid.exchange.received import ReceivedStatus
from edid.exchange.storable import cut
from edid.journal import tables
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.states import Direction
from edid.lifecycle.correlate import Match, flow_keys, same_invoice
from edid.lifecycle.current import current
from edid.lifecycle.flow_reports import flow_meaning, flow_report
from edid.lifecycle.statuses import interpret

log = structlog.get_logger()
_ALREADY_RECEIVED = {"IRR_UNCITE", "IRR_UNICITE"}
"""AIFE, Dossier general v3.2, 3.4.4: a flow identifier that was received before; both spellings are in use."""
_DIALECT: Final = "cpp-statut"
_LONGEST_WORD: Final = 40


def journal_statuses(tx: Connection, sheet: AnySheet, source: AnyRow, received: Sequence[ReceivedStatus]) -> None:
    """Append the statuses of the received flow `source`, and derive the newest word about what they speak of."""
    if not received:
        return
    rows = [_row(tx, sheet, source, number, item) for number, item in enumerate(received)]
    tx.execute(insert(tables.statuses), rows)
    record(tx, [_event(sheet, row) for row in rows])
    for flow_id in {row["flow_id"] for row in rows if row["flow_id"] is not None}:
        _derive(tx, tables.flows, "report", tables.statuses.c.flow_id, flow_id)
    for document_id in {row["document_id"] for row in rows if row["document_id"] is not None}:
        _derive(tx, tables.documents, "status", tables.statuses.c.document_id, document_id)
    for row in rows:
        _tell(sheet, source, row)


def _tell(sheet: AnySheet, source: AnyRow, row: dict[str, Any]) -> None:
    if row["flow_id"] is None and row["document_id"] is None:
        log.warning("status.orphan", sheet=sheet.name, flow=source.name, code=row["code"], about=row["about"])
        return
    event = f"{row['subject']}.status"
    log.info(
        event,
        sheet=sheet.name,
        flow_id=row["flow_id"],
        document_id=row["document_id"],
        about=row["about"].get("number") or row["about"].get("flow_id"),
        code=row["code"],
        status=row["canonical"],
        label=row["label"],
        comment=row["comment"],
    )


def _row(tx: Connection, sheet: AnySheet, source: AnyRow, number: int, item: ReceivedStatus) -> dict[str, Any]:
    status = item.status
    row: dict[str, Any] = {
        "source_flow_id": source.id,
        "position": number,
        "flow_id": None,
        "document_id": None,
        "dialect": _DIALECT,
        "version": cut(item.reading.version, 20),
        "interface_code": source.interface_code,
        "code": status.code,
        "comment": status.comment,
        "status_at": _aware(status.at),
        "about": _about(status),
        "received_at": now(),
    }
    if isinstance(status, FlowStatus):
        meaning = flow_meaning(status.code)
        flow_id = _flow_of(tx, sheet, flow_keys(status, item.reading.envelope_flow_id))
        return row | {
            "subject": "flow",
            "flow_id": flow_id,
            "canonical": str(flow_report(status.code)),
            "label": meaning.label_fr,
        }
    word = interpret(status.code, _DIALECT, item.reading.version, source.interface_code, status.label)
    return row | {
        "subject": "document",
        "document_id": _document_of(tx, sheet, status),
        "canonical": word.canonical,
        "label": word.label_fr,
    }


def _flow_of(tx: Connection, sheet: AnySheet, keys: Sequence[str]) -> int | None:
    """Return our flow that bears one of `keys`, among those sent by the same sheet."""
    flows = tables.flows.c
    named = or_(flows.identifier.in_(keys), flows.name.in_(keys))
    query = select(flows.id).where(flows.sheet == sheet.name, flows.direction == Direction.OUT, named)
    found = tx.execute(query.order_by(flows.id.desc()).limit(1)).first()
    return None if found is None else int(found.id)


def _document_of(tx: Connection, sheet: AnySheet, status: InvoiceStatus) -> int | None:
    """Return the document the status is surely about; of one invoice that was sent twice, the later.

    Two equally sure candidates that may be different invoices give none.
    """
    documents = tables.documents.c
    candidates = tx.execute(
        select(documents.id, documents.number, documents.issue_date, documents.facts)
        .where(
            documents.sheet == sheet.name,
            documents.direction == Direction.OUT,
            documents.number == cut(status.number.strip()),
            documents.flow_id.is_not(None),
        )
        .order_by(documents.id)
    ).all()
    best: list[int] = []
    strength = Match.NUMBER_ONLY
    for row in candidates:
        match = same_invoice(status, _facts(row))
        if match > strength:
            best, strength = [row.id], match
        elif match == strength and best:
            best.append(row.id)
    return best[-1] if len(best) == 1 or (best and strength is Match.EXACT) else None


def _facts(row: AnyRow) -> Facts:
    issue_date: date | None = row.issue_date
    return Facts(
        number=row.number,
        issue_date=issue_date,
        seller_id=row.facts.get("seller_id"),
        seller_vat=row.facts.get("seller_vat"),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    code: str
    at: datetime | None
    arrival: int
    word: str


def _derive(tx: Connection, table: Any, column: str, key: Any, row_id: int) -> None:  # noqa: ANN401 - Core objects
    """Set the newest word about one row from its whole history, in whatever order it came."""
    statuses = tables.statuses.c
    rows = tx.execute(
        select(statuses.id, statuses.code, statuses.status_at, statuses.canonical, statuses.about).where(key == row_id)
    ).all()
    told = [row for row in rows if not _only_says_twice(row)] or rows
    newest = current(_Said(row.code, row.status_at, row.id, row.canonical or row.code[:_LONGEST_WORD]) for row in told)
    assert newest is not None, "derived after a status was added"
    tx.execute(update(table).where(table.c.id == row_id).values({column: newest.word}))


def _only_says_twice(row: AnyRow) -> bool:
    """Tell whether a status refuses a flow for nothing but its being there already.

    An unsure delivery is repeated under the same name; the answer to the repeat says nothing about the first.
    """
    codes = {error[1] for error in row.about.get("errors", ())}
    return bool(codes) and codes <= _ALREADY_RECEIVED


def _event(sheet: AnySheet, row: dict[str, Any]) -> Event:
    subject = row["subject"]
    data = {"code": row["code"], "canonical": row["canonical"], "label": row["label"], "comment": row["comment"]}
    return Event(f"{subject}.status", subject, row[f"{subject}_id"], sheet.name, data=data)


def _about(status: FlowStatus | InvoiceStatus) -> dict[str, Any]:
    """Return what the status was sent with, as JSON: identifiers, the platform's own label, error details."""
    left_out = {"code", "comment", "at"}
    return {
        name: str(value) if isinstance(value, date) else value
        for name, value in asdict(status).items()
        if value not in (None, ()) and name not in left_out
    }


def _aware(at: datetime | None) -> datetime | None:
    """Return the timestamp with a zone: without one it is read as UTC, no text of the platform says otherwise."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
