"""Whole documents judged by a profile, and what those who made them say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from edid.config.settings import Limits
from edid.validation import catalogue
from edid.validation.packs import Catalogue
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome, Severity, Verdict
from edid.validation.worker import JudgePool

DAY = date(2026, 11, 23)
"""On which every pack of the shipped catalogue that has a first day is in force."""


class Label(NamedTuple):
    """What is known of all documents of one folder of the corpus."""

    folder: str
    profile: str
    count: int
    rules: str
    """Name of the pack that is made for them."""
    broken: frozenset[str] = frozenset()
    """Rules that each of them breaks, fatally; none: all are valid."""
    refused: tuple[str, ...] = ()
    """Names of those that their schema refuses, and nothing else does."""


LABELS = (
    Label("cen/ubl-examples", "en16931", 17, "EN16931-UBL"),
    Label("cen/ubl-unit/testfiles", "en16931", 29, "EN16931-UBL"),
    Label("cen/cii-examples", "en16931", 15, "EN16931-CII"),
    Label("cdar", "fr-ctc", 11, "BR-FR-CDV"),
    Label("chorus/pivot", "chorus-pro", 3, "CPPFacturePivot"),
    Label("chorus/statut", "chorus-pro", 2, "CPPStatut"),
    # AIFE's own samples. The first has no ApplicableHeaderTradeDelivery, which every schema of CII asks for. Chorus Pro
    # takes them although they are no European invoices: no BT-24, no format on dates.
    Label("chorus/cii", "chorus-pro", 12, "CHORUS-PRO", refused=("FSO1116A_P01.xml",)),
    Label("chorus/cii", "en16931", 12, "EN16931-CII", broken=frozenset({"BR-01", "BR-03"})),
)
"""What CEN, AIFE and FNFE-MPE publish, judged by the profile that it is made for."""


class Judged(NamedTuple):
    """A document and the verdict on it."""

    name: str
    verdict: Verdict

    @property
    def fatal(self) -> Counter[str]:
        """How often each rule is broken that makes the document invalid."""
        return Counter(each.rule for each in self.verdict.findings if each.severity is Severity.FATAL)


def judged(
    paths: Iterable[Path], profile: str, folder: Path, *, packs: Catalogue | None = None, processes: int = 1
) -> list[Judged]:
    """Have edid judge the files at `paths` by `profile`; `folder` takes what they hold."""
    jobs = []
    for number, path in enumerate(sorted(paths)):
        work = folder / f"{profile}-{number}"
        work.mkdir()
        jobs.append((path, work))
    with JudgePool(Limits(), size=processes, packs=lambda: packs or catalogue.shipped()) as pool:
        judgements = pool.judge(jobs, standard=Standard(profile, day=DAY))
    return [Judged(path.name, each.verdict) for (path, _), each in zip(jobs, judgements, strict=True)]


def mislabelled(label: Label, found: Sequence[Judged]) -> Iterator[str]:
    """Yield in words where the verdicts `found` on the documents of `label` are not as it says."""
    for each in found:
        if label.broken:
            good = label.broken <= each.fatal.keys()
        elif each.name in label.refused:
            good = each.fatal.keys() == {"XSD"}
        else:
            good = each.verdict.outcome is Outcome.VALID
        if not good:
            reasons = ", ".join(sorted(each.fatal)) or each.verdict.not_judged_because or "nothing fatal"
            yield f"{label.folder}/{each.name} by {label.profile} is {each.verdict.outcome}: {reasons}"
        if label.rules not in {pack.name for pack in each.verdict.packs}:
            yield f"{label.folder}/{each.name} by {label.profile} was not judged by {label.rules}"
    if len(found) != label.count:
        yield f"{label.folder} holds {len(found)} documents, not {label.count}"
