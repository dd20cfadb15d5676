"""The rules of CEN for CII, added at run time, judge its own examples instead of the shipped ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from edid.config.settings import Limits
from edid.documents.kinds import Kind
from edid.sandbox.invoices import cii_invoice
from edid.validation.added import AddedRules, switching
from edid.validation.added.adding import adding
from edid.validation.added.trial import tried
from edid.validation.added.wanted import Wanted
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome, Severity, Verdict
from edid.validation.worker import JudgePool

NAME, VERSION = "EN16931-CII", "1.3.16"
Judge = Callable[..., list[Verdict]]


@pytest.fixture
def added(tmp_path: Path, cen_file: Path) -> AddedRules:
    """A house that has added the file of CEN, once it was tried."""
    (tmp_path / "state").mkdir()
    rules = AddedRules(tmp_path / "state" / "rules")
    good = tmp_path / "good.xml"
    good.write_bytes(cii_invoice("F-1", date(2026, 11, 2), frame="B1"))
    with adding(rules, Wanted(file=cen_file, name=NAME, version=VERSION)) as candidate:
        (judgement,) = tried(candidate.pack, [good], tmp_path / "trial", Limits())
        assert judgement.verdict.outcome is Outcome.VALID
        candidate.keep(active=True)
    return rules


@pytest.fixture
def judge(added: AddedRules, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Judge as the daemon does, with a fresh judge process."""

    def _judge(documents: list[Path], *pins: str) -> list[Verdict]:
        folder = tmp_path_factory.mktemp("work")
        jobs = [(path, folder / str(number)) for number, path in enumerate(documents)]
        for _, work in jobs:
            work.mkdir()
        with JudgePool(Limits(), packs=added.catalogue) as judges:
            found = judges.judge(jobs, standard=Standard("en16931", pins=pins))
        return [each.verdict for each in found]

    return _judge


def core(verdict: Verdict) -> str:
    (pack,) = [each for each in verdict.packs if each.name == NAME]
    return pack.version


def test_the_examples_of_cen_break_none_of_its_rules(judge: Judge, corpus: Path):
    examples = sorted((corpus / "cen" / "cii-examples").glob("*.xml"))
    assert examples
    for path, verdict in zip(examples, judge(examples), strict=True):
        fatal = [each.rule for each in verdict.findings if each.pack == NAME and each.severity is Severity.FATAL]
        assert (core(verdict), fatal, verdict.outcome) == (VERSION, [], Outcome.VALID), path.name


def test_there_and_back_and_by_a_pin(added: AddedRules, judge: Judge, tmp_path: Path):
    document = tmp_path / "good.xml"
    (verdict,) = judge([document])
    assert core(verdict) == VERSION
    (verdict,) = judge([document], f"{NAME}@FX-1.09")
    assert core(verdict) == "FX-1.09"
    switching.use(added, NAME, "FX-1.09", Limits())
    (verdict,) = judge([document])
    assert core(verdict) == "FX-1.09"
    (verdict,) = judge([document], f"{NAME}@{VERSION}")
    assert core(verdict) == VERSION
    switching.use(added, NAME, VERSION, Limits())
    (verdict,) = judge([document])
    assert core(verdict) == VERSION


def test_the_profiles_of_factur_x_keep_their_own_rules(added: AddedRules, judge: Judge, tmp_path: Path):
    document = tmp_path / "basic.xml"
    basic = b">urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic<"
    content = cii_invoice("F-1", date(2026, 11, 2), frame="B1").replace(b">urn:cen.eu:en16931:2017<", basic)
    document.write_bytes(content)
    (verdict,) = judge([document])
    assert [pack.name for pack in verdict.packs] == ["CII", "FACTUR-X-BASIC"]


def test_rules_that_are_altered_afterwards_judge_nothing_and_say_so(added: AddedRules, judge: Judge, tmp_path: Path):
    pack = added.catalogue().for_kind(Kind.CII)
    (copy,) = [each.stylesheet.file for each in pack if each.version == VERSION and each.stylesheet]
    assert copy is not None
    copy.write_bytes(copy.read_bytes().replace(b'flag">fatal', b'flag">warning', 1) + b" ")
    (verdict,) = judge([tmp_path / "good.xml"])
    assert verdict.outcome is Outcome.NOT_JUDGED
    for word in (f"{NAME} {VERSION} cannot be trusted", str(copy), "sha256 expected", "edid rules add"):
        assert word in str(verdict.not_judged_because)
