"""Marker files beside the name that the ERP gave: `.accepted`, or `.rejected` with `.err` that says why.

A marker is written when the outcome of a file changes, so one that the ERP took away does not come back. A name says
one thing at a time: the newest outcome takes the place of the one before, even of an earlier file of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from edid.config.answers import Answers
from edid.exchange.answers.answer import Answer
from edid.exchange.answers.kinds import told_by
from edid.exchange.answers.lettering import codec, fitted, mark
from edid.exchange.answers.making import answers
from edid.exchange.answers.names import marker_name
from edid.exchange.answers.outcomes import History, Outcome, file_of
from edid.exchange.answers.words import bit
from edid.journal.chunks import chunks
from edid.journal.rows import AnyRow
from edid.journal.tables import documents, events, files

ACCEPTED, REJECTED, WHY = ".accepted", ".rejected", ".err"
_MOST_TOLD: Final = 100
"""Refused documents that one .err describes."""


@dataclass(frozen=True, slots=True)
class Marking:
    """What is to be done in the status folder."""

    put: Sequence[tuple[str, bytes]]
    remove: Sequence[str]


def marking(view: Connection, batch: Sequence[AnyRow], after: int, settings: Answers) -> Marking:
    """Return the marker files that the events of `batch`, which follow the event `after`, give."""
    touched = _touched(view, batch)
    if not touched:
        return Marking((), ())
    until = batch[-1].id
    history = History(view, touched, settings.markers, until)
    named = _names(view, touched)
    put: dict[str, bytes] = {}
    for file_id in sorted(touched):
        outcome = history.outcome(file_id, until)
        if outcome.word is None or outcome == history.outcome(file_id, after):
            continue
        name = marker_name(named[file_id])
        for suffix in (ACCEPTED, REJECTED, WHY):  # of two files of one name, the later one speaks
            put.pop(name + suffix, None)
        if outcome.word == "accepted":
            put[name + ACCEPTED] = b""
        else:
            put |= {name + WHY: _why(view, outcome, named[file_id], settings), name + REJECTED: b""}
    return Marking(tuple(put.items()), _outdated(put))


def _outdated(put: Mapping[str, bytes]) -> list[str]:
    accepted = [name.removesuffix(ACCEPTED) for name in put if name.endswith(ACCEPTED)]
    rejected = [name.removesuffix(REJECTED) for name in put if name.endswith(REJECTED)]
    gone = [name + suffix for name in accepted for suffix in (REJECTED, WHY)]
    return gone + [name + ACCEPTED for name in rejected]


def _touched(view: Connection, batch: Sequence[AnyRow]) -> set[int]:
    """Return the dropped files that the events of a batch may decide about."""
    telling = [event for event in batch if told_by(event) is not None]
    about = {event.entity_id for event in telling if event.entity == "document"}
    flows = sorted({event.entity_id for event in telling if event.entity == "flow"})
    for part in chunks(flows):
        about |= set(view.execute(select(documents.c.id).where(documents.c.flow_id.in_(part))).scalars())
    return {event.entity_id for event in telling if event.entity == "file"} | file_of(view, about)


def _names(view: Connection, ids: set[int]) -> dict[int, str]:
    columns = files.c
    return {
        row.id: row.name
        for part in chunks(sorted(ids))
        for row in view.execute(select(columns.id, columns.name).where(columns.id.in_(part)))
    }


def _why(view: Connection, outcome: Outcome, name: str, settings: Answers) -> bytes:
    """Return the content of `.err`: for each refused document what it is, why, and what to do."""
    because = outcome.because[:_MOST_TOLD]
    numbers = [event for event, _ in because]
    rows = view.execute(select(events).where(events.c.id.in_(numbers)).order_by(events.c.id)).all()
    told = [each for each in answers(view, rows, settings.language) if (each.event, each.document) in set(because)]
    lines = [_said("file", name, settings)]
    for answer in told:
        lines += ["", *_lines(answer, settings)]
    if len(outcome.because) > _MOST_TOLD:
        lines += ["", bit("more", settings.language)]
    text = "\r\n".join(fitted(line, settings.encoding) for line in lines) + "\r\n"
    return mark(settings.encoding) + text.encode(codec(settings.encoding))


def _lines(answer: Answer, settings: Answers) -> list[str]:
    facts = answer.facts
    lines = [f"{facts['label']} ({facts['event_id']})"]
    which = " ".join(str(part) for part in (facts.get("number"), facts.get("member")) if part)
    for word, value in (("document", which), ("why", facts.get("motive")), ("todo", facts.get("todo"))):
        if value:
            lines.append(_said(word, str(value), settings))
    found = facts.get("findings") or ()
    if isinstance(found, tuple):
        lines += [_said("finding", f"{item['rule']}: {item['message']}", settings) for item in found]
    comment = facts.get("comment")
    return [*lines, str(comment)] if comment and comment != facts.get("motive") else lines


def _said(word: str, value: str, settings: Answers) -> str:
    return f"{bit(word, settings.language)}{bit(':', settings.language)} {value}"
