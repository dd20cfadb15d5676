"""The part of an answer that says why and what next: label, reasons, findings, who acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edid.config.answers import FieldName, Language, Told
from edid.exchange.answers import motives
from edid.exchange.answers.answer import Item, Value
from edid.exchange.answers.gathered import Gathered
from edid.exchange.answers.words import advice, bit, sentence
from edid.journal.rows import AnyRow
from edid.journal.states import Direction
from edid.lifecycle.action import Actor, action, flow_action
from edid.lifecycle.flow_reports import flow_meaning
from edid.lifecycle.vocabulary import vocabulary

Facts = dict[FieldName, Value]


def spoken(
    event: AnyRow, word: Told, row: AnyRow | None, document: int | None, known: Gathered, language: Language
) -> Facts:
    """Return what is said of an event in words."""
    if word == "status":
        return _status(event, row, language)
    if word == "given":
        return _given(event, language)
    if word == "report":
        return _report(event, known, language)
    incoming = row is not None and row.direction == Direction.IN
    acts, todo = advice(word, language, incoming=incoming)
    facts: Facts = {"label": sentence(word, language, incoming=incoming), "acts": acts, "todo": todo}
    return facts | _why(event, word, row, document, known, language)


def _status(event: AnyRow, row: AnyRow | None, language: Language) -> Facts:
    data: Mapping[str, Any] = event.data
    reasons = motives.reasons(data.get("reasons"), data.get("dialect") or "", language)
    canonical = data.get("canonical")
    what = action(canonical, event.at.date(), row.direction if row is not None else "out", reasons=_codes(reasons))
    return {
        **_said(data, reasons),
        "label": _label(data, language),
        "motive": motives.said(reasons) or _comment(data),
        "acts": str(what.actor),
        "todo": what.what_fr if language == "fr" else what.what_en,
        "answer": what.answer,
        "days": what.days,
    }


def _given(event: AnyRow, language: Language) -> Facts:
    data: Mapping[str, Any] = event.data
    reasons = motives.reasons(data.get("reasons"), data.get("dialect") or "", language)
    said = _said(data, reasons)
    return {**said, "label": _label(data, language), "motive": motives.said(reasons), "acts": str(Actor.NOBODY)}


def _report(event: AnyRow, known: Gathered, language: Language) -> Facts:
    data: Mapping[str, Any] = event.data
    told = known.reports.get(event.entity_id, {}).get(event.id)
    reasons = motives.errors(told.about, language) if told is not None else ()
    what = flow_action(data.get("canonical") or "", _codes(reasons))
    meaning = flow_meaning(data.get("code") or "")
    return {
        **_said(data, reasons),
        "label": meaning.label_fr if language == "fr" else meaning.label_en,
        "motive": motives.said(reasons) or _comment(data),
        "acts": str(what.actor),
        "todo": what.what_fr if language == "fr" else what.what_en,
        "answer": what.answer,
        "days": what.days,
    }


def _said(data: Mapping[str, Any], reasons: Sequence[Item]) -> Facts:
    return {
        "status": data.get("canonical"),
        "code": motives.plain(data.get("code") or ""),
        "dialect": data.get("dialect"),
        "reasons": tuple(reasons),
        "comment": _comment(data),
    }


def _label(data: Mapping[str, Any], language: Language) -> str | None:
    word = vocabulary().statuses.get(data.get("canonical") or "")
    if word is not None:
        return word.fr if language == "fr" else word.en
    return motives.plain(data.get("label") or data.get("code") or "") or None


def _comment(data: Mapping[str, Any]) -> str | None:
    return motives.plain(data["comment"]) if data.get("comment") else None


def _codes(reasons: Sequence[Item]) -> list[str]:
    return [item.get("code", "") for item in reasons]


def _why(
    event: AnyRow, word: Told, row: AnyRow | None, document: int | None, known: Gathered, language: Language
) -> Facts:
    data: Mapping[str, Any] = event.data
    if event.entity == "file":
        return _of_file(event, known, language)
    if word in {"rejected", "held"}:
        verdict = known.verdicts.get(document or 0, {})
        items = motives.findings(verdict, language)
        because = data.get("error") or data.get("reason") or verdict.get("not_judged_because")
        return {"findings": items, "motive": motives.plain(because) if because else motives.fatal(items)}
    motive = None
    if word == "duplicate" and "same_bytes" in data:
        same = "same bytes" if data["same_bytes"] else "same invoice"
        motive = bit(same, language, original=(row and row.duplicate_of) or "?")
    elif word == "answered":
        motive = bit("answered", language, by=data.get("by") or "?")
    elif word == "excluded":
        motive = data.get(f"because_{language}")
    elif word in {"failed", "kept"} and data.get("error"):
        motive = motives.plain(data["error"])
    return {"motive": motive}


def _of_file(event: AnyRow, known: Gathered, language: Language) -> Facts:
    """Return why a file was refused: unread, with the code of a rule, or row by row, as the journal says of it."""
    data: Mapping[str, Any] = event.data
    if data.get("code"):
        reason = data.get("reason") or ""
        return {"findings": (motives.finding(data["code"], reason, language),), "motive": motives.plain(reason)}
    file = known.files.get(event.entity_id)
    told = file is not None and event.name != "file.claimed" and file.reason
    return {"motive": motives.plain(told) if told else None}
