"""Why: the findings, reasons and errors behind an event, as items and as one text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from edid.config.answers import Language
from edid.documents.names import shown
from edid.exchange.answers.answer import Item
from edid.lifecycle.reasons import reason_text
from edid.validation.explanations import explain
from edid.validation.verdict import Severity

_MOST_ITEMS: Final = 100
"""Findings or reasons in one answer; the verdict note beside the refused file has them all."""
_PARTS: Final = ("code", "text", "action_code", "action")
_OF_FLOWS: Final = "cpp-statut"
_LONGEST: Final = 500
_LONGEST_MOTIVE: Final = 2000
_WEIGHTS: Final = [str(severity) for severity in (Severity.FATAL, Severity.WARNING, Severity.INFORMATION)]


def findings(verdict: Mapping[str, Any], language: Language) -> tuple[Item, ...]:
    """Return the findings of a journalled verdict, the heaviest first, with plain messages where edid has them."""
    rows = sorted(verdict.get("findings") or (), key=lambda row: _weight(row.get("severity")))
    return tuple(finding(row["rule"], row["message"], language, row["severity"]) for row in rows[:_MOST_ITEMS])


def finding(rule: str, message: str, language: Language, severity: str = _WEIGHTS[0]) -> Item:
    """Return one finding in words for people."""
    told = explain(rule)
    said = told.meaning(language) if told.known else message
    return {"rule": plain(rule), "severity": severity, "message": plain(said)}


def fatal(items: Sequence[Item]) -> str | None:
    """Return what makes a document invalid as one text."""
    return one_text(item["message"] for item in items if item["severity"] == _WEIGHTS[0])


def reasons(data: Sequence[Mapping[str, Any]] | None, dialect: str, language: Language) -> tuple[Item, ...]:
    """Return the motives of a status as it was journalled, without what is absent, each with what its code means."""
    items = []
    for row in (data or ())[:_MOST_ITEMS]:
        item = {name: plain(str(row[name])) for name in _PARTS if row.get(name)}
        if row.get("notes"):
            item["notes"] = plain(" ".join(map(str, row["notes"])))
        items.append(item | _meaning(item.get("code"), dialect, language))
    return tuple(items)


def errors(about: Mapping[str, Any], language: Language) -> tuple[Item, ...]:
    """Return the errors of a flow report (nature, code, label, description) as reasons."""
    items = []
    for _nature, code, label, description in (about.get("errors") or ())[:_MOST_ITEMS]:
        text = " - ".join(part for part in (label, description) if part)
        item = {"code": plain(code or ""), "text": plain(text)}
        items.append(item | _meaning(item["code"], _OF_FLOWS, language))
    return tuple(items)


def _meaning(code: str | None, dialect: str, language: Language) -> dict[str, str]:
    known = reason_text(code, dialect) if code else None
    return {} if known is None else {"meaning": plain(known[0] if language == "fr" else known[1])}


def said(items: Sequence[Item]) -> str | None:
    """Return reasons as one text: the words, else the code."""
    return one_text(
        item.get("text") or item.get("meaning") or item.get("notes") or item.get("code") or "" for item in items
    )


def one_text(parts: Any) -> str | None:  # noqa: ANN401 - any iterable of texts
    """Return `parts` without repetitions as one text of a bounded length; None when there is nothing."""
    joined = " ; ".join(dict.fromkeys(part for part in parts if part))
    return plain(joined, _LONGEST_MOTIVE) or None


def plain(text: str, limit: int = _LONGEST) -> str:
    """Return `text` in one line without control characters, of a bounded length."""
    return shown(" ".join(text[: 4 * limit].split()), limit=limit)


def _weight(severity: object) -> int:
    return _WEIGHTS.index(str(severity)) if severity in _WEIGHTS else len(_WEIGHTS)
