"""Statuses, flow states, motives and actions asked for, as `edid explain` tells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from edid.cli.meaning import Meaning, Todo, Use
from edid.lifecycle.action import Action, action, actions_by_reason, dated_actions
from edid.lifecycle.equivalents import afnor_code
from edid.lifecycle.flow_reports import flow_meaning
from edid.lifecycle.reasons import motive, reasons, request_text
from edid.lifecycle.statuses import interpret, spelled
from edid.lifecycle.vocabulary import Entry, Numbering, vocabulary

_SOURCE_OF_REASONS = (
    "AIFE, Dossier de spécifications externes FE - Chorus Pro v1.1, tables 3 and 4; AIFE, Dossier général v3.2, "
    "annex 7; FNFE-MPE, BR-FR-CDV 1.4.0"
)
_DIRECTIONS = ("out", "in")


def status(word: str) -> Iterator[Meaning]:
    """Yield the canonical status called `word`."""
    known = vocabulary().statuses.get(word)
    if known is not None:
        yield _told(Meaning(word, "status", known.fr, known.en), word)


def status_code(word: str, dialect: str | None = None) -> Iterator[Meaning]:
    """Yield what each numbering, or that of `dialect` only, means by the code `word`.

    A code that is the name of its status is told by `status`, unless a dialect is asked for.
    """
    words = vocabulary()
    code = spelled(word)
    for name, numbering in words.numberings.items():
        entry = numbering.entry(code)
        if entry is None or dialect not in {None, name} or (dialect is None and entry.status == code):
            continue
        yield _numbered(code, name, numbering, entry)


def flow_state(word: str, dialect: str | None = None) -> Iterator[Meaning]:
    """Yield what the code `word` says about a flow."""
    known = vocabulary().flows.get(spelled(word))
    if known is not None and dialect in {None, known.dialect}:
        report = flow_meaning(word).report
        told = _todos(str(report), ("out",))
        remedy = _newest(told)
        yield Meaning(
            spelled(word),
            "flow status",
            known.fr,
            known.en,
            remedy.what_fr,
            remedy.what_en,
            uses=(Use(known.dialect, spelled(word)),),
            todos=told,
        )


def reason(word: str) -> Iterator[Meaning]:
    """Yield the motive called `word`; a refusal of a flow (IRR_*) is told with the rules."""
    known = motive(word)
    if known is not None and known.used_by:
        uses = tuple(Use(dialect, known.code) for dialect in known.used_by)
        texts = (known.fr, known.en, known.what_fr, known.what_en)
        yield Meaning(known.code, "reason", *texts, source=_SOURCE_OF_REASONS, uses=uses)


def request(word: str) -> Iterator[Meaning]:
    """Yield the action asked for by a status (MDT-121)."""
    texts = request_text(word)
    if texts is not None:
        yield Meaning(word.upper(), "requested action", *texts, uses=(Use("cdar", word.upper()),))


def spellings() -> Iterator[tuple[str, str]]:
    """Yield each way of writing a word of this glossary, with the word."""
    words = vocabulary()
    for name, known in words.statuses.items():
        for written in (name, known.fr, known.en, *known.labels):
            yield written, name
    for code in (*words.flows, *reasons().reasons, *reasons().requests):
        yield code, code
    for numbering in words.numberings.values():
        for code, _ in numbering.entries():
            yield code, code


def _numbered(code: str, dialect: str, numbering: Numbering, entry: Entry) -> Meaning:
    known = vocabulary().statuses[entry.status]
    doubt = (", sens contesté", ", contested") if entry.contested else ("", "")
    fr, en = (f"{text} ({entry.status}{so})" for text, so in zip((known.fr, known.en), doubt, strict=True))
    said = interpret(code, dialect)
    told = _told(Meaning(code, "status", fr, en, source=numbering.source), entry.status)
    if said.canonical is not None:
        return told
    look = action(None, date.min, said=said)
    return replace(told, remedy_fr=look.what_fr, remedy_en=look.what_en)


def _told(meaning: Meaning, canonical: str) -> Meaning:
    uses = tuple(
        Use(name, code, entry.contested)
        for name, numbering in vocabulary().numberings.items()
        for code, entry in numbering.entries()
        if entry.status == canonical
    )
    todos = _todos(canonical, _DIRECTIONS)
    newest = _newest(todos)
    return replace(
        meaning,
        remedy_fr=newest.what_fr,
        remedy_en=newest.what_en,
        uses=uses,
        todos=todos,
        passed_on=afnor_code(canonical),
    )


def _newest(todos: Sequence[Todo]) -> Action:
    return [todo.action for todo in todos if todo.direction == "out" and todo.reason is None][-1]


def _todos(canonical: str, directions: tuple[str, ...]) -> tuple[Todo, ...]:
    todos = []
    for direction in directions:
        dated = dated_actions(canonical, direction)
        ends = [since for since, _ in dated[1:]] + [None]
        todos += [Todo(direction, what, since, end) for (since, what), end in zip(dated, ends, strict=True)]
        todos += [Todo(direction, what, reason=code) for code, what in actions_by_reason(canonical, direction)]
    return tuple(todos)
