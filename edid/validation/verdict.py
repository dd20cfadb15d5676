"""The verdict: valid, invalid or not judged, with what was checked and what was found."""

from __future__ import annotations

from collections.abc import Sequence
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


VALIDATOR_FAULT = "VALIDATOR-FAULT"
"""Rule of a finding about the rules themselves: they broke off on this document, which says nothing of it."""
PROFILE_UNKNOWN = "PROFILE-UNKNOWN"
PARTLY_READ = "PARTLY-READ"
NOTES = frozenset({VALIDATOR_FAULT, PROFILE_UNKNOWN, PARTLY_READ, "FX-PDF-NOT-CHECKED"})
"""Rules of findings that say how the document was checked, or was not: none of them counts as broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: what, where, what it means, how to mend it."""

    rule: str
    """Rule id as its pack writes it: BR-CO-15, BR-FR-08_BT-23, XML-WELL-FORMED, XSD, an IRR_* code, ... ."""
    severity: Severity
    message: str
    """The pack's own message, in its own language."""
    line: int | None = None
    path: str | None = None
    """XPath of the place, with the prefixes of the document."""
    found: str | None = None
    expected: str | None = None
    remedy: str | None = None
    pack: str | None = None
    """Name of the pack that the rule belongs to; None for what is refused before any pack is asked."""
    terms: tuple[str, ...] = ()
    """Business terms and groups that the rule is about: BT-23, BG-25, EXT-FR-FE-136, MDT-105, ... ."""


@dataclass(frozen=True, slots=True)
class PackUsed:
    """A rule pack that took part in a verdict, and what became of it."""

    name: str
    version: str
    sha256: str
    """Of the pack's main file."""
    mode: Severity = Severity.FATAL
    """The most that a finding of this pack may weigh here."""
    outcome: Outcome = Outcome.VALID
    """What this pack alone says of the document."""
    because: str | None = None
    """Set exactly when this pack could not judge the document."""
    broken: int = 0
    """How many rules were found broken, those not listed included; a rule counts once for each place."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What judging one document said."""

    outcome: Outcome
    packs: tuple[PackUsed, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_judged_because: str | None = None
    """Set exactly when the outcome is `not judged`."""
    truncated: bool = False
    """True when more findings exist than are listed; every rule that was found broken is listed at least once."""
    profile: str | None = None
    """The validation profile that chose the packs."""

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as JSON-ready data, as schemas/verdict.schema.json describes it."""
        return {
            "outcome": self.outcome,
            "profile": self.profile,
            "packs": [asdict(pack) for pack in self.packs],
            "findings": [asdict(finding) for finding in self.findings],
            "not_judged_because": self.not_judged_because,
            "truncated": self.truncated,
        }


def not_judged(because: str, *findings: Finding, profile: str | None = None) -> Verdict:
    """Return a verdict that says why nothing can be said."""
    return Verdict(Outcome.NOT_JUDGED, findings=findings, not_judged_because=because, profile=profile)


def concluded(
    packs: Sequence[PackUsed], findings: Sequence[Finding], *, truncated: bool = False, profile: str | None = None
) -> Verdict:
    """Return the verdict that follows from what the packs said: the one place where an outcome is decided.

    One fatal finding: invalid. None, but a pack could not judge: not judged. A pack that may only inform does not
    count, as none of its findings could have made the document invalid. No pack that judged at all: not judged.
    """
    silent = [pack for pack in packs if pack.outcome is Outcome.NOT_JUDGED and pack.mode is not Severity.INFORMATION]
    because = None
    if any(finding.severity is Severity.FATAL for finding in findings):
        outcome = Outcome.INVALID
    elif silent or all(pack.outcome is Outcome.NOT_JUDGED for pack in packs):
        outcome = Outcome.NOT_JUDGED
        because = " ".join(f"{pack.name} {pack.version}: {pack.because}" for pack in silent or packs)
        because = because or "no rule pack was asked."
    else:
        outcome = Outcome.VALID
    return Verdict(outcome, tuple(packs), tuple(findings), because, truncated, profile)
