"""Documents that edid could not judge, or whose bytes it could not use: judged again, sent all the same, or dropped."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from edid.config.sheet import SenderSheet
from edid.documents.kinds import Reading
from edid.errors import PermanentError, RefusedInputError
from edid.exchange.duplicates import Guard, keys
from edid.exchange.standards import standard_of, weighed_for
from edid.exchange.standing import SETTLED, refresh_documents
from edid.exchange.storable import facts_as_columns
from edid.flows.choice import choose
from edid.journal import queries, tables
from edid.journal.chain import digest_of
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState, move
from edid.store.blobs import BlobStore
from edid.validation.judging import Judgement
from edid.validation.verdict import Outcome, Verdict
from edid.validation.worker import JudgePool


def held(journal: Journal, document_id: int) -> AnyRow:
    """Return the held document `document_id` of the way out. Raises PermanentError when it is none."""
    with journal.reading() as view:
        row = queries.document(view, document_id)
    if row is None:
        raise PermanentError(f"there is no document {document_id}.", remedy="See: edid held list.")
    if row.state != DocumentState.HELD or row.direction != Direction.OUT:
        raise PermanentError(f"document {document_id} is {row.state}, not held.", remedy="See: edid held list.")
    return row


def release(
    journal: Journal, store: BlobStore, judges: JudgePool, sheet: SenderSheet, document_id: int, *, anyway: str | None
) -> Verdict:
    """Judge a held document again by the rules of today; when it is valid it joins the next flow of its sheet.

    `anyway`: why a document that still cannot be judged leaves all the same; kept in the journal. One that is judged
    invalid never does. Return the new verdict; unless it is valid or `anyway` helps, the document stays held with it.
    Raises PermanentError: not held, its bytes are gone, it is a duplicate now, or the sheet cannot send it.
    """
    row = held(journal, document_id)
    judgement, code = _judged(store, judges, sheet, row)
    verdict = weighed_for(sheet, judgement.verdict, code)
    leaves = verdict.outcome is Outcome.VALID or (anyway is not None and verdict.outcome is Outcome.NOT_JUDGED)
    if verdict.outcome is Outcome.INVALID:
        _reject(journal, document_id, verdict)
    elif not leaves:
        with journal.writing() as tx:
            where = tables.documents.c.id == document_id
            tx.execute(tables.documents.update().where(where).values(verdict=verdict.as_json()))
            data = {"verdict_sha256": digest_of(verdict.as_json())}
            record(tx, [Event("document.judged", "document", document_id, row.sheet, data=data)])
    else:
        _release(journal, sheet, row, replace(judgement, verdict=verdict), code, anyway)
    return verdict


def drop(journal: Journal, document_id: int, reason: str) -> None:
    """Give a held document up: it is rejected, with `reason` in the journal. Its bytes stay in the store.

    Raises PermanentError when it is not held.
    """
    row = held(journal, document_id)
    with journal.writing() as tx:
        record(tx, [Event(SETTLED, "document", document_id, row.sheet, data={"comment": reason})])
        move(
            tx,
            tables.documents,
            [document_id],
            DocumentState.REJECTED,
            event="document.dropped",
            data={"reason": reason},
        )
        refresh_documents(tx, [document_id])


def _judged(store: BlobStore, judges: JudgePool, sheet: SenderSheet, row: AnyRow) -> tuple[Judgement, str | None]:
    source = store.require(row.sha256)
    work = Path(tempfile.mkdtemp(prefix="edid-held-"))
    try:
        (judgement,) = judges.judge([(source, work / "judge")], standard=standard_of(sheet))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return judgement, _interface(sheet, row, judgement.reading)


def _interface(sheet: SenderSheet, row: AnyRow, reading: Reading | None) -> str | None:
    if reading is None:
        return None
    try:
        return choose(reading, sheet).code
    except RefusedInputError as refusal:
        raise PermanentError(f"document {row.id} cannot leave: {refusal.message}", remedy=refusal.remedy) from refusal


def _release(
    journal: Journal,
    sheet: SenderSheet,
    row: AnyRow,
    judgement: Judgement,
    code: str | None,
    anyway: str | None,
) -> None:
    reading = judgement.reading
    if reading is None or code is None:
        raise PermanentError(
            f"document {row.id} cannot be read: nobody can tell how it would leave.",
            remedy=f"Give it up with: edid held drop {row.id} --reason ...",
        )
    verdict = judgement.verdict
    data = {"verdict": verdict.outcome, "verdict_sha256": digest_of(verdict.as_json())}
    data |= {"anyway": anyway} if anyway is not None else {}
    wanted = keys(sheet, row.sha256, reading.facts)
    facts = facts_as_columns(reading.facts) if reading.facts is not None else {}
    with journal.writing() as tx:
        original = Guard(tx, [wanted]).original(wanted)
        if original is not None:
            raise PermanentError(
                f"document {row.id} is the same as document {original.document_id}, which left meanwhile.",
                remedy=f"Give it up with: edid held drop {row.id} --reason ...",
            )
        move(
            tx,
            tables.documents,
            [row.id],
            DocumentState.VALID,
            event="document.released",
            data=data,
            kind=reading.kind,
            interface_code=code,
            verdict=verdict.as_json(),
            bytes_key=wanted.bytes_key,
            invoice_key=wanted.invoice_key,
            **facts,
        )
        answered = select(tables.documents.c.answers_id).where(tables.documents.c.id == row.id)
        refresh_documents(tx, [row.id, *filter(None, tx.execute(answered).scalars())])


def _reject(journal: Journal, document_id: int, verdict: Verdict) -> None:
    with journal.writing() as tx:
        move(
            tx,
            tables.documents,
            [document_id],
            DocumentState.REJECTED,
            event="document.rejected",
            data={
                "rules": sorted({finding.rule for finding in verdict.findings}),
                "verdict_sha256": digest_of(verdict.as_json()),
            },
            verdict=verdict.as_json(),
        )
        refresh_documents(tx, [document_id])
