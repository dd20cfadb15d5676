"""What was not checked, said whatever the outcome: a check that did not run is never passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edid.report.printable import MESSAGE, shown
from edid.report.words import labelled, word
from edid.validation.explanations import explain
from edid.validation.terms import Language
from edid.validation.verdict import VALIDATOR_FAULT, Finding, Outcome, PackUsed, Severity, Verdict

MOST_FAULTS = 10
"""Most breakdowns of rules that are listed of one document."""


class Unchecked(NamedTuple):
    """One thing that was not checked."""

    text: str
    """A sentence, safe to show."""
    fault: Finding | None = None
    """Where a rule broke off, if that is what happened."""


def unchecked(verdict: Verdict, language: Language) -> Iterator[Unchecked]:
    """Yield why there is no judgement, each pack that said nothing, and each rule that broke off; each reason once."""
    silent = [pack for pack in verdict.packs if pack.outcome is Outcome.NOT_JUDGED]
    if verdict.outcome is Outcome.NOT_JUDGED and not _repeats(verdict.not_judged_because, silent):
        yield Unchecked(_reason(verdict.not_judged_because, language))
    for pack in silent:
        name = f"{shown(pack.name)} {shown(pack.version)}"
        yield Unchecked(f"{name}{word(language, ':')} {_reason(pack.because, language)}")
    if verdict.outcome is Outcome.INVALID and not verdict.packs:
        yield Unchecked(word(language, "early"))
    faults = [finding for finding in verdict.findings if finding.rule == VALIDATOR_FAULT]
    for place, finding in enumerate(faults[:MOST_FAULTS]):
        text = labelled(language, "fault", shown(finding.message, MESSAGE))
        if place == 0:
            text += f" ({labelled(language, 'remedy', explain(finding.rule).remedy(language))})"
        yield Unchecked(text, finding)
    if len(faults) > MOST_FAULTS:
        yield Unchecked(word(language, "more faults", count=len(faults) - MOST_FAULTS))


def _reason(because: str | None, language: Language) -> str:
    return shown(because, MESSAGE) if because else word(language, "no reason")


def _repeats(reason: str | None, silent: Sequence[PackUsed]) -> bool:
    """Tell whether the reason only repeats what the packs say, as `edid.validation.verdict.concluded` writes it."""
    blocking = [pack for pack in silent if pack.mode is not Severity.INFORMATION] or silent
    return bool(blocking) and reason == " ".join(f"{pack.name} {pack.version}: {pack.because}" for pack in blocking)
