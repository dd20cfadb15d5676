"""What a decision asks for, in the words of the sheet's format: which document, which code, which objections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from edid.config.sheet import SenderSheet
from edid.documents.cdar.names import BUYER, SELLER
from edid.documents.kinds import Facts, InvoiceStatus, Kind
from edid.exchange.decisions.decision import Decision
from edid.exchange.house import AnySheet
from edid.exchange.storable import cut, facts_of
from edid.exchange.words import Word, words_about
from edid.journal import tables
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState
from edid.lifecycle.correlate import Match, same_invoice
from edid.lifecycle.current import timeline
from edid.lifecycle.messages.codes import AGENT, CDAR_CODES, RECIPIENT_CODES, code_of
from edid.lifecycle.order import Objection, objections
from edid.lifecycle.statuses import interpret, plain, spelled
from edid.lifecycle.vocabulary import vocabulary

Format = Literal["cpp-statut", "cdar"]


class UnfitDecisionError(ValueError):
    """A decision that cannot be carried out; its text says why, and is read by the person who decided."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision that fits a document."""

    decision: Decision
    document: AnyRow
    facts: Facts
    code: str
    """Number in the format of the sheet."""
    canonical: str
    place: int = 1
    """Row of the decision file."""
    warnings: tuple[Objection, ...] = ()


def format_of(sheet: AnySheet) -> Format:
    """Return the format in which `sheet` gives statuses."""
    return sheet.lifecycle.format or ("cdar" if sheet.platform == "pa" else "cpp-statut")


def wanted(view: Connection, sheet: AnySheet, decision: Decision, language: str, place: int = 1) -> Wanted:
    """Return what `decision` asks for. Raises UnfitDecisionError when it cannot be carried out."""
    code, canonical = _status(decision.status, format_of(sheet))
    document = _document(view, sheet, decision)
    _must_be_ours_to_say(sheet, code)
    against = objections(canonical, _said(view, document.id), payment_known=bool(decision.payments))
    if against and sheet.lifecycle.order == "refuse":
        first = against[0]
        raise UnfitDecisionError(first.code, first.fr if language == "fr" else first.en)
    return Wanted(decision, document, facts_of(document.facts), code, canonical, place, tuple(against))


def _status(written: str, form: Format) -> tuple[str, str]:
    dialect, _, word = written.rpartition(":")
    if dialect and dialect.strip().casefold() != form:
        raise UnfitDecisionError("DECISION-STATUS", f"this sheet gives statuses as {form}, not as {dialect[:40]}")
    word = word.strip()
    meaning = interpret(word, form)
    if meaning.canonical is not None:
        return spelled(word), meaning.canonical
    asked = plain(word)
    for canonical, known in vocabulary().statuses.items():
        if asked in {plain(text) for text in (canonical, known.fr, *known.labels)}:
            code = code_of(canonical, form)
            if code is not None:
                return code, canonical
    codes = ", ".join(CDAR_CODES) if form == "cdar" else "03 to 12"
    raise UnfitDecisionError("DECISION-STATUS", f"'{word[:40]}' is no status that can be given here; known: {codes}")


def _must_be_ours_to_say(sheet: AnySheet, code: str) -> None:
    """Refuse what the other side says: a buyer's statuses are for received invoices, a seller's for sent ones."""
    sender = isinstance(sheet, SenderSheet)
    if format_of(sheet) == "cdar":
        ours = {SELLER} if sender else {BUYER, AGENT}
        ok = code in CDAR_CODES and CDAR_CODES[code].author in ours
    else:
        ok = code not in RECIPIENT_CODES if sender else code in RECIPIENT_CODES
    if not ok:
        side = "sent" if sender else "received"
        raise UnfitDecisionError("DECISION-AUTHOR", f"status {code} is not ours to say of an invoice that we {side}")


def _document(view: Connection, sheet: AnySheet, decision: Decision) -> AnyRow:
    documents = tables.documents.c
    sender = isinstance(sheet, SenderSheet)
    query = select(tables.documents).where(
        documents.sheet == sheet.name,
        documents.direction == (Direction.OUT if sender else Direction.IN),
        documents.kind.not_in((Kind.CPP_STATUT, Kind.CDAR)),
        documents.state == (DocumentState.SENT if sender else DocumentState.FILED),
    )
    if decision.document_id is not None:
        row = view.execute(query.where(documents.id == decision.document_id)).first()
        if row is None:
            raise UnfitDecisionError(
                "DECISION-DOCUMENT", f"no document {decision.document_id} of this sheet was exchanged"
            )
        return row
    rows = view.execute(query.where(documents.number == cut(decision.number)).order_by(documents.id)).all()
    return _the_one(rows, decision)


def _the_one(rows: Sequence[AnyRow], decision: Decision) -> AnyRow:
    """Return the newest delivery of the one invoice that the decision names."""
    about = InvoiceStatus(
        "", decision.number or "", None, decision.issue_date, supplier_id=decision.supplier, supplier_type=None
    )
    fitting = [row for row in rows if same_invoice(about, facts_of(row.facts)) is not Match.NONE]
    invoices = {(row.seller_key, row.issue_date and row.issue_date.year) for row in fitting}
    if not fitting:
        raise UnfitDecisionError("DECISION-DOCUMENT", f"no exchanged invoice has the number {decision.number}")
    if len(invoices) > 1:
        raise UnfitDecisionError(
            "DECISION-DOCUMENT",
            f"{len(invoices)} invoices have the number {decision.number}: name the supplier and date",
        )
    return fitting[-1]


def _said(view: Connection, document_id: int) -> list[str]:
    """Return the canonical statuses of a document, oldest first, ours and the partner's."""
    words = [
        Word(row) for row in words_about(view, documents_=[document_id]).get(document_id, ()) if not row.disregarded
    ]
    return [word.row.canonical for word in timeline(words) if word.row.canonical]
