"""Second step out: read and judge what was taken; every document becomes valid, rejected, held or a duplicate."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import structlog
from sqlalchemy import select

from edid.config.sheet import SenderSheet
from edid.documents.kinds import Facts, Reading
from edid.errors import RefusedInputError
from edid.exchange.corrections import Newcomer, to_earlier, to_the_same
from edid.exchange.duplicates import Guard, keys
from edid.exchange.house import House
from edid.exchange.judged import Judged, journal_judged
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.reading import Read, read_all
from edid.exchange.setbacks import is_outage, told
from edid.exchange.setting_aside import set_aside_documents
from edid.exchange.standards import weighed_for
from edid.flows.choice import choose
from edid.flows.preflight import document_findings
from edid.journal import tables
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState, FileState, Purpose
from edid.store.blobs import Blob
from edid.validation.verdict import Finding, Outcome, Severity, not_judged

log = structlog.get_logger()
BATCH = 64
_KIND = "file"


def is_waiting(house: House, sheet: SenderSheet) -> bool:
    """Tell whether claimed files of `sheet` wait to be judged."""
    return bool(_claimed(house, sheet, 1))


def judge(house: House, sheet: SenderSheet, pulse: Pulse) -> int:
    """Judge up to BATCH claimed files of `sheet`; return how many were dealt with or will be tried again later.

    In the order of claiming: of two files with the same invoice, the one dropped first leaves.
    Files are judged together; when that fails, each by itself, so that the one to blame is found (it may be no fault:
    another sheet journalled the same invoice meanwhile, and this one is a duplicate now). One that fails as often as it
    may is held, with the cause. Raises StopRequestedError, and what says that the journal failed.
    """
    files = _claimed(house, sheet, BATCH)
    if not files:
        return 0
    try:
        _judge(house, sheet, files, pulse)
    except StopRequestedError:
        raise
    except Exception as error:
        if is_outage(error):
            raise
        log.warning("judging.one_by_one", sheet=sheet.name, files=len(files), error=told(error))
        for row in files:
            if pulse.stopping:
                break
            _judge_alone(house, sheet, row, pulse)
    else:
        house.setbacks.forget(_KIND, *(row.id for row in files))
    return len(files)


def _claimed(house: House, sheet: SenderSheet, limit: int) -> Sequence[AnyRow]:
    columns = tables.files.c
    resting = house.setbacks.resting(_KIND)
    query = select(tables.files).where(
        columns.sheet == sheet.name, columns.state == FileState.CLAIMED, columns.purpose == Purpose.DOCUMENTS
    )
    with house.journal.reading() as view:
        rows = view.execute(query.order_by(columns.id).limit(limit + len(resting))).all()
    return [row for row in rows if row.id not in resting][:limit]


def _judge_alone(house: House, sheet: SenderSheet, row: AnyRow, pulse: Pulse) -> None:
    setback = house.setbacks.attempt(_KIND, row.id, partial(_judge, house, sheet, [row], pulse))
    if setback is not None and setback.hopeless:
        held = Judged(
            file_id=row.id,
            file_name=row.name,
            position=0,
            member=None,
            blob=Blob(row.sha256, row.size),
            kind="unknown",
            facts=None,
            verdict=not_judged(setback.cause),
            interface_code=None,
            state=DocumentState.HELD,
        )
        house.setbacks.attempt(_KIND, row.id, partial(_hold, house, sheet, held))


def _hold(house: House, sheet: SenderSheet, held: Judged) -> None:
    if house.store.path(held.blob.sha256).is_file():
        set_aside_documents(house, sheet, [held])
    journal_judged(house.journal, sheet, [held.file_id], [held])


def _judge(house: House, sheet: SenderSheet, files: Sequence[AnyRow], pulse: Pulse) -> None:
    """Judge `files` in this order of effects: copies set aside, then the journal. Safe to repeat after a crash."""
    work = house.work(f"judge-{sheet.name}")
    try:
        decided = [_decide(house, sheet, item) for item in read_all(house, sheet, files, work, pulse)]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    judged = _mark_duplicates(house, sheet, decided)
    set_aside_documents(house, sheet, judged, pulse)
    journal_judged(house.journal, sheet, [row.id for row in files], judged)


_STATES = {
    Outcome.VALID: DocumentState.VALID,
    Outcome.INVALID: DocumentState.REJECTED,
    Outcome.NOT_JUDGED: DocumentState.HELD,
}


def _decide(house: House, sheet: SenderSheet, read: Read) -> Judged:
    reading = read.judgement.reading
    interface_code, objections = (None, ()) if reading is None else _objections(house, sheet, read, reading)
    verdict = weighed_for(sheet, read.judgement.verdict, interface_code)
    if verdict.outcome is not Outcome.INVALID and objections:
        verdict = replace(verdict, outcome=Outcome.INVALID, findings=(*verdict.findings, *objections))
    if verdict.outcome is not Outcome.VALID:
        interface_code = None
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


def _objections(house: House, sheet: SenderSheet, read: Read, reading: Reading) -> tuple[str | None, Sequence[Finding]]:
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
    """Tell the duplicates among `judged` from those that answer an earlier document and may leave."""
    wanted = [keys(sheet, item.blob.sha256, item.facts) for item in judged]
    with house.journal.reading() as view:
        guard = Guard(view, wanted)
        marked = list(judged)
        first_of_their_name: dict[int, Newcomer] = {}
        for number, (item, key) in enumerate(zip(judged, wanted, strict=True)):
            if item.state is not DocumentState.VALID:
                continue
            original = guard.original(key)
            answer = None if original is None else to_the_same(view, original.document_id, item.blob.sha256)
            if original is not None and answer is None:
                marked[number] = replace(
                    item,
                    state=DocumentState.DUPLICATE,
                    duplicate_of=original.document_id,
                    same_bytes=original.same_bytes,
                )
                continue
            guard.occupy(key, -1 - number)  # a place in this batch: its row id is not known yet
            marked[number] = replace(item, answer=answer)
            if answer is None:
                first_of_their_name[number] = Newcomer(item.file_name, item.facts or Facts())
        for number, answer in to_earlier(view, sheet, first_of_their_name).items():
            marked[number] = replace(marked[number], answer=answer)
    return marked
