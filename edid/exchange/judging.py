"""Second step out: read and judge what was taken; every document becomes valid, rejected, held or a duplicate."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, select

from edid.clock import now
from edid.config.sheet import SenderSheet
from edid.documents.kinds import Facts, Kind, Reading
from edid.errors import RefusedInputError
from edid.exchange.duplicates import Guard, Keys, keys
from edid.exchange.house import House
from edid.exchange.judged import Judged
from edid.exchange.setting_aside import set_aside_documents
from edid.exchange.storable import facts_as_json
from edid.flows.choice import choose
from edid.flows.preflight import document_findings
from edid.journal import tables
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState, FileState, move
from edid.store.blobs import Blob
from edid.validation.judging import Judgement
from edid.validation.verdict import Finding, Outcome, Severity

log = structlog.get_logger()
BATCH = 64


def judge(house: House, sheet: SenderSheet) -> int:
    """Judge up to BATCH claimed files of `sheet`; return how many files were read."""
    with house.journal.reading() as view:
        files = view.execute(
            select(tables.files)
            .where(tables.files.c.sheet == sheet.name, tables.files.c.state == FileState.CLAIMED)
            .order_by(tables.files.c.id)
            .limit(BATCH)
        ).all()
    if not files:
        return 0
    work = house.work(f"judge-{sheet.name}")
    try:
        judged = [_decide(house, sheet, item) for item in _read_all(house, files, work)]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    judged = _mark_duplicates(house, sheet, judged)
    set_aside_documents(house, sheet, judged)
    _journal(house, sheet, [row.id for row in files], judged)
    return len(files)


@dataclass(frozen=True, slots=True)
class _Read:
    file_id: int
    file_name: str
    position: int
    member: str | None
    blob: Blob
    judgement: Judgement


def _read_all(house: House, files: Sequence[AnyRow], work: Path) -> list[_Read]:
    jobs = [(house.store.require(row.sha256), work / str(row.id)) for row in files]
    documents: list[_Read] = []
    for row, judgement in zip(files, house.judges.judge(jobs), strict=True):
        if judgement.reading is not None and judgement.reading.kind is Kind.ARCHIVE:
            documents += _read_members(house, row, judgement, work)
        else:
            documents.append(_Read(row.id, row.name, 0, None, Blob(row.sha256, row.size), judgement))
    return documents


def _read_members(house: House, row: AnyRow, archive: Judgement, work: Path) -> list[_Read]:
    assert archive.reading is not None
    members = archive.reading.members
    blobs = house.store.add_all([member.path for member in members])
    jobs = [(house.store.path(blob.sha256), work / f"{row.id}-{number}") for number, blob in enumerate(blobs)]
    return [
        _Read(row.id, row.name, position, member.name, blob, judgement)
        for position, (member, blob, judgement) in enumerate(zip(members, blobs, house.judges.judge(jobs), strict=True))
    ]


_STATES = {
    Outcome.VALID: DocumentState.VALID,
    Outcome.INVALID: DocumentState.REJECTED,
    Outcome.NOT_JUDGED: DocumentState.HELD,
}


def _decide(house: House, sheet: SenderSheet, read: _Read) -> Judged:
    reading, verdict = read.judgement.reading, read.judgement.verdict
    interface_code = None
    if reading is not None and verdict.outcome is Outcome.VALID:
        interface_code, objections = _objections(house, sheet, read, reading)
        if objections:
            verdict = replace(verdict, outcome=Outcome.INVALID, findings=(*verdict.findings, *objections))
    return Judged(
        read.file_id,
        read.file_name,
        read.position,
        read.member,
        read.blob,
        "unknown" if reading is None else str(reading.kind),
        None if reading is None else reading.facts,
        verdict,
        interface_code,
        _STATES[verdict.outcome],
    )


def _objections(
    house: House, sheet: SenderSheet, read: _Read, reading: Reading
) -> tuple[str | None, Sequence[Finding]]:
    """Return the interface code it leaves by, or what speaks against its leaving by this sheet."""
    settings = house.settings
    found = document_findings(read.file_name, read.blob.size, reading.kind, settings.limits, settings.language)
    if found:
        return None, found
    try:
        return choose(reading, sheet).code, ()
    except RefusedInputError as refusal:
        return None, [
            Finding(
                refusal.code, Severity.FATAL, refusal.message, remedy=refusal.remedy or None, path=refusal.where or None
            )
        ]


def _mark_duplicates(house: House, sheet: SenderSheet, judged: Sequence[Judged]) -> list[Judged]:
    wanted = [keys(sheet, item.blob.sha256, item.facts) for item in judged]
    with house.journal.reading() as view:
        guard = Guard(view, wanted)
    marked = []
    for number, (item, key) in enumerate(zip(judged, wanted, strict=True)):
        original = guard.original(key) if item.state is DocumentState.VALID else None
        if original is not None:
            marked.append(
                replace(
                    item,
                    state=DocumentState.DUPLICATE,
                    duplicate_of=original.document_id,
                    same_bytes=original.same_bytes,
                )
            )
            continue
        if item.state is DocumentState.VALID:
            guard.occupy(key, -1 - number)  # a place in this batch: its row id is not known yet
        marked.append(item)
    return marked


def _journal(house: House, sheet: SenderSheet, file_ids: Sequence[int], judged: Sequence[Judged]) -> None:
    at = now()
    with house.journal.writing() as tx:
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
        move(tx, tables.files, file_ids, FileState.READ, event="file.read")
    for number, item in enumerate(judged):
        event = f"document.{item.state}"
        log.info(
            event,
            sheet=sheet.name,
            document_id=ids[number],
            file=item.file_name,
            number=item.facts.number if item.facts else None,
        )


def _row(sheet: SenderSheet, item: Judged, ids: dict[int, int], at: object) -> dict[str, Any]:
    held = Keys("", None)
    key = keys(sheet, item.blob.sha256, item.facts) if item.state is DocumentState.VALID else held
    facts = item.facts or Facts()
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
        "number": facts.number,
        "issue_date": facts.issue_date,
        "seller_key": facts.seller_key,
        "buyer_id": facts.buyer_id,
        "facts": facts_as_json(facts),
        "verdict": item.verdict.as_json(),
        "bytes_key": key.bytes_key or None,
        "invoice_key": key.invoice_key,
        "duplicate_of": duplicate_of,
        "created_at": at,
    }


def _event(sheet: SenderSheet, document_id: int, item: Judged) -> Event:
    data: dict[str, Any] = {
        "file_id": item.file_id,
        "sha256": item.blob.sha256,
        "verdict": item.verdict.outcome,
    }
    if item.verdict.findings:
        data["rules"] = sorted({finding.rule for finding in item.verdict.findings})
    if item.duplicate_of is not None:
        data["same_bytes"] = item.same_bytes
    return Event(f"document.{item.state}", "document", document_id, sheet.name, None, item.state, data)
