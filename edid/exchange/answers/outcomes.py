"""How dropped files stood after an event: accepted, rejected, or not decided yet. For the marker files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, select

from edid.config.answers import Markers
from edid.exchange.answers.history import Heard, heard
from edid.exchange.answers.kinds import told_by
from edid.exchange.asked import names
from edid.exchange.words import newest_word
from edid.journal.chunks import chunks
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState
from edid.journal.tables import documents, events
from edid.lifecycle.flow_reports import FlowReport

Word = Literal["accepted", "rejected"]
_MOVE: Final = ("id", "entity", "entity_id", "name", "to_state", "data")
_STOPPED: Final = frozenset({DocumentState.REJECTED, DocumentState.HELD, DocumentState.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one file stood."""

    word: Word | None
    because: tuple[tuple[int, int | None], ...] = ()
    """When it was rejected: the event that decided and the document, for each that is refused."""


@dataclass(frozen=True, slots=True)
class _Decided:
    word: Word | None
    event: int = 0


def file_of(view: Connection, document_ids: Iterable[int]) -> set[int]:
    """Return the dropped files that documents came in."""
    columns = documents.c
    return {
        row.file_id
        for part in chunks(sorted(set(document_ids)))
        for row in view.execute(select(columns.file_id).where(columns.id.in_(part), columns.file_id.is_not(None)))
    }


class History:
    """Everything that decides how some dropped files stood, up to an event."""

    def __init__(self, view: Connection, file_ids: Iterable[int], markers: Markers, until: int) -> None:
        self._markers = markers
        columns = documents.c
        self._documents: dict[int, list[AnyRow]] = defaultdict(list)
        wanted = sorted(set(file_ids))
        for part in chunks(wanted):
            query = select(columns.id, columns.file_id, columns.flow_id, columns.number)
            for row in view.execute(query.where(columns.file_id.in_(part)).order_by(columns.position, columns.id)):
                self._documents[row.file_id].append(row)
        rows = [row for group in self._documents.values() for row in group]
        self._refused = _moves(view, "file", wanted, until)
        self._moves = _moves(view, "document", [row.id for row in rows], until)
        self._words = heard(view, "document", [row.id for row in rows], until)
        self._reports = heard(view, "flow", [row.flow_id for row in rows if row.flow_id is not None], until)

    def outcome(self, file_id: int, at: int) -> Outcome:
        """Return how a file stood after the event `at`.

        Rejected as soon as one of its documents is; accepted when all are.
        """
        refused = [move.id for move in self._refused.get(file_id, ()) if move.id <= at and told_by(move) == "rejected"]
        if refused:
            return Outcome("rejected", ((refused[-1], None),))
        rows = self._documents.get(file_id, ())
        decided = [self._decided(row, at) for row in rows]
        because = tuple(
            (each.event, row.id) for each, row in zip(decided, rows, strict=True) if each.word == "rejected"
        )
        if because:
            return Outcome("rejected", because)
        return Outcome("accepted" if decided and all(each.word == "accepted" for each in decided) else None)

    def _decided(self, row: AnyRow, at: int) -> _Decided:
        moves = [move for move in self._moves.get(row.id, ()) if move.id <= at]
        if not moves:
            return _Decided(None)
        last = moves[-1]
        if last.to_state in _STOPPED:
            return _Decided("rejected", last.id)
        said = self._by_word(row, at) or self._by_report(row, at)
        if said is not None:
            return said
        gone = last.to_state == DocumentState.SENT and self._markers.accepted_when == "sent"
        return _Decided("accepted") if gone else _Decided(None)

    def _by_word(self, row: AnyRow, at: int) -> _Decided | None:
        word = _newest(self._words.get(row.id, ()), at)
        if word is None or word.row.canonical is None:
            return None
        if word.row.canonical in self._markers.rejected_by:
            return _Decided("rejected", word.event)
        return _Decided("accepted")

    def _by_report(self, row: AnyRow, at: int) -> _Decided | None:
        report = None if row.flow_id is None else _newest(self._reports.get(row.flow_id, ()), at)
        if report is None:
            return None
        said = report.row.canonical
        if said == FlowReport.REFUSED:
            return _Decided("rejected", report.event)
        if said == FlowReport.PARTLY_INTEGRATED and row.number and names(report.row, row.number):
            return _Decided("rejected", report.event)
        return _Decided("accepted") if said == FlowReport.INTEGRATED else None


def _newest(words: Sequence[Heard], at: int) -> Heard | None:
    """Return what held after the event `at`, by the words' own times."""
    told = [word for word in words if word.event <= at and not word.given]
    newest = newest_word(word.row for word in told)
    return None if newest is None else next(word for word in told if word.row is newest)


def _moves(view: Connection, entity: str, ids: Sequence[int], until: int) -> Mapping[int, Sequence[AnyRow]]:
    found: dict[int, list[AnyRow]] = defaultdict(list)
    columns = events.c
    for part in chunks(ids):
        about = (columns.entity == entity, columns.entity_id.in_(part), columns.to_state.is_not(None))
        query = select(*(columns[name] for name in _MOVE)).where(*about, columns.id <= until)
        for row in view.execute(query.order_by(columns.id)):
            found[row.entity_id].append(row)
    return found
