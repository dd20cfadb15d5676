"""One document of a dropped file, judged and decided upon, and its rows in the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, insert, update

from edid.clock import now
from edid.config.sheet import SenderSheet
from edid.documents.kinds import Facts
from edid.exchange.corrections import Answer
from edid.exchange.duplicates import keys
from edid.exchange.standing import refresh_documents
from edid.exchange.storable import cut, facts_as_columns
from edid.journal import tables
from edid.journal.chain import digest_of
from edid.journal.chunks import chunks
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.states import Direction, DocumentState, FileState, move
from edid.store.blobs import Blob
from edid.validation.verdict import Verdict

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything the journal and the notes need to know of it."""

    file_id: int
    file_name: str
    position: int
    member: str | None
    blob: Blob
    kind: str
    facts: Facts | None
    verdict: Verdict
    interface_code: str | None
    state: DocumentState
    duplicate_of: int | None = None
    """Id of the document that came first; -1 - n for the n-th of the same batch, which has no id yet."""
    same_bytes: bool = False
    answer: Answer | None = None
    """The earlier document that it answers, if any."""


def journal_judged(journal: Journal, sheet: SenderSheet, file_ids: Sequence[int], judged: Sequence[Judged]) -> None:
    """Journal all documents of the files `file_ids` in one transaction.

    Raises sqlalchemy.exc.IntegrityError when another sheet has journalled one of these invoices meanwhile.
    """
    at = now()
    with journal.writing() as tx:
        _release_keys(tx, [item.answer.document_id for item in judged if item.answer and item.answer.takes_over])
        ids: dict[int, int] = {}
        originals = [number for number, item in enumerate(judged) if item.state is not DocumentState.DUPLICATE]
        copies = [number for number, item in enumerate(judged) if item.state is DocumentState.DUPLICATE]
        for numbers in (originals, copies):
            if not numbers:
                continue
            rows = [_row(sheet, judged[number], ids, at) for number in numbers]
            made = tx.execute(
                insert(tables.documents).returning(tables.documents.c.id, sort_by_parameter_order=True), rows
            ).scalars()
            ids.update(zip(numbers, made, strict=True))
        record(tx, [_event(sheet, ids[number], item) for number, item in enumerate(judged)])
        answers = {ids[number]: item.answer for number, item in enumerate(judged) if item.answer is not None}
        record(tx, [_answered(sheet, made, answer) for made, answer in answers.items()])
        refused = [ids[number] for number, item in enumerate(judged) if item.state in _REFUSED]
        refresh_documents(tx, [*refused, *(answer.document_id for answer in answers.values())])
        move(tx, tables.files, file_ids, FileState.READ, event="file.read")
    for number, item in enumerate(judged):
        event = f"document.{item.state}"
        log.info(
            event,
            sheet=sheet.name,
            document_id=ids[number],
            file=item.file_name,
            number=cut(item.facts.number) if item.facts else None,
        )


_REFUSED = {DocumentState.REJECTED, DocumentState.HELD}


def _release_keys(tx: Connection, ids: Sequence[int]) -> None:
    """Take answered documents out of the duplicate guard: the answer bears their number from now on."""
    for part in chunks(ids):
        tx.execute(
            update(tables.documents).where(tables.documents.c.id.in_(part)).values(bytes_key=None, invoice_key=None)
        )


def _answered(sheet: SenderSheet, document_id: int, answer: Answer) -> Event:
    data = {"by": document_id, "as": answer.how}
    return Event("document.answered", "document", answer.document_id, sheet.name, data=data)


def _row(sheet: SenderSheet, item: Judged, ids: dict[int, int], at: datetime) -> dict[str, Any]:
    key = keys(sheet, item.blob.sha256, item.facts) if item.state is DocumentState.VALID else None
    duplicate_of = item.duplicate_of
    if duplicate_of is not None and duplicate_of < 0:
        duplicate_of = ids[-1 - duplicate_of]
    return {
        "sheet": sheet.name,
        "direction": Direction.OUT,
        "file_id": item.file_id,
        "position": item.position,
        "member": item.member,
        "kind": item.kind,
        "interface_code": item.interface_code,
        "sha256": item.blob.sha256,
        "size": item.blob.size,
        "state": item.state,
        **facts_as_columns(item.facts or Facts()),
        "verdict": item.verdict.as_json(),
        "bytes_key": key and key.bytes_key,
        "invoice_key": key and key.invoice_key,
        "duplicate_of": duplicate_of,
        "answers_id": item.answer and item.answer.document_id,
        "answers_as": item.answer and item.answer.how,
        "created_at": at,
    }


def _event(sheet: SenderSheet, document_id: int, item: Judged) -> Event:
    data: dict[str, Any] = {
        "file_id": item.file_id,
        "sha256": item.blob.sha256,
        "verdict": item.verdict.outcome,
        "verdict_sha256": digest_of(item.verdict.as_json()),
    }
    if item.verdict.findings:
        data["rules"] = sorted({finding.rule for finding in item.verdict.findings})
    if item.duplicate_of is not None:
        data["same_bytes"] = item.same_bytes
    return Event(f"document.{item.state}", "document", document_id, sheet.name, None, item.state, data)
