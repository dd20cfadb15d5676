"""A pool of judges that runs all the while, as in the daemon, follows what is added from batch to batch."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from edid.config.settings import Limits
from edid.errors import ConfigError
from edid.sandbox.invoices import cii_invoice
from edid.validation.added import AddedRules, record, switching
from edid.validation.added.adding import adding
from edid.validation.added.wanted import Wanted
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome, Verdict
from edid.validation.worker import JudgePool
from tests.unit.validation.added.stylesheets import GOOD, fails, stylesheet


def test_each_batch_is_judged_by_what_is_in_use_then(tmp_path: Path):
    (tmp_path / "state").mkdir()
    rules = AddedRules(tmp_path / "state" / "rules")
    document = tmp_path / "invoice.xml"
    document.write_bytes(cii_invoice("F-1", date(2026, 11, 2), frame="B1"))
    with JudgePool(Limits(), packs=AddedRules(rules.folder).catalogue) as judges:

        def judged() -> tuple[Outcome, str]:
            work = tmp_path / "work" / str(len(list((tmp_path / "work").glob("*"))))
            work.mkdir(parents=True)
            verdict: Verdict = judges.judge([(document, work)], standard=Standard("en16931"))[0].verdict
            return verdict.outcome, verdict.packs[-1].version

        def add(version: str, content: str) -> None:
            (tmp_path / "rules.xslt").write_text(content)
            with adding(rules, Wanted(file=tmp_path / "rules.xslt", name="EN16931-CII", version=version)) as candidate:
                candidate.keep(active=True)

        assert judged() == (Outcome.VALID, "FX-1.09")
        add("9.1", stylesheet(fails("BR-X")))
        assert judged() == (Outcome.INVALID, "9.1")
        add("9.2", GOOD)
        assert judged() == (Outcome.VALID, "9.2")
        switching.use(rules, "EN16931-CII", "9.1", Limits())
        assert judged() == (Outcome.INVALID, "9.1")
        switching.use(rules, "EN16931-CII", "FX-1.09", Limits())
        assert judged() == (Outcome.VALID, "FX-1.09")
        (rules.folder / record.NAME).write_text("packs: [")
        with pytest.raises(ConfigError, match="Nothing is judged until it is mended"):
            judged()
