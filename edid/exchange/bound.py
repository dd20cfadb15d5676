"""Which flow or document of ours a received status speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from edid.clock import aware
from edid.config.sheet import SenderSheet
from edid.documents.kinds import Facts, InvoiceStatus, Kind
from edid.exchange.house import AnySheet
from edid.exchange.storable import cut
from edid.exchange.words import SAYS_DOUBLE, only_says_double, words_about
from edid.journal import tables
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState
from edid.lifecycle.correlate import Match, same_invoice


def flow_of(tx: Connection, sheet: AnySheet, keys: Sequence[str]) -> int | None:
    """Return our flow that bears one of `keys`, among those sent by the same sheet."""
    flows = tables.flows.c
    named = or_(flows.identifier.in_(keys), flows.name.in_(keys))
    query = select(flows.id).where(flows.sheet == sheet.name, flows.direction == Direction.OUT, named)
    found = tx.execute(query.order_by(flows.id.desc()).limit(1)).first()
    return None if found is None else int(found.id)


def document_of(tx: Connection, sheet: AnySheet, status: InvoiceStatus) -> int | None:
    """Return the document the status is surely about; of one invoice that was delivered twice, the later delivery.

    A sender sheet hears of what it sent, a receiver sheet of what it received. Two equally sure candidates that may be
    different invoices give none.
    """
    documents = tables.documents.c
    candidates = tx.execute(
        select(documents.id, documents.number, documents.issue_date, documents.facts)
        .where(documents.sheet == sheet.name, documents.number == cut(status.number.strip()), *_told_of(sheet))
        .order_by(documents.id)
    ).all()
    if not candidates:
        return _message_of(tx, sheet, status)
    best: list[int] = []
    strength = Match.NUMBER_ONLY
    for row in candidates:
        match = same_invoice(status, _facts(row))
        if match > strength:
            best, strength = [row.id], match
        elif match == strength and best:
            best.append(row.id)
    if len(best) > 1 and strength is Match.EXACT:
        return _delivery(tx, best, status)
    return best[0] if len(best) == 1 else None


def _delivery(tx: Connection, deliveries: Sequence[int], status: InvoiceStatus) -> int:
    """Return the delivery of one invoice that a status speaks of.

    A repetition goes where the first went. Else the latest that had left when the status was set; one that was refused
    for being the second is spoken of by such a refusal only.
    """
    words = words_about(tx, documents_=deliveries)
    at = aware(status.at)
    for each in deliveries:
        if any((row.code, row.status_at) == (status.code, at) for row in words.get(each, ())):
            return each
    if {reason.code for reason in status.reasons} & SAYS_DOUBLE:
        return deliveries[-1]
    if at is not None:
        deliveries = _left_by(tx, deliveries, at) or deliveries
    standing = [each for each in deliveries if not words.get(each) or not all(map(only_says_double, words[each]))]
    return (standing or deliveries)[-1]


def _left_by(tx: Connection, deliveries: Sequence[int], at: datetime) -> list[int]:
    """Return those of `deliveries` that had left at the time `at`, in their order."""
    documents, flows = tables.documents.c, tables.flows.c
    sent = select(documents.id).join(tables.flows, documents.flow_id == flows.id)
    left = set(tx.execute(sent.where(documents.id.in_(deliveries), flows.sent_at <= at)).scalars())
    return [each for each in deliveries if each in left]


def _message_of(tx: Connection, sheet: AnySheet, status: InvoiceStatus) -> int | None:
    """Return the lifecycle message of ours that a status names by its number (MDT-4), as a 601 does."""
    documents = tables.documents.c
    query = select(documents.id).where(
        documents.sheet == sheet.name,
        documents.direction == Direction.OUT,
        documents.kind == Kind.CDAR,
        documents.platform_id == status.number.strip(),
    )
    found: int | None = tx.execute(query.order_by(documents.id.desc()).limit(1)).scalar()
    return found


def _told_of(sheet: AnySheet) -> tuple[ColumnElement[bool], ...]:
    """Return what tells the documents of `sheet` that a partner can speak of; lifecycle messages are none of them."""
    documents = tables.documents.c
    invoices = documents.kind.not_in((Kind.CPP_STATUT, Kind.CDAR))
    if isinstance(sheet, SenderSheet):
        return documents.direction == Direction.OUT, documents.flow_id.is_not(None), invoices
    return documents.direction == Direction.IN, invoices, documents.state != DocumentState.DUPLICATE


def _facts(row: AnyRow) -> Facts:
    issue_date: date | None = row.issue_date
    return Facts(
        number=row.number,
        issue_date=issue_date,
        seller_id=row.facts.get("seller_id"),
        seller_vat=row.facts.get("seller_vat"),
    )
