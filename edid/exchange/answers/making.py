"""Events of the journal become answers: one for each document that an event is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy import Connection

from edid.config.answers import FieldName, Language, Told
from edid.exchange.answers.answer import Answer, Value, event_id
from edid.exchange.answers.gathered import Gathered, gather
from edid.exchange.answers.kinds import told_by
from edid.exchange.answers.speaking import spoken
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState

_WITH_FLOW: Final = frozenset({"packed", "sent", "failed", "report", "status"})
"""What is told of a document once it has its flow to leave in. Before, the answer names none, even if there is one."""


def answers(view: Connection, events: Sequence[AnyRow], language: Language) -> list[Answer]:
    """Return the answers that `events` give, in their order; those that tell nothing give none."""
    telling = [event for event in events if told_by(event) is not None]
    known = gather(view, telling)
    return [answer for event in telling for answer in _answers(event, known, language)]


def _answers(event: AnyRow, known: Gathered, language: Language) -> Iterator[Answer]:
    word = told_by(event)
    assert word is not None, "only what tells something comes here"
    if event.entity == "flow" and known.of_flow.get(event.entity_id):
        for each in known.of_flow[event.entity_id]:
            yield _answer(event, word, each, event_id(event.id, each), known, language)
    else:
        document = event.entity_id if event.entity == "document" else None
        yield _answer(event, word, document, event_id(event.id, None), known, language)


def _answer(event: AnyRow, word: Told, document: int | None, name: str, known: Gathered, language: Language) -> Answer:
    row = None if document is None else known.documents.get(document)
    file_id: Any = event.entity_id if event.entity == "file" else row and row.file_id
    flow_id: Any = event.entity_id if event.entity == "flow" else row and row.flow_id
    file, flow = known.files.get(file_id or 0), known.flows.get(flow_id or 0)
    facts: dict[FieldName, Value] = {
        "event_id": name,
        "event": word,
        "time": event.at,
        "sheet": event.sheet,
        "file": None if file is None else file.name,
        "document": document,
        "state": _state(event, row, flow),
    }
    if row is not None:
        facts |= _of_document(row)
    if flow is not None and (word in _WITH_FLOW or flow.direction == Direction.IN):
        facts |= {"flow": flow.name, "flow_id": flow.identifier}
    facts |= spoken(event, word, row, document, known, language)
    return Answer(event.id, word, event.at, facts, file_id, document)


def _of_document(row: AnyRow) -> dict[FieldName, Value]:
    facts: Mapping[str, Any] = row.facts or {}
    return {
        "member": row.member,
        "direction": row.direction,
        "kind": row.kind,
        "interface": row.interface_code,
        "number": facts.get("number") or row.number,
        "issue_date": row.issue_date,
        "seller": facts.get("seller_id") or facts.get("seller_vat"),
        "seller_name": facts.get("seller_name"),
        "buyer": facts.get("buyer_id") or facts.get("buyer_vat"),
        "buyer_name": facts.get("buyer_name"),
        "amount": _amount(facts.get("gross_total") or facts.get("payable")),
        "currency": facts.get("currency"),
        "filed_as": row.filed_as,
    }


def _state(event: AnyRow, row: AnyRow | None, flow: AnyRow | None) -> str | None:
    """Return edid's own state after the event; a word of the platform changes none, so it is the one before."""
    if event.to_state is not None:
        return str(event.to_state)
    if row is None:
        return None
    if row.direction == Direction.IN:
        return DocumentState.FILED
    if flow is None:
        return None
    return DocumentState.SENT if flow.sent_at is not None and flow.sent_at <= event.at else DocumentState.PACKED


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return amount if amount is None or amount.is_finite() else None
