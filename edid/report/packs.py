"""What became of each rule pack, in words that say nothing of the document as a whole."""

from __future__ import annotations

from edid.report.words import word
from edid.validation.terms import Language
from edid.validation.verdict import NOTES, Outcome, PackUsed, Severity, Verdict


def pack_says(pack: PackUsed, verdict: Verdict, language: Language) -> str:
    """Return what `pack` said; never less than the findings of the verdict show.

    A finding that names no pack may be of any of them, so that none is called clean. A note is no broken rule, unless
    a sheet made it fatal.
    """
    own = [
        each
        for each in verdict.findings
        if each.pack in {pack.name, None} and (each.rule not in NOTES or each.severity is Severity.FATAL)
    ]
    broken = max(pack.broken, len(own))
    if pack.outcome is Outcome.NOT_JUDGED:
        said = word(language, "pack silent")
    elif pack.outcome is Outcome.INVALID or any(finding.severity is Severity.FATAL for finding in own):
        said = word(language, "pack refuses", broken=broken)
    else:
        said = word(language, "pack remarks" if broken else "pack clean", broken=broken)
    return said if pack.mode is Severity.FATAL else f"{said} ({word(language, f'mode {pack.mode}')})"
