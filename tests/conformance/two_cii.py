"""The rules for CII that come with edid, beside CEN's own file: is the outcome the same, and if not, why?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from edid.validation.verdict import Outcome
from tests.conformance.cen_cii import catalogue_with
from tests.conformance.whole import Judged, judged

_PROFILE = "en16931"


@dataclass(slots=True)
class Agreement:
    """What asking both about the same documents gave."""

    by_schema: int = 0
    """Documents that the schema refuses: the rules decide nothing there."""
    valid: int = 0
    """Documents that both take."""
    invalid: int = 0
    """Documents that both refuse."""
    broke_off: int = 0
    """Documents on which rules of one or both ended with an error."""
    too_strict: Counter[str] = field(default_factory=Counter)
    """Documents that the shipped rules alone refuse, by the rules they break."""
    too_lax: Counter[str] = field(default_factory=Counter)
    """Documents that CEN's file alone refuses, by the rules they break."""

    @property
    def asked(self) -> int:
        """Documents about which both gave an answer of their own."""
        return self.valid + self.invalid + self.too_strict.total() + self.too_lax.total()

    @property
    def share(self) -> float:
        """The part of these on which both agree."""
        return (self.valid + self.invalid) / self.asked if self.asked else 1.0

    def add(self, shipped: Judged, theirs: Judged) -> None:
        """Count one document."""
        if "XSD" in shipped.fatal:
            self.by_schema += 1
        elif Outcome.NOT_JUDGED in {shipped.verdict.outcome, theirs.verdict.outcome}:
            self.broke_off += 1
        elif shipped.verdict.outcome is theirs.verdict.outcome:
            self.valid += shipped.verdict.outcome is Outcome.VALID
            self.invalid += shipped.verdict.outcome is Outcome.INVALID
        elif shipped.fatal:
            self.too_strict[", ".join(sorted(shipped.fatal))] += 1
        else:
            self.too_lax[", ".join(sorted(theirs.fatal))] += 1


def compared(paths: Iterable[Path], folder: Path, stylesheet: Path) -> Agreement:
    """Judge the CII invoices at `paths` by the shipped rules and by CEN's `stylesheet`; `folder` takes work files."""
    documents = list(paths)
    folders = [folder / "shipped", folder / "theirs"]
    for each in folders:
        each.mkdir()
    shipped = judged(documents, _PROFILE, folders[0], processes=2)
    theirs = judged(documents, _PROFILE, folders[1], packs=catalogue_with(stylesheet), processes=2)
    agreement = Agreement()
    for mine, other in zip(shipped, theirs, strict=True):
        agreement.add(mine, other)
    return agreement
