"""What the page shows of one document: everything safe to show, in both languages, within a budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edid.report.excerpts import Line, excerpts
from edid.report.groups import Group, fitting, grouped
from edid.report.judged import Judged
from edid.report.packs import pack_says
from edid.report.printable import shown, shown_path
from edid.report.told import Told, official, told
from edid.report.unchecked import unchecked
from edid.report.words import LANGUAGES
from edid.validation.terms import Language
from edid.validation.verdict import Finding, Outcome, PackUsed, Severity, Verdict

MOST_RULES, MOST_PLACES = 100, 20
"""Most rules shown of a document, and most places of a rule."""
MOST_EXCERPTS, MOST_OF_RULE = 20, 3
"""Most excerpts of one document, and most of one rule of it."""

Texts = Mapping[Language, str]


@dataclass(slots=True)
class Budget:
    """What may still be shown on the page."""

    findings: int = 4_000
    excerpts: int = 1_000


@dataclass(frozen=True, slots=True)
class Pack:
    """A rule pack of a verdict."""

    name: str
    version: str
    sha256: str
    """The first sixteen digits."""
    says: Texts
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Place:
    """One finding of a rule."""

    line: int | None
    path: str
    found: str | None
    expected: str | None
    message: str | None
    """The message where it differs from place to place."""
    source: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that is broken, and where."""

    id: str
    severity: Severity
    words: Mapping[Language, Told]
    message: str | None
    """The message where all places have the same."""
    places: tuple[Place, ...]
    count: int
    """How many places there are, those not shown included."""


@dataclass(frozen=True, slots=True)
class Section:
    """One document."""

    anchor: str
    name: str
    kind: str
    number: str
    outcome: Outcome
    profile: str | None
    gaps: tuple[Texts, ...]
    """What was not checked, one sentence each."""
    packs: tuple[Pack, ...]
    rules: tuple[Rule, ...]
    hidden: int
    """How many findings are not shown at all."""
    truncated: bool


def section(item: Judged, anchor: str, budget: Budget) -> Section:
    """Return what is shown of `item`, and take it from the budget."""
    verdict = item.verdict
    groups = grouped(verdict.findings)
    fits = tuple(fitting(groups, rules=MOST_RULES, places=MOST_PLACES, total=budget.findings))
    budget.findings -= sum(count for _, count in fits)
    sources = _sources(item, fits, budget)
    return Section(
        anchor=anchor,
        name=shown(item.name),
        kind=shown(item.kind),
        number=shown(item.number or ""),
        outcome=verdict.outcome,
        profile=shown(verdict.profile) if verdict.profile else None,
        gaps=_gaps(item.verdict),
        packs=tuple(_pack(pack, verdict) for pack in verdict.packs),
        rules=tuple(_rule(group, count, sources) for group, count in fits),
        hidden=sum(len(group.findings) for group in groups[len(fits) :]),
        truncated=verdict.truncated,
    )


def _sources(item: Judged, fits: tuple[tuple[Group, int], ...], budget: Budget) -> dict[int, tuple[Line, ...]]:
    """Return the source lines by the id of the finding, for the first findings of each rule."""
    chosen = [
        finding
        for group, count in fits
        for finding in group.findings[: min(count, MOST_OF_RULE)]
        if finding.line is not None
    ][: min(MOST_EXCERPTS, budget.excerpts)]
    if item.source is None or not chosen:
        return {}
    budget.excerpts -= len(chosen)
    return {id(finding): lines for finding, lines in zip(chosen, excerpts(item.source, chosen), strict=True)}


def _gaps(verdict: Verdict) -> tuple[Texts, ...]:
    both = [[gap.text for gap in unchecked(verdict, language)] for language in LANGUAGES]
    return tuple(dict(zip(LANGUAGES, texts, strict=True)) for texts in zip(*both, strict=True))


def _pack(pack: PackUsed, verdict: Verdict) -> Pack:
    says = {language: pack_says(pack, verdict, language) for language in LANGUAGES}
    return Pack(shown(pack.name), shown(pack.version), shown(pack.sha256[:16]), says, pack.outcome)


def _rule(group: Group, count: int, sources: Mapping[int, tuple[Line, ...]]) -> Rule:
    words = {language: told(group, language) for language in LANGUAGES}
    message = official(group.findings[0]) if group.alike else None
    places = tuple(
        _place(finding, sources.get(id(finding), ()), own=not group.alike) for finding in group.findings[:count]
    )
    return Rule(shown(group.rule), group.severity, words, message, places, len(group.findings))


def _place(finding: Finding, source: tuple[Line, ...], *, own: bool) -> Place:
    return Place(
        finding.line,
        shown_path(finding.path) if finding.path else "",
        None if finding.found is None else shown(finding.found),
        None if finding.expected is None else shown(finding.expected),
        official(finding) if own else None,
        source,
    )
