"""A judge of hostile documents, which looks at every verdict before it hands it out."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

from edid.config.settings import Limits
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome, Verdict
from edid.validation.worker import JudgePool
from tests.unit.validation.bench import holds_together

DAY = date(2026, 11, 23)
"""On which every pack of the shipped catalogue that has a first day is in force."""


class Judge:
    """One judge process with the shipped packs. Nothing that it writes is kept."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self.pool = JudgePool(limits, recycle=10**9)  # one process has to stand them all
        self.judged = 0

    def verdict(self, content: bytes | str | Path, profile: str = "fr-ctc") -> Verdict:
        """Return the verdict on a content, or a file where it is, after it was seen to be one."""
        path, work = self._folder / "document", self._folder / "work"
        if isinstance(content, Path):
            path = content
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        work.mkdir()
        try:
            (judgement,) = self.pool.judge([(path, work)], standard=Standard(profile, day=DAY))
        finally:
            shutil.rmtree(work)
        self.judged += 1
        holds_together(judgement.verdict)
        json.dumps(judgement.verdict.as_json()).encode()
        return judgement.verdict

    def survives(self, content: bytes | str | Path, profile: str = "fr-ctc") -> Verdict:
        """Return the verdict on a content that neither ends the process nor takes it too long."""
        before = self.pool.pids()
        found = self.verdict(content, profile)
        assert "the validator process" not in (found.not_judged_because or "")
        assert before in ([], self.pool.pids())
        return found


def refused(verdict: Verdict, *rules: str) -> None:
    """Assert that a file was not taken at all, for one of `rules`."""
    assert verdict.outcome is Outcome.INVALID
    assert [finding.rule for finding in verdict.findings] in [[rule] for rule in rules]
    assert verdict.packs == ()
    assert verdict.findings[0].remedy
