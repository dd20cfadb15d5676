"""Which invoices need someone, since when, why, and what is to be done: for people, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from edid.clock import now
from edid.errors import PermanentError
from edid.exchange.asked import REFUSED_HERE, what_about_flow, what_now
from edid.exchange.standing import SETTLED, refresh_documents
from edid.exchange.words import newest_word, words_about
from edid.journal import queries, tables
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState
from edid.lifecycle.action import Action, flow_action
from edid.lifecycle.flow_reports import FlowReport, flow_meaning
from edid.validation.explanations import explain
from edid.validation.verdict import Severity

Language = Literal["fr", "en"]
_MOST_FINDINGS = 3
_REFUSED_HERE = {DocumentState.REJECTED, DocumentState.HELD}
_HERE = {
    "fr": {DocumentState.REJECTED: "refusée par edid", DocumentState.HELD: "non jugée"},
    "en": {DocumentState.REJECTED: "refused by edid", DocumentState.HELD: "not judged"},
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Narrows the list; None leaves a field open."""

    who: str | None = "us"
    sheet: str | None = None
    number: str | None = None
    limit: int = 100


def waiting(view: Connection, wanted: Wanted, language: Language) -> list[dict[str, Any]]:
    """Return the documents that wait for somebody, the longest waiting first, with what is known and what to do."""
    documents = tables.documents.c
    query = (
        select(tables.documents, tables.files.c.name.label("file_name"), tables.flows.c.name.label("flow_name"))
        .select_from(
            tables.documents.outerjoin(tables.files, documents.file_id == tables.files.c.id).outerjoin(
                tables.flows, documents.flow_id == tables.flows.c.id
            )
        )
        .where(documents.acts == wanted.who if wanted.who is not None else documents.acts.is_not(None))
        .order_by(documents.todo_since, documents.id)
        .limit(wanted.limit)
    )
    for column, value in ((documents.sheet, wanted.sheet), (documents.number, wanted.number)):
        if value is not None:
            query = query.where(column == value)
    rows = view.execute(query).all()
    told = words_about(view, documents_=[row.id for row in rows])
    flows = words_about(view, flows_=sorted({row.flow_id for row in rows if row.flow_id is not None}))
    return [_shown(row, newest_word(told.get(row.id, ())), flows.get(row.flow_id, ()), language) for row in rows]


def settle(journal: Journal, document_id: int, comment: str) -> None:
    """Journal that a person says nothing is left to do about a document; a new word of the platform opens it again.

    Raises PermanentError when there is no such document, or nobody is waited for.
    """
    with journal.writing() as tx:
        row = queries.document(tx, document_id)
        if row is None:
            raise PermanentError(f"there is no document {document_id}.", remedy="See: edid documents list.")
        if row.acts is None:
            raise PermanentError(f"document {document_id} waits for nobody.", remedy="See: edid todo.")
        record(tx, [Event(SETTLED, "document", document_id, row.sheet, data={"comment": comment})])
        refresh_documents(tx, [document_id])


def _shown(row: AnyRow, word: AnyRow | None, about_flow: Sequence[AnyRow], language: Language) -> dict[str, Any]:
    what, status, motive, comment = _state(row, word, newest_word(about_flow), language)
    return {
        "id": row.id,
        "sheet": row.sheet,
        "direction": row.direction,
        "number": row.number,
        "issue_date": row.issue_date,
        "seller": row.facts.get("seller_name") or row.seller_key,
        "buyer": row.facts.get("buyer_name") or row.buyer_id,
        "amount": row.facts.get("gross_total"),
        "currency": row.facts.get("currency"),
        "since": row.todo_since,
        "deadline": row.deadline,
        "who": row.acts,
        "state": row.state,
        "status": status,
        "motive": motive,
        "comment": comment,
        "what": what.what_fr if language == "fr" else what.what_en,
        "file_name": row.file_name,
        "flow_name": row.flow_name,
    }


def _state(
    row: AnyRow, word: AnyRow | None, report: AnyRow | None, language: Language
) -> tuple[Action, str | None, str | None, str | None]:
    """Return what to do, and the state that asks for it with its motive and comment."""
    if row.state in _REFUSED_HERE:
        return REFUSED_HERE, _HERE[language][row.state], _findings(row.verdict, language), None
    if word is not None:
        what = what_now(word, now().date(), row.direction)
        return what, word.label or word.code, _motive(word), word.comment
    if report is None:
        return flow_action(FlowReport.UNKNOWN), None, None, None
    meaning = flow_meaning(report.code)
    label = meaning.label_fr if language == "fr" else meaning.label_en
    return what_about_flow(report), label, _errors(report), report.comment


def _findings(verdict: Mapping[str, Any], language: Language) -> str | None:
    """Return what keeps a document back, as edid explains it."""
    fatal = [each for each in verdict.get("findings", ()) if each["severity"] == Severity.FATAL]
    told = [f"{each['rule']} : {_meaning(each, language)}" for each in fatal[:_MOST_FINDINGS]]
    return " | ".join(told) or verdict.get("not_judged_because")


def _meaning(finding: Mapping[str, Any], language: Language) -> str:
    told = explain(finding["rule"])
    return told.meaning(language) if told.known else str(finding["message"])


def _motive(word: AnyRow) -> str | None:
    return _joined([reason.get("code"), reason.get("text")] for reason in word.reasons or ())


def _errors(report: AnyRow) -> str | None:
    return _joined(error[1:4] for error in report.about.get("errors", ())[:_MOST_FINDINGS])


def _joined(parts: Iterable[Iterable[str | None]]) -> str | None:
    return " | ".join(" : ".join(filter(None, part)) for part in parts) or None
