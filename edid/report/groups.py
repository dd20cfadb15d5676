"""The findings of a verdict put in order for a reader: those of one rule together, the heaviest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from edid.validation.verdict import VALIDATOR_FAULT, Finding, Outcome, Severity, Verdict

_WEIGHT = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule of one pack, in the order of the verdict."""

    rule: str
    severity: Severity
    pack: str | None
    findings: tuple[Finding, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """Business terms of all its findings, each once."""
        return tuple(dict.fromkeys(term for finding in self.findings for term in finding.terms))

    @property
    def alike(self) -> bool:
        """True when the pack says the same of every place; else each place needs its own message."""
        first = self.findings[0]
        return all((each.message, each.remedy) == (first.message, first.remedy) for each in self.findings)


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Return the findings about the document by rule, the heaviest first.

    Faults of the rules themselves are not among them, see `edid.report.unchecked`.
    """
    found: dict[tuple[Severity, str, str | None], list[Finding]] = {}
    for finding in findings:
        if finding.rule != VALIDATOR_FAULT:
            found.setdefault((finding.severity, finding.rule, finding.pack), []).append(finding)
    groups = [Group(rule, severity, pack, tuple(each)) for (severity, rule, pack), each in found.items()]
    return tuple(sorted(groups, key=lambda group: _WEIGHT[group.severity]))


def counted(verdict: Verdict) -> dict[Severity, int]:
    """Return how many findings about the document are listed, by severity."""
    counts = dict.fromkeys(Severity, 0)
    for finding in verdict.findings:
        if finding.rule != VALIDATOR_FAULT:
            counts[finding.severity] += 1
    return counts


def outcomes(verdicts: Iterable[Verdict]) -> dict[Outcome, int]:
    """Return how many documents have each outcome."""
    counts = dict.fromkeys(Outcome, 0)
    for verdict in verdicts:
        counts[verdict.outcome] += 1
    return counts


def fitting(groups: Sequence[Group], *, rules: int, places: int, total: int) -> Iterator[tuple[Group, int]]:
    """Yield the first groups, at most `rules`, each with how many of its places to show: at most `places`.

    Over all of them no more than `total` places are shown.
    """
    left = total
    for group in groups[:rules]:
        if left <= 0:
            return
        count = min(len(group.findings), places, left)
        left -= count
        yield group, count
