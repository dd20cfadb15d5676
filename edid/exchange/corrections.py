"""Documents that answer an earlier one: corrected, completed or sent again as the platform asked, or in its place.

Sources: AIFE, Dossier de specifications externes FE - Chorus Pro v1.1, 2.4.2 (an invoice to be recycled came again
under its number; since 2026 it is a rejection like others, and the corrected invoice needs a new number); Chorus Pro
news of 2020 (suspended: complete it; rejected: a new invoice under a new number).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select

from edid.clock import now
from edid.config.sheet import SenderSheet
from edid.documents.kinds import Facts
from edid.documents.particulars.credit import CREDIT_NOTES
from edid.exchange.asked import refused_in, what_now
from edid.exchange.storable import cut
from edid.exchange.words import newest_word, words_about
from edid.journal import tables
from edid.journal.chunks import chunks
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState
from edid.lifecycle.flow_reports import FlowReport

RECYCLED, COMPLETED, RESENT, REPLACED = "recycled", "completed", "resent", "replaced"
_SAME_NUMBER = {"same-number": RECYCLED, "attachment": COMPLETED}
_REFUSED_HERE = (DocumentState.REJECTED, DocumentState.HELD)


@dataclass(frozen=True, slots=True)
class Answer:
    """Which earlier document one answers, and how."""

    document_id: int
    how: str
    takes_over: bool = False
    """True when it bears the same number: the earlier one gives its place in the duplicate guard up."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is asked of a document that is about to leave."""

    file_name: str
    facts: Facts


def to_the_same(view: Connection, original_id: int, sha256: str) -> Answer | None:
    """Return how a document answers `original_id`, which bears the same number or the same bytes; None: it may not.

    Only what the platform asked for may bear a number again: what it wants recycled or completed, with other bytes; or
    what came in a flow that it refused, as a whole or by name.
    """
    documents, flows = tables.documents.c, tables.flows.c
    row = view.execute(
        select(documents.id, documents.sha256, documents.status, documents.number, documents.flow_id, flows.report)
        .select_from(tables.documents.outerjoin(tables.flows, documents.flow_id == flows.id))
        .where(documents.id == original_id, documents.state == DocumentState.SENT)
    ).first()
    if row is None:
        return None
    if row.status is not None:
        how = _SAME_NUMBER.get(_asked_for(view, [row.id]).get(row.id, ""))
        return Answer(row.id, how, takes_over=True) if how is not None and sha256 != row.sha256 else None
    if row.report == FlowReport.REFUSED or (row.report == FlowReport.PARTLY_INTEGRATED and _is_named(view, row)):
        return Answer(row.id, RESENT, takes_over=True)
    return None


def _is_named(view: Connection, row: AnyRow) -> bool:
    """Tell whether the report of a partly integrated flow names this invoice, and not merely every one."""
    said = view.execute(select(tables.statuses).where(tables.statuses.c.flow_id == row.flow_id)).all()
    report = newest_word(said)
    refused = frozenset() if report is None else refused_in(view, report, row.flow_id)
    everything = select(tables.documents.c.id).where(tables.documents.c.flow_id == row.flow_id)
    return row.id in refused and (len(refused) == 1 or refused != set(view.execute(everything).scalars()))


def to_earlier(view: Connection, sheet: SenderSheet, newcomers: Mapping[int, Newcomer]) -> dict[int, Answer]:
    """Return which of `newcomers` take the place of an earlier document of `sheet` that did not make it.

    Either it cites a sent invoice of the same seller that the platform rejected (BT-25) and is no credit note; or what
    edid itself refused had the same seller and number, or, if it could not be read, the same file name.
    """
    refused = _refused_here(view, sheet, newcomers.values())
    rejected = _rejected_there(view, sheet, newcomers.values())
    found = {}
    for key, newcomer in newcomers.items():
        facts = newcomer.facts
        earlier = rejected.get((cut(facts.original_number) or "", facts.seller_key or ""))
        if earlier is None or facts.type_code in CREDIT_NOTES:
            unread = refused.get(newcomer.file_name)
            earlier = refused.get((cut(facts.number) or "", facts.seller_key or ""), unread)
        if earlier is not None:
            found[key] = Answer(earlier, REPLACED)
    return found


def _refused_here(
    view: Connection, sheet: SenderSheet, newcomers: Iterable[Newcomer]
) -> dict[str | tuple[str, str], int]:
    """Return refused documents of `sheet` by (number, seller), and those without number by the name of their file."""
    documents, files = tables.documents.c, tables.files.c
    listed = list(newcomers)
    found: dict[str | tuple[str, str], int] = {}
    for part in chunks(listed):
        numbers = [cut(item.facts.number) for item in part if item.facts.number]
        names = [item.file_name for item in part]
        query = (
            select(documents.id, documents.number, documents.seller_key, files.name)
            .select_from(tables.documents.join(tables.files, documents.file_id == files.id))
            .where(
                documents.sheet == sheet.name,
                documents.direction == Direction.OUT,
                documents.state.in_(_REFUSED_HERE),
                or_(documents.number.in_(numbers), and_(documents.number.is_(None), files.name.in_(names))),
                documents.acts.is_not(None),
            )
            .order_by(documents.id)
        )
        for row in view.execute(query):
            found[(row.number, row.seller_key or "") if row.number else row.name] = row.id
    return found


def _rejected_there(view: Connection, sheet: SenderSheet, newcomers: Iterable[Newcomer]) -> dict[tuple[str, str], int]:
    """Return sent documents that the platform wants replaced, by (number, seller)."""
    documents = tables.documents.c
    found: dict[tuple[str, str], int] = {}
    cited = sorted({cut(item.facts.original_number) or "" for item in newcomers} - {""})
    for part in chunks(cited):
        query = select(documents.id, documents.number, documents.seller_key, documents.status).where(
            documents.sheet == sheet.name,
            documents.direction == Direction.OUT,
            documents.state == DocumentState.SENT,
            documents.status.is_not(None),
            documents.number.in_(part),
        )
        rows = view.execute(query.order_by(documents.id)).all()
        asked = _asked_for(view, [row.id for row in rows])
        found |= {(row.number, row.seller_key or ""): row.id for row in rows if asked.get(row.id) == "new-number"}
    return found


def _asked_for(view: Connection, document_ids: Sequence[int]) -> dict[int, str]:
    """Return how each document is to be answered by what the platform said of it last."""
    words = {row_id: newest_word(said) for row_id, said in words_about(view, documents_=document_ids).items()}
    today = now().date()
    return {row_id: what_now(word, today, Direction.OUT).answer for row_id, word in words.items() if word is not None}
