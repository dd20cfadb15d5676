"""Binding the platform's words to our flows and documents. What matches nothing is kept as an orphan, visibly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy import Connection, insert, select

from edid.clock import aware, now
from edid.documents.kinds import FlowStatus, InvoiceStatus, Kind, Reason
from edid.exchange.bound import document_of, flow_of
from edid.exchange.house import AnySheet
from edid.exchange.received import ReceivedStatus
from edid.exchange.standing import MESSAGES, refresh_documents, refresh_flows, take_back
from edid.exchange.storable import cut
from edid.journal import tables
from edid.journal.chunks import chunks
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.lifecycle.correlate import flow_keys
from edid.lifecycle.flow_reports import flow_meaning, flow_report
from edid.lifecycle.statuses import interpret

log = structlog.get_logger()
_MESSAGE_REFUSED = "601"
"""CDAR: a lifecycle message was refused. Source: AIFE, Dossier general v3.2."""


def journal_statuses(tx: Connection, sheet: AnySheet, source: AnyRow, received: Sequence[ReceivedStatus]) -> None:
    """Append the statuses of the received flow `source`, and derive the newest word about what they speak of."""
    if not received:
        return
    rows = [_row(tx, sheet, source, number, item) for number, item in enumerate(received)]
    made = insert(tables.statuses).returning(tables.statuses.c.id, sort_by_parameter_order=True)
    ids = tx.execute(made, rows).scalars().all()
    refresh_flows(tx, {row["flow_id"] for row in rows if row["flow_id"] is not None})
    refresh_documents(tx, {row["document_id"] for row in rows if row["document_id"] is not None})
    take_back(tx, _refused_messages(tx, rows))
    void = _disregarded(tx, ids)
    record(tx, [_event(sheet, source, row_id, row, void.get(row_id)) for row_id, row in zip(ids, rows, strict=True)])
    for row in rows:
        _tell(sheet, source, row)


def _disregarded(tx: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Return which of the statuses `ids` do not count, and why."""
    statuses = tables.statuses.c
    void = [
        row
        for part in chunks(ids)
        for row in tx.execute(
            select(statuses.id, statuses.disregarded).where(statuses.id.in_(part), statuses.disregarded.is_not(None))
        )
    ]
    return {row.id: row.disregarded for row in void}


def _refused_messages(tx: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Return which messages of ours are refused by the received statuses `rows`."""
    asked = sorted({row["document_id"] for row in rows if row["code"] == _MESSAGE_REFUSED and row["document_id"]})
    documents = tables.documents.c
    return [
        document_id
        for part in chunks(asked)
        for document_id in tx.execute(
            select(documents.id).where(documents.id.in_(part), documents.kind.in_(MESSAGES))
        ).scalars()
    ]


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
        code=cut(row["code"], 40),
        status=row["canonical"],
        label=cut(row["label"]),
        comment=row["comment"],
    )


def _row(tx: Connection, sheet: AnySheet, source: AnyRow, number: int, item: ReceivedStatus) -> dict[str, Any]:
    status = item.status
    row: dict[str, Any] = {
        "source_flow_id": source.id,
        "position": number,
        "flow_id": None,
        "document_id": None,
        "dialect": "cdar" if item.reading.kind is Kind.CDAR else "cpp-statut",
        "version": cut(item.reading.version, 60),
        "interface_code": source.interface_code,
        "code": status.code,
        "comment": status.comment,
        "status_at": aware(status.at),
        "about": _about(status),
        "reasons": None,
        "received_at": now(),
    }
    if isinstance(status, FlowStatus):
        meaning = flow_meaning(status.code)
        flow_id = flow_of(tx, sheet, flow_keys(status, item.reading.envelope_flow_id))
        return row | {
            "subject": "flow",
            "flow_id": flow_id,
            "canonical": str(flow_report(status.code)),
            "label": meaning.label_fr,
        }
    word = interpret(status.code, status.dialect, item.reading.version, source.interface_code, status.label)
    return row | {
        "subject": "document",
        "dialect": status.dialect,
        "document_id": document_of(tx, sheet, status),
        "reasons": [_reason(reason) for reason in status.reasons] or None,
        "canonical": word.canonical,
        "label": word.label_fr,
    }


def _event(sheet: AnySheet, source: AnyRow, row_id: int, row: dict[str, Any], disregarded: str | None) -> Event:
    subject = row["subject"]
    data = {name: row[name] for name in ("dialect", "code", "canonical", "label", "comment", "reasons")}
    data["status"] = row_id
    data["source"] = {"flow": source.id, "sha256": source.sha256}  # the bytes that said so
    if disregarded is not None:
        data["disregarded"] = disregarded
    return Event(f"{subject}.status", subject, row[f"{subject}_id"], sheet.name, data=data)


def _about(status: FlowStatus | InvoiceStatus) -> dict[str, Any]:
    """Return what the status was sent with, as JSON: identifiers, the platform's own label, error details."""
    left_out = {"code", "comment", "at", "reasons", "dialect"}
    return {
        name: str(value) if isinstance(value, date) else value
        for name, value in asdict(status).items()
        if value not in (None, ()) and name not in left_out
    }


def _reason(reason: Reason) -> dict[str, Any]:
    """Return a motive as JSON, without what is absent; amounts are strings (no binary fractions)."""
    data = {name: value for name, value in asdict(reason).items() if value not in (None, ())}
    if reason.characteristics:
        data["characteristics"] = [
            {
                name: str(value) if isinstance(value, Decimal) else value
                for name, value in each.items()
                if value is not None
            }
            for each in data["characteristics"]
        ]
    return data
