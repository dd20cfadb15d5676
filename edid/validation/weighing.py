"""How heavy a finding is, after all: what a pack, a profile and a sheet say of its rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edid.validation.packs import Weighing
from edid.validation.verdict import VALIDATOR_FAULT, Finding, Outcome, PackUsed, Severity, Verdict, concluded

_BY_WEIGHT = (Severity.INFORMATION, Severity.WARNING, Severity.FATAL)


def lighter(one: Severity, other: Severity) -> Severity:
    """Return the lighter of two severities."""
    return min(one, other, key=_BY_WEIGHT.index)


def weighed(rule: str, flag: Severity | None, unflagged: Severity, weighings: Sequence[Weighing]) -> Severity | None:
    """Return the severity of a finding of `rule` to which its stylesheet gave `flag`; None: it is left out."""
    for weighing in weighings:
        if weighing.applies(rule) and (flag is None or not weighing.unflagged_only):
            return weighing.severity
    return flag or unflagged


def reweighed(verdict: Verdict, weighings: Sequence[Weighing], tolerated: Sequence[str] = ()) -> Verdict:
    """Return `verdict` as a sheet weighs it; the outcome is decided anew.

    `weighings`: name a rule, or a pack (`pack:NAME`) for all of its rules; the first that applies counts. None makes
    a fault of the rules count against the document; one that makes a pack weigh more makes its silence count, too.
    `tolerated`: names of packs that may fail to judge: what the others say then decides.
    """
    if not weighings and not tolerated:
        return verdict
    findings = []
    for finding in verdict.findings:
        given = next((each for each in weighings if _concerns(each, finding)), None)
        if given is None:
            findings.append(finding)
        elif given.severity is not None:
            severity = lighter(given.severity, finding.severity) if finding.rule == VALIDATOR_FAULT else given.severity
            findings.append(replace(finding, severity=severity))
    packs = tuple(_tolerating(_binding(pack, weighings), findings, tolerated) for pack in verdict.packs)
    if not packs:  # refused, or not judged, before any pack was asked
        return verdict
    return concluded(packs, findings, truncated=verdict.truncated, profile=verdict.profile)


def _concerns(weighing: Weighing, finding: Finding) -> bool:
    wanted, _, name = weighing.rules.partition(":")
    if wanted == "pack":
        return finding.pack == name
    return weighing.applies(finding.rule)


def _binding(pack: PackUsed, weighings: Sequence[Weighing]) -> PackUsed:
    """Return `pack` with the mode that the sheet gives it, where that is heavier than its own."""
    given = next((each.severity for each in weighings if each.rules == f"pack:{pack.name}"), None)
    return pack if given is None or lighter(given, pack.mode) is given else replace(pack, mode=given)


def _tolerating(pack: PackUsed, findings: Sequence[Finding], tolerated: Sequence[str]) -> PackUsed:
    """Return what becomes of `pack`: its outcome follows its findings; one tolerated may inform only."""
    if pack.outcome is Outcome.NOT_JUDGED:
        return replace(pack, mode=Severity.INFORMATION) if pack.name in tolerated else pack
    fatal = any(each.pack == pack.name and each.severity is Severity.FATAL for each in findings)
    return replace(pack, outcome=Outcome.INVALID if fatal else Outcome.VALID)
