"""How a document stands now: the newest word about it, who acts next, since when; derived from its whole history.

The words of a platform come late, twice and in any order. Whatever changes the history of a document has its standing
derived anew; nothing else writes these columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from edid.clock import now
from edid.documents.kinds import Kind
from edid.exchange.asked import REFUSED_HERE, refused_in, what_about_flow, what_now
from edid.exchange.words import DOUBLE, REFUSED, doubles, newest_word, words_about
from edid.journal import tables
from edid.journal.chunks import chunks
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState
from edid.lifecycle.action import Action, Actor, action
from edid.lifecycle.flow_reports import FlowReport

SETTLED = "document.settled"
"""Event: a person says that nothing is left to do, until the platform says something new."""
MESSAGES = (Kind.CPP_STATUT, Kind.CDAR)
"""Kinds of document that are lifecycle messages."""
_NOT_ON_ITS_WAY = frozenset({DocumentState.REJECTED, DocumentState.HELD, DocumentState.DUPLICATE})
_LONGEST_WORD = 40
_MADE_AVAILABLE_AGAIN = "COMPLETEE"
"""A received invoice that the platform hands over anew, completed or recycled, is to be treated again."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is derived for one document."""

    status: str | None
    action: Action | None
    since: datetime | None

    def columns(self) -> dict[str, Any]:
        """Return the columns of the document."""
        waits = self.action is not None and self.action.actor is not Actor.NOBODY
        if not waits or self.action is None:
            return {"status": self.status, "acts": None, "todo_since": None, "deadline": None}
        deadline = None
        if self.action.days is not None and self.since is not None:
            deadline = self.since.date() + timedelta(days=self.action.days)
        return {
            "status": self.status,
            "acts": str(self.action.actor),
            "todo_since": self.since,
            "deadline": deadline,
        }


def refresh_flows(tx: Connection, flow_ids: Iterable[int]) -> None:
    """Derive the report of flows, and the standing of the documents in them."""
    wanted = sorted(set(flow_ids))
    refused = []
    for part in chunks(wanted):
        said = words_about(tx, flows_=part)
        _mark_double(tx, said)
        rows = [(flow_id, newest_word(said[flow_id])) for flow_id in part if said[flow_id]]
        _update(tx, tables.flows, [{"row_id": i, "report": _word(row)} for i, row in rows if row is not None])
        refused += [flow_id for flow_id, row in rows if row is not None and row.canonical == FlowReport.REFUSED]
        documents = tables.documents.c
        refresh_documents(tx, tx.execute(select(documents.id).where(documents.flow_id.in_(part))).scalars().all())
    for part in chunks(refused):
        documents = tables.documents.c
        messages = select(documents.id).where(documents.flow_id.in_(part), documents.kind.in_(MESSAGES))
        take_back(tx, tx.execute(messages).scalars().all())


def take_back(tx: Connection, message_ids: Sequence[int]) -> None:
    """Note that messages of ours were refused: what they said does not count."""
    statuses = tables.statuses.c
    for part in chunks(message_ids):
        said = statuses.message_id.in_(part)
        tx.execute(update(tables.statuses).where(said).values(disregarded=REFUSED))
        refresh_documents(tx, tx.execute(select(statuses.document_id).where(said)).scalars().all())


def refresh_documents(tx: Connection, document_ids: Iterable[int]) -> None:
    """Derive the standing of documents."""
    today = now().date()
    for part in chunks(sorted(set(document_ids))):
        history = _History(tx, part)
        _mark_double(tx, history.words)
        rows = [{"row_id": row.id, **history.standing(row, today).columns()} for row in history.documents]
        _update(tx, tables.documents, rows)


class _History:
    """Everything that decides how some documents stand."""

    def __init__(self, tx: Connection, ids: Sequence[int]) -> None:
        documents, flows, events = tables.documents.c, tables.flows.c, tables.events.c
        self._tx = tx
        self._refused: dict[int, frozenset[int]] = {}
        self.documents = tx.execute(
            select(
                documents.id,
                documents.state,
                documents.direction,
                documents.number,
                documents.created_at,
                documents.flow_id,
                documents.answers_as,
                flows.report,
            )
            .select_from(tables.documents.outerjoin(tables.flows, documents.flow_id == flows.id))
            .where(documents.id.in_(ids))
        ).all()
        self.words = words_about(tx, documents_=ids)
        sent_in = {row.flow_id for row in self.documents if row.direction == Direction.OUT and row.flow_id is not None}
        self._reports = words_about(tx, flows_=sorted(sent_in))
        answers = select(documents.answers_id).where(
            documents.answers_id.in_(ids), documents.state.not_in(_NOT_ON_ITS_WAY)
        )
        self._answered = set(tx.execute(answers).scalars())
        settled = select(events.entity_id, events.at).where(
            events.entity == "document", events.entity_id.in_(ids), events.name == SETTLED
        )
        self._settled: dict[int, datetime] = {}
        for row in tx.execute(settled.order_by(events.id)):
            self._settled[row.entity_id] = row.at

    def standing(self, row: AnyRow, today: date) -> Standing:
        """Return how the document `row` stands."""
        word = newest_word(self.words[row.id])
        status = _word(word)
        what, since = self._action(row, word, today)
        known = since if word is None else word.received_at
        settled = self._settled.get(row.id)
        if row.id in self._answered or (settled is not None and known is not None and settled >= known):
            what = None
        return Standing(status, what, since)

    def _action(self, row: AnyRow, word: AnyRow | None, today: date) -> tuple[Action | None, datetime | None]:
        if row.state in {DocumentState.REJECTED, DocumentState.HELD}:
            return REFUSED_HERE, row.created_at
        if word is not None:
            return what_now(word, today, row.direction), word.status_at or word.received_at
        if row.direction == Direction.IN and row.state == DocumentState.FILED and row.answers_as is not None:
            return action(_MADE_AVAILABLE_AGAIN, today, Direction.IN), row.created_at
        report = newest_word(self._reports[row.flow_id]) if row.direction == Direction.OUT else None
        if report is None:
            return None, None
        what = what_about_flow(report)
        if report.canonical == FlowReport.PARTLY_INTEGRATED and row.id not in self._refused_in(report, row.flow_id):
            return None, None
        return what, report.status_at or report.received_at

    def _refused_in(self, report: AnyRow, flow_id: int) -> frozenset[int]:
        if flow_id not in self._refused:
            self._refused[flow_id] = refused_in(self._tx, report, flow_id)
        return self._refused[flow_id]


def _mark_double(tx: Connection, words: Mapping[int, Sequence[AnyRow]]) -> None:
    """Note in the history which words do not count, because others do."""
    marks = []
    for rows in words.values():
        void = doubles(rows)
        for row in rows:
            wanted = DOUBLE if row.id in void else None
            if row.disregarded not in {REFUSED, wanted}:
                marks.append({"row_id": row.id, "disregarded": wanted})
    _update(tx, tables.statuses, marks)


def _word(row: AnyRow | None) -> str | None:
    return None if row is None else row.canonical or row.code[:_LONGEST_WORD]


def _update(tx: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:  # noqa: ANN401 - Core objects
    if not rows:
        return
    names_ = [name for name in rows[0] if name != "row_id"]
    changed = update(table).where(table.c.id == bindparam("row_id")).values({name: bindparam(name) for name in names_})
    tx.execute(changed, rows)
