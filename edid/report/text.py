"""The report for a terminal: the outcome first, then what was not checked, then each rule that is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edid.report.groups import Group, fitting, grouped, outcomes
from edid.report.judged import Judged
from edid.report.packs import pack_says
from edid.report.printable import shown
from edid.report.told import official, place, told
from edid.report.unchecked import unchecked
from edid.report.words import labelled, word
from edid.validation.terms import Language
from edid.validation.verdict import Finding, Outcome, Severity, Verdict

MOST_RULES, MOST_PLACES, MOST_FINDINGS = 100, 10, 250
"""Most rules shown of a document, most places of a rule, most places over all rules."""

_COLOURS: dict[str, int] = {
    Outcome.VALID: 32,
    Outcome.INVALID: 31,
    Outcome.NOT_JUDGED: 33,
    Severity.FATAL: 31,
    Severity.WARNING: 33,
    Severity.INFORMATION: 36,
}


def render(items: Sequence[Judged], *, language: Language, colour: bool = False) -> str:
    """Return the report on all documents, with their number by outcome at the end."""
    parts = [f"{document(item, language=language, colour=colour)}\n" for item in items]
    return "".join([*parts, f"{total([item.verdict for item in items], language)}\n"])


def document(item: Judged, *, language: Language, colour: bool = False) -> str:
    """Return the report on one document, which ends with a line break.

    `colour`: with the colours of a terminal around edid's own words. What the document says is always plain.
    """
    return "".join(f"{line}\n" for line in _lines(item, language, colour=colour))


def total(verdicts: Sequence[Verdict], language: Language) -> str:
    """Return the line that counts the documents by outcome."""
    if not verdicts:
        return word(language, "none")
    count = outcomes(verdicts)
    return word(
        language,
        "total",
        all=len(verdicts),
        valid=count[Outcome.VALID],
        invalid=count[Outcome.INVALID],
        silent=count[Outcome.NOT_JUDGED],
    )


def _lines(item: Judged, language: Language, *, colour: bool) -> Iterator[str]:
    verdict = item.verdict
    known = " ".join(shown(part) for part in (item.kind, item.number) if part)
    outcome = _painted(word(language, str(verdict.outcome)), verdict.outcome, colour=colour)
    yield f"{outcome}  {shown(item.name)}{word(language, ':')} {known}".rstrip()
    yield f"  {word(language, f'{verdict.outcome} says')}"
    label = _painted(word(language, "unchecked"), Outcome.NOT_JUDGED, colour=colour) + word(language, ":")
    for gap in unchecked(verdict, language):
        yield f"  {label} {gap.text}"
    yield from _packs(verdict, language)
    groups = grouped(verdict.findings)
    told_of = 0
    fits = fitting(groups, rules=MOST_RULES, places=MOST_PLACES, total=MOST_FINDINGS)
    for number, (group, places) in enumerate(fits, 1):
        yield from _group(number, group, places, language, colour=colour)
        told_of += len(group.findings)
    if rest := sum(len(group.findings) for group in groups) - told_of:
        yield f"  {word(language, 'more findings', count=rest)}"
    if verdict.truncated:
        yield f"  {word(language, 'truncated')}"


def _packs(verdict: Verdict, language: Language) -> Iterator[str]:
    if not verdict.packs:
        yield f"  {labelled(language, 'checked', word(language, 'nothing asked'))}"
    else:
        yield f"  {word(language, 'checked')}{word(language, ':')}"
    for pack in verdict.packs:
        yield f"    {shown(pack.name)} {shown(pack.version)}{word(language, ':')} {pack_says(pack, verdict, language)}"
    if verdict.profile:
        yield f"  {labelled(language, 'profile', shown(verdict.profile))}"


def _group(number: int, group: Group, places: int, language: Language, *, colour: bool) -> Iterator[str]:
    words = told(group, language)
    weight = _painted(f"[{word(language, str(group.severity))}]", group.severity, colour=colour)
    yield ""
    yield f"  {number}. {weight} {shown(group.rule)}{word(language, ':')} {words.meaning}"
    if words.terms:
        yield f"     {labelled(language, 'terms', ', '.join(words.terms))}"
    if len(group.findings) > 1:
        yield f"     {labelled(language, 'where', word(language, 'places', count=len(group.findings)))}"
    for finding in group.findings[:places]:
        yield from _place(finding, language, alone=len(group.findings) == 1, own=not group.alike)
    if len(group.findings) > places:
        yield f"       {word(language, 'more places', count=len(group.findings) - places)}"
    yield f"     {labelled(language, 'remedy', words.remedy)}"
    if group.alike:
        yield f"     {labelled(language, 'detail', official(group.findings[0]))}"


def _place(finding: Finding, language: Language, *, alone: bool, own: bool) -> Iterator[str]:
    """Yield where, what was found and expected; with `own`, the pack's message of this very place."""
    where = place(finding, language)
    margin = "     " if alone else "         "
    if not alone:
        yield f"       - {where or word(language, 'document')}"
    elif where:
        yield f"{margin}{labelled(language, 'where', where)}"
    for key, value in (("found", finding.found), ("expected", finding.expected)):
        if value is not None:
            yield f"{margin}{labelled(language, key, shown(value))}"
    if own:
        yield f"{margin}{labelled(language, 'detail', official(finding))}"


def _painted(text: str, what: Outcome | Severity, *, colour: bool) -> str:
    return f"\x1b[1;{_COLOURS[what]}m{text}\x1b[0m" if colour else text
