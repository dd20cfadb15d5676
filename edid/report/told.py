"""What is told of a rule besides its pack's message: edid's own sentence, what to do, the names of its terms."""

from __future__ import annotations

from dataclasses import dataclass

from edid.report.groups import Group
from edid.report.printable import MESSAGE, VALUE, shown, shown_path
from edid.report.words import word
from edid.validation.explanations import explain
from edid.validation.terms import Language, name_of
from edid.validation.verdict import Finding

_MOST_TERMS = 20


@dataclass(frozen=True, slots=True)
class Told:
    """The words for one rule, in one language, safe to show."""

    known: bool
    """False when edid cannot explain the rule: its message says it all."""
    meaning: str
    remedy: str
    terms: tuple[str, ...]
    """Each with its name where it has one: `BT-112 Invoice total amount with VAT`."""


def told(group: Group, language: Language) -> Told:
    """Return the words for a group; for a rule that edid does not know they only point to its message."""
    explanation = explain(group.rule)
    terms = tuple(_named(term, language) for term in (group.terms or explanation.terms)[:_MOST_TERMS])
    return Told(explanation.known, explanation.meaning(language), explanation.remedy(language), terms)


def place(finding: Finding, language: Language) -> str:
    """Return the line and the path of a finding, or an empty text."""
    line = word(language, "line", line=finding.line) if finding.line is not None else ""
    return ", ".join(part for part in (line, shown_path(finding.path) if finding.path else "") if part)


def official(finding: Finding) -> str:
    """Return the pack's message, followed by its own advice where it has any."""
    said = shown(finding.message, MESSAGE)
    return f"{said} {shown(finding.remedy, MESSAGE)}" if finding.remedy else said


def _named(term: str, language: Language) -> str:
    name = name_of(term, language)
    return shown(term) if name is None else f"{shown(term)} {shown(name, VALUE)}"
