"""The verdict: valid, invalid or not judged, with what was checked and what was found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """The three possible outcomes; there is no fourth, and `not judged` never counts as valid."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_JUDGED = "not judged"


class Severity(StrEnum):
    """How much a finding weighs. Only `fatal` makes a document invalid."""

    FATAL = "fatal"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: what, where, what it means, how to mend it."""

    rule: str
    """Rule id: XML-WELL-FORMED, XSD, an IRR_* code, ... ."""
    severity: Severity
    message: str
    line: int | None = None
    path: str | None = None
    """XPath of the place, with the prefixes of the document."""
    found: str | None = None
    expected: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class PackUsed:
    """A rule pack that took part in a verdict."""

    name: str
    version: str
    sha256: str
    """Of the pack's main file."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What judging one document said."""

    outcome: Outcome
    packs: tuple[PackUsed, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_judged_because: str | None = None
    """Set exactly when the outcome is `not judged`."""
    truncated: bool = False
    """True when more findings exist than are listed."""

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as JSON-ready data."""
        return {
            "outcome": self.outcome,
            "packs": [asdict(pack) for pack in self.packs],
            "findings": [asdict(finding) for finding in self.findings],
            "not_judged_because": self.not_judged_because,
            "truncated": self.truncated,
        }


def not_judged(because: str, *findings: Finding) -> Verdict:
    """Return a verdict that says why nothing can be said."""
    return Verdict(Outcome.NOT_JUDGED, findings=findings, not_judged_because=because)
