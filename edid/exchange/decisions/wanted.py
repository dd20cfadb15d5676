"""What a decision asks for, in the words of the sheet's format: which document, which code, which objections."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection, select

from edid.config.sheet import SenderSheet
from edid.documents.cdar.names import BUYER, SELLER
from edid.documents.kinds import Facts, InvoiceStatus, Kind
from edid.exchange.decisions.decision import Decision
from edid.exchange.decisions.unfit import UnfitDecisionError, unfit
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
from edid.lifecycle.reasons import reason_text
from edid.lifecycle.statuses import interpret, plain, spelled
from edid.lifecycle.vocabulary import vocabulary

Format = Literal["cpp-statut", "cdar"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision that fits a document."""

    decision: Decision
    document: AnyRow
    facts: Facts
    code: str
    """Number in the format of the sheet."""
    canonical: str
    digest: str
    place: int = 1
    """Row of the decision file."""
    warnings: tuple[Objection, ...] = ()


def format_of(sheet: AnySheet) -> Format:
    """Return the format in which `sheet` gives statuses."""
    return sheet.lifecycle.format or ("cdar" if sheet.platform == "pa" else "cpp-statut")


def wanted(
    view: Connection, sheet: AnySheet, decision: Decision, place: int = 1, *, before: Sequence[Wanted] = ()
) -> Wanted:
    """Return what `decision` asks for, after those of the same file that come `before` it.

    Raises UnfitDecisionError when it cannot be carried out.
    """
    code, canonical = _status(decision.status, format_of(sheet))
    document = _document(view, sheet, decision)
    _must_be_ours_to_say(sheet, code)
    _must_be_sayable(code, format_of(sheet), decision)
    earlier = [each for each in before if each.document.id == document.id]
    words = _words(view, document.id)
    digest = digest_of(code, decision)
    if digest in {each.digest for each in earlier} | {word.about.get("decision") for word in words}:
        raise unfit("DECISION-REPEATED", "repeated")
    said = [*(word.canonical for word in words if word.canonical), *(each.canonical for each in earlier)]
    against = objections(canonical, said, payment_known=bool(decision.payments))
    if against and sheet.lifecycle.order == "refuse":
        raise UnfitDecisionError(against[0].code, against[0].fr, against[0].en)
    return Wanted(decision, document, facts_of(document.facts), code, canonical, digest, place, tuple(against))


def digest_of(code: str, decision: Decision) -> str:
    """Return what tells this decision from others about the same document; how the document is named is no part."""
    asked = replace(decision, status=code, document_id=None, number=None, supplier=None, issue_date=None)
    return hashlib.sha256(repr(asked).encode(errors="replace")).hexdigest()


def _must_be_sayable(code: str, form: Format, decision: Decision) -> None:
    """Refuse what the message could not carry, or would carry unexplained."""
    if code != "211" and any(payment.on is not None for payment in decision.payments):
        raise unfit("DECISION-PAID-ON", "paid_on", what=code)
    if form == "cpp-statut":  # the motives of CDAR are for its rules to judge
        for reason in decision.reasons:
            if reason_text(reason, form) is None:
                raise unfit("DECISION-REASON", "reason", what=reason[:40])


def _status(written: str, form: Format) -> tuple[str, str]:
    dialect, _, word = written.rpartition(":")
    if dialect and dialect.strip().casefold() != form:
        raise unfit("DECISION-STATUS", "dialect", ours=form, what=dialect[:40])
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
    raise unfit("DECISION-STATUS", "status", what=word[:40], known=codes)


def _must_be_ours_to_say(sheet: AnySheet, code: str) -> None:
    """Refuse what the other side says: a buyer's statuses are for received invoices, a seller's for sent ones."""
    sender = isinstance(sheet, SenderSheet)
    if format_of(sheet) == "cdar":
        ours = {SELLER} if sender else {BUYER, AGENT}
        ok = code in CDAR_CODES and CDAR_CODES[code].author in ours
    else:
        ok = code not in RECIPIENT_CODES if sender else code in RECIPIENT_CODES
    if not ok:
        raise unfit("DECISION-AUTHOR", "author sent" if sender else "author received", what=code)


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
            raise unfit("DECISION-DOCUMENT", "not exchanged", what=decision.document_id)
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
        raise unfit("DECISION-DOCUMENT", "unknown number", what=decision.number)
    if len(invoices) > 1:
        raise unfit("DECISION-DOCUMENT", "several", many=len(invoices), what=decision.number)
    return fitting[-1]


def _words(view: Connection, document_id: int) -> list[AnyRow]:
    """Return what was said of a document and counts, oldest first, by us and by the partner."""
    rows = words_about(view, documents_=[document_id]).get(document_id, ())
    return [word.row for word in timeline(Word(row) for row in rows if not row.disregarded)]
