"""What the journal knows of the subjects of some events, in a few bounded queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from edid.exchange.answers.history import Heard, heard
from edid.journal.chunks import chunks
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState
from edid.journal.tables import documents, files, flows

_WITH_VERDICT = {f"document.{DocumentState.REJECTED}", f"document.{DocumentState.HELD}"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows by id."""

    documents: Mapping[int, AnyRow]
    of_flow: Mapping[int, Sequence[int]]
    """The documents of each flow that an event is about, in their order."""
    flows: Mapping[int, AnyRow]
    files: Mapping[int, AnyRow]
    verdicts: Mapping[int, Mapping[str, Any]]
    """Of documents that did not leave."""
    reports: Mapping[int, Mapping[int, AnyRow]]
    """By flow: the status row of each event that told a report."""


def gather(view: Connection, events: Sequence[AnyRow]) -> Gathered:
    """Return everything that answers about `events` need."""
    about = _subjects(events)
    of_flow = _documents_of(view, about["flow"])
    wanted = about["document"] | {each for ids in of_flow.values() for each in ids}
    rows = _by_id(view, _document_query(), documents.c.id, wanted)
    in_flows = about["flow"] | {row.flow_id for row in rows.values() if row.flow_id is not None}
    in_files = about["file"] | {row.file_id for row in rows.values() if row.file_id is not None}
    refused = {event.entity_id for event in events if event.name in _WITH_VERDICT} & rows.keys()
    verdicts = _by_id(view, select(documents.c.id, documents.c.verdict), documents.c.id, refused)
    told = {event.entity_id for event in events if event.name == "flow.status"} - {None}
    until = max((event.id for event in events), default=0)
    return Gathered(
        rows,
        of_flow,
        _by_id(view, select(flows), flows.c.id, in_flows),
        _by_id(view, select(files.c.id, files.c.name, files.c.reason), files.c.id, in_files),
        {each: row.verdict or {} for each, row in verdicts.items()},
        {flow: _by_event(words) for flow, words in heard(view, "flow", told, until).items()},
    )


def affordable(view: Connection, events: Sequence[AnyRow], most: int) -> Sequence[AnyRow]:
    """Return the first of `events`, so many that their flows hold no more than `most` documents; at least one."""
    counts = _by_id(
        view,
        select(flows.c.id, flows.c.document_count),
        flows.c.id,
        {event.entity_id for event in events if event.entity == "flow" and event.entity_id is not None},
    )
    total = 0
    for number, event in enumerate(events):
        if event.entity == "flow" and event.entity_id in counts:
            total += counts[event.entity_id].document_count
        if total > most and number:
            return events[:number]
    return events


def _subjects(events: Sequence[AnyRow]) -> dict[str, set[int]]:
    about: dict[str, set[int]] = defaultdict(set)
    for event in events:
        if event.entity_id is not None:
            about[event.entity].add(event.entity_id)
    return about


def _documents_of(view: Connection, flow_ids: Iterable[int]) -> Mapping[int, Sequence[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    columns = documents.c
    for part in chunks(sorted(flow_ids)):
        query = select(columns.id, columns.flow_id).where(columns.flow_id.in_(part))
        for row in view.execute(query.order_by(columns.flow_id, columns.position, columns.id)):
            found[row.flow_id].append(row.id)
    return found


def _document_query() -> Any:  # noqa: ANN401 - a Select of many columns
    columns = documents.c
    names = "id direction file_id flow_id member kind interface_code number issue_date facts duplicate_of"
    return select(*(columns[name] for name in names.split()), columns.filed_as)


def _by_id(view: Connection, query: Any, key: ColumnElement[int], ids: Iterable[int]) -> dict[int, AnyRow]:  # noqa: ANN401
    return {row.id: row for part in chunks(sorted(ids)) for row in view.execute(query.where(key.in_(part)))}


def _by_event(words: Sequence[Heard]) -> Mapping[int, AnyRow]:
    return {word.event: word.row for word in words}
