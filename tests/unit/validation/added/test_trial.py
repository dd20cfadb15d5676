"""Rules that are unsafe or useless are found out in a process of their own before they judge anything."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from edid.config.settings import Limits
from edid.sandbox.invoices import cii_invoice, ubl_invoice
from edid.validation.added import AddedRules, adding, compiling
from edid.validation.added.compiling import fault
from edid.validation.added.trial import tried
from edid.validation.verdict import Outcome, Verdict
from tests.unit.validation.added.conftest import Want
from tests.unit.validation.added.stylesheets import EVASIVE, GOOD, UNSAFE, USELESS, fails, stylesheet

DAY = date(2026, 11, 2)


@pytest.fixture
def verdict(rules: AddedRules, want: Want, tmp_path: Path):
    """What a stylesheet says of a good CII invoice, before it is kept."""

    def judge(content: str, document: bytes | None = None, limits: Limits | None = None) -> Verdict:
        path = tmp_path / "invoice.xml"
        path.write_bytes(document or cii_invoice("F-1", DAY))
        with adding.adding(rules, want(content, since=date(2100, 1, 1))) as candidate:
            (judgement,) = tried(candidate.pack, [path], tmp_path / "work", limits or Limits())
        return judgement.verdict

    return judge


def test_rules_that_find_a_good_document_good_judge_it(verdict):
    assert verdict(GOOD).outcome is Outcome.VALID, "whatever the day that they are in force from"


def test_rules_that_refuse_a_good_document_say_so(verdict):
    found = verdict(stylesheet(fails("BR-X")))
    assert (found.outcome, [each.rule for each in found.findings]) == (Outcome.INVALID, ["BR-X"])


@pytest.mark.parametrize("word", UNSAFE)
def test_rules_that_reach_out_are_refused_by_name(verdict, word: str):
    found = verdict(UNSAFE[word])
    assert found.outcome is Outcome.NOT_JUDGED
    assert word in found.not_judged_because


@pytest.mark.parametrize("way", EVASIVE)
def test_rules_that_hide_that_they_reach_out_get_nothing(verdict, way: str):
    found = verdict(EVASIVE[way])
    assert found.outcome is Outcome.NOT_JUDGED
    assert "root:" not in str(found)
    assert "prohibited" in found.not_judged_because or "which edid" in found.not_judged_because


@pytest.mark.parametrize("reason", USELESS)
def test_rules_that_are_none_or_judge_nothing_are_not_taken_for_good_ones(verdict, reason: str):
    found = verdict(USELESS[reason])
    assert found.outcome is Outcome.NOT_JUDGED
    assert reason in found.not_judged_because


def test_rules_that_never_end_cost_a_process_and_no_more(verdict):
    endless = stylesheet(
        '<xsl:call-template name="on"/>', top='<xsl:template name="on"><xsl:call-template name="on"/></xsl:template>'
    )
    found = verdict(endless, limits=Limits(judge_time=timedelta(seconds=2)))
    assert found.outcome is Outcome.NOT_JUDGED
    assert "took longer than 2s twice" in found.not_judged_because


def test_a_document_of_another_kind_proves_nothing(verdict):
    found = verdict(GOOD, ubl_invoice("F-1", DAY))
    assert found.outcome is Outcome.NOT_JUDGED
    assert "ubl-invoice" in found.not_judged_because


@pytest.mark.parametrize("word", ["document()", "xsl:import"])
def test_compiling_alone_finds_what_is_unsafe(rules: AddedRules, want: Want, word: str):
    with adding.adding(rules, want(UNSAFE[word])) as candidate:
        assert word in str(fault(candidate.pack, Limits()))


def test_compiling_alone_finds_what_does_not_compile(rules: AddedRules, want: Want):
    with adding.adding(rules, want(USELESS["do not compile"])) as candidate:
        assert "do not compile" in str(fault(candidate.pack, Limits()))
    with adding.adding(rules, want(GOOD)) as candidate:
        assert fault(candidate.pack, Limits()) is None


def test_a_compiler_that_dies_is_a_fault(rules: AddedRules, want: Want):
    with adding.adding(rules, want(GOOD)) as candidate:
        assert "died" in str(fault(candidate.pack, Limits(judge_memory=10**6)))


def test_a_compiler_that_never_ends_is_a_fault(rules: AddedRules, want: Want, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compiling, "_START", 0.0)
    with adding.adding(rules, want(GOOD)) as candidate:
        copy = rules.folder / "adding" / "rules.xslt"
        copy.unlink()
        os.mkfifo(copy)  # nobody ever writes to it
        assert "takes longer than 1s" in str(fault(candidate.pack, Limits(judge_time=timedelta(seconds=1))))


def test_packs_written_in_python_have_nothing_to_compile(rules: AddedRules):
    assert fault(rules.shipped().named("CHORUS-PRO")[0], Limits()) is None
