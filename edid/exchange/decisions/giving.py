"""A message is judged, named, stored and journalled with the flow that carries it: ready to be sent."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import insert

from edid.clock import iso, now
from edid.documents.kinds import Kind, Reading
from edid.exchange.decisions.message import Message
from edid.exchange.decisions.wanted import Wanted
from edid.exchange.house import AnySheet, House
from edid.exchange.standards import weighed_for
from edid.exchange.standing import refresh_documents
from edid.flows.choice import choose
from edid.flows.names import build, flow_identifier
from edid.flows.package import wire_name
from edid.journal import tables
from edid.journal.events import Event, record
from edid.journal.sequences import reserve
from edid.journal.states import Direction, DocumentState, FlowState, move
from edid.lifecycle.vocabulary import vocabulary
from edid.store.blobs import Blob
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome, Verdict

log = structlog.get_logger()
_PROFILE = "fr-ctc"
"""What we write ourselves is held against every rule there is: the schema, and for CDAR those of BR-FR-CDV."""


class RefusedMessageError(ValueError):
    """A message that its rules refuse, or could not judge: it does not leave."""

    def __init__(self, verdict: Verdict) -> None:
        first = next((f"{each.rule}: {each.message}" for each in verdict.findings), verdict.not_judged_because)
        super().__init__(first or str(verdict.outcome))
        self.verdict = verdict


def give(
    house: House,
    sheet: AnySheet,
    reading: Reading,
    compose: Callable[[str], Message],
    *,
    key: str | None = None,
    file_id: int | None = None,
    beat: Callable[[], object] = lambda: None,
) -> int:
    """Have the message that `compose` makes for the name of a flow leave; return the id of its document.

    `reading` says what kind of message it is: the subscriptions of the sheet decide its interface code. A number is
    reserved first: a crash or a refusal after it loses the number, and never uses it twice. `key`, unique in the
    journal, keeps a repeated step from giving it twice.
    Raises RefusedInputError (no interface for it, or something is missing), RefusedMessageError.
    """
    code = choose(reading, sheet).code
    with house.journal.writing() as tx:
        name = build(code, sheet.application_code, reserve(tx, sheet.application_code, code[3:7], 1))
    message = compose(name)
    work = house.work(f"message-{name}")
    try:
        file = work / "message.xml"
        file.write_bytes(message.content)
        (judgement,) = house.judges.judge([(file, work / "judge")], beat, standard=Standard(_PROFILE))
        verdict = weighed_for(sheet, judgement.verdict, code)
        if verdict.outcome is not Outcome.VALID:
            raise RefusedMessageError(verdict)
        blob = house.store.add(file)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    document = {"kind": message.kind, "interface_code": code, "verdict": verdict.as_json(), "bytes_key": key}
    return _journal(house, sheet, message, name, blob, {**document, "file_id": file_id})


def _journal(
    house: House, sheet: AnySheet, message: Message, name: str, blob: Blob, document: Mapping[str, Any]
) -> int:
    at = now()
    wire = wire_name(name, message.kind, packed=False, strip_extension=sheet.strip_extension)
    with house.journal.writing() as tx:
        flow = {
            "sheet": sheet.name,
            "direction": Direction.OUT,
            "interface_code": document["interface_code"],
            "name": wire,
            "identifier": flow_identifier(name),
            "sha256": blob.sha256,
            "size": blob.size,
            "document_count": 1,
            "state": FlowState.READY,
            "created_at": at,
        }
        flow_id: int = tx.execute(insert(tables.flows).values(flow).returning(tables.flows.c.id)).scalar_one()
        row = {
            **document,
            "sheet": sheet.name,
            "direction": Direction.OUT,
            "flow_id": flow_id,
            "sha256": blob.sha256,
            "size": blob.size,
            "state": DocumentState.VALID,
            "facts": {},
            "about_id": message.told[0].document.id if len(message.told) == 1 else None,
            "platform_id": message.message_id,
            "created_at": at,
        }
        document_id: int = tx.execute(
            insert(tables.documents).values(row).returning(tables.documents.c.id)
        ).scalar_one()
        data = {"name": wire, "sha256": blob.sha256, "size": blob.size, "documents": [document_id]}
        record(tx, [Event("flow.ready", "flow", flow_id, sheet.name, None, FlowState.READY, data)])
        named = {"sha256": blob.sha256}
        move(tx, tables.documents, [document_id], DocumentState.PACKED, event="document.packed", data=named)
        _append(tx, sheet, message, document_id)
    log.info("status.given", sheet=sheet.name, flow=wire, statuses=len(message.told), document_id=document_id)
    return document_id


def _append(tx: Any, sheet: AnySheet, message: Message, message_id: int) -> None:  # noqa: ANN401 - a Connection
    """Add what the message says to the history of the documents it speaks of."""
    if not message.told:
        return
    dialect = "cdar" if message.kind is Kind.CDAR else "cpp-statut"
    rows = [_row(each, place, dialect, message_id) for place, each in enumerate(message.told)]
    made = insert(tables.statuses).returning(tables.statuses.c.id, sort_by_parameter_order=True)
    ids = tx.execute(made, rows).scalars().all()
    record(tx, [_event(sheet, each, row, row_id) for each, row, row_id in zip(message.told, rows, ids, strict=True)])
    refresh_documents(tx, [each.document.id for each in message.told])


def _row(wanted: Wanted, place: int, dialect: str, message_id: int) -> dict[str, Any]:
    decision = wanted.decision
    reasons: Sequence[dict[str, Any]] = [{"code": code} for code in decision.reasons]
    at = now()
    return {
        "message_id": message_id,
        "position": place,
        "subject": "document",
        "document_id": wanted.document.id,
        "dialect": dialect,
        "code": wanted.code,
        "canonical": wanted.canonical,
        "label": vocabulary().statuses[wanted.canonical].fr,
        "comment": decision.comment,
        "status_at": decision.at or at,
        "about": {"number": wanted.document.number, "row": wanted.place, "decision": wanted.digest},
        "reasons": list(reasons) or None,
        "received_at": at,
    }


def _event(sheet: AnySheet, wanted: Wanted, row: dict[str, Any], row_id: int) -> Event:
    data = {
        "status": row_id,
        "code": wanted.code,
        "canonical": wanted.canonical,
        "dialect": row["dialect"],
        "message": row["message_id"],
        "comment": row["comment"],
        "reasons": row["reasons"],
        "at": iso(row["status_at"]),
    }
    if wanted.warnings:
        data["warnings"] = [each.code for each in wanted.warnings]
    return Event("document.status_given", "document", wanted.document.id, sheet.name, data=data)
