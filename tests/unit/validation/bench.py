"""One judge process for many tests, and the rule packs that it is given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edid.config.settings import Limits
from edid.validation import catalogue
from edid.validation.judging import Judgement
from edid.validation.packs import Catalogue
from edid.validation.standard import Standard
from edid.validation.verdict import Finding, Outcome, Severity, Verdict
from edid.validation.worker import JudgePool


class Bench:
    """A pool of one process; each call may bring its own catalogue. SaxonC never starts in the process of the tests."""

    def __init__(self, folder: Path, limits: Limits | None = None, **options: int) -> None:
        self._folder = folder
        self._packs = catalogue.shipped()
        self._count = 0
        self.pool = JudgePool(limits or Limits(), packs=lambda: self._packs, **options)

    def judge(
        self, *contents: bytes | str | Path, known: Catalogue | None = None, **standard: object
    ) -> list[Judgement]:
        """Judge contents, or files where they are, in one batch; `standard`: the fields of Standard."""
        self._packs = known or catalogue.shipped()
        jobs = []
        for content in contents:
            self._count += 1
            path, work = self._folder / f"{self._count}", self._folder / f"{self._count}-work"
            if isinstance(content, Path):
                path = content
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
            work.mkdir()
            jobs.append((path, work))
        return self.pool.judge(jobs, standard=Standard(**standard))

    def verdict(self, content: bytes | str | Path, known: Catalogue | None = None, **standard: object) -> Verdict:
        """Judge one content, by the packs of `known`, those of this installation unless given."""
        (judgement,) = self.judge(content, known=known, **standard)
        return judgement.verdict

    def pids(self) -> list[int]:
        """Processes that are alive."""
        return self.pool.pids()


def rules(findings: Sequence[Finding]) -> list[str]:
    """The rules of findings, each once, in order."""
    return list(dict.fromkeys(finding.rule for finding in findings))


def holds_together(verdict: Verdict) -> None:
    """Assert what is true of every verdict, whatever the document."""
    fatal = [finding for finding in verdict.findings if finding.severity is Severity.FATAL]
    silent = [pack for pack in verdict.packs if pack.outcome is Outcome.NOT_JUDGED]
    assert (verdict.outcome is Outcome.NOT_JUDGED) == (verdict.not_judged_because is not None)
    assert (verdict.outcome is Outcome.INVALID) == bool(fatal)
    assert all((pack.because is not None) == (pack in silent) for pack in verdict.packs)
    assert all(pack.because for pack in silent)
    if verdict.outcome is Outcome.VALID:
        assert len(silent) < len(verdict.packs)
        assert all(pack.mode is Severity.INFORMATION for pack in silent)
    assert "the validator failed" not in (verdict.not_judged_because or "")
    for finding in verdict.findings:
        assert finding.rule
        assert finding.message.strip()
        assert len(finding.message) < 2_500
        assert len(finding.found or "") < 500
        assert finding.line is None or finding.line > 0
        assert all(text.encode() is not None for text in (finding.message, finding.found or "", finding.path or ""))
    counts = {pack.name: sum(each.pack == pack.name for each in verdict.findings) for pack in verdict.packs}
    for pack in verdict.packs:
        assert pack.outcome is not Outcome.INVALID or counts[pack.name]
        assert pack.broken == 0 or counts[pack.name]
        assert pack.outcome is not Outcome.NOT_JUDGED or pack.broken == 0
