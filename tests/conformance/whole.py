"""Whole documents judged by a profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from edid.config.settings import Limits
from edid.validation import catalogue
from edid.validation.packs import Catalogue
from edid.validation.standard import Standard
from edid.validation.verdict import Severity, Verdict
from edid.validation.worker import JudgePool

DAY = date(2026, 11, 23)
"""On which every pack of the shipped catalogue that has a first day is in force."""


class Judged(NamedTuple):
    """A document and the verdict on it."""

    name: str
    verdict: Verdict

    @property
    def fatal(self) -> Counter[str]:
        """How often each rule is broken that makes the document invalid."""
        return Counter(each.rule for each in self.verdict.findings if each.severity is Severity.FATAL)


def judged(paths: Iterable[Path], profile: str, folder: Path, *, packs: Catalogue | None = None) -> list[Judged]:
    """Have edid judge the files at `paths` by `profile`; `folder` takes what they hold."""
    jobs = []
    for number, path in enumerate(sorted(paths)):
        work = folder / f"{profile}-{number}"
        work.mkdir()
        jobs.append((path, work))
    with JudgePool(Limits(), size=2, packs=lambda: packs or catalogue.shipped()) as pool:
        judgements = pool.judge(jobs, standard=Standard(profile, day=DAY))
    return [Judged(path.name, each.verdict) for (path, _), each in zip(jobs, judgements, strict=True)]
