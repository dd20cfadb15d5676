"""Findings of one rule stand together; whatever was not checked is said, each reason once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edid.report.groups import counted, fitting, grouped
from edid.report.packs import pack_says
from edid.report.unchecked import unchecked
from edid.report.words import word
from edid.validation.verdict import (
    NOTES,
    PARTLY_READ,
    Finding,
    Outcome,
    PackUsed,
    Severity,
    Verdict,
    concluded,
    not_judged,
)
from tests.unit.report.verdicts import FAULT, INVALID, NORM_PACK, SCHEMA_PACK, SILENT, SILENT_PACK, TOTAL, UNWANTED


def texts(verdict: Verdict) -> list[str]:
    return [gap.text for gap in unchecked(verdict, "en")]


def test_the_heaviest_rule_comes_first_and_findings_keep_their_order():
    later = replace(TOTAL, line=9)
    groups = grouped([UNWANTED, TOTAL, later])
    assert [group.rule for group in groups] == ["BR-CO-15", "UBL-CR-001"]
    assert groups[0].findings == (TOTAL, later)


def test_the_same_rule_of_two_packs_or_of_two_weights_makes_two_groups():
    other = replace(TOTAL, pack="other")
    lighter = replace(TOTAL, severity=Severity.WARNING)
    assert [group.findings for group in grouped([TOTAL, other, lighter])] == [(TOTAL,), (other,), (lighter,)]


def test_a_rule_that_broke_off_is_no_finding_about_the_document():
    assert grouped([FAULT]) == ()
    assert sum(counted(SILENT).values()) == 0
    assert counted(INVALID) == {Severity.FATAL: 1, Severity.WARNING: 1, Severity.INFORMATION: 0}


def test_no_more_places_are_shown_than_fit():
    groups = grouped([replace(TOTAL, rule=f"R{n % 3}", line=n) for n in range(30)])
    fits = list(fitting(groups, rules=3, places=4, total=6))
    assert [(group.rule, count) for group, count in fits] == [("R0", 4), ("R1", 2)]


def test_the_reason_of_a_pack_is_not_said_twice():
    said = texts(concluded([SCHEMA_PACK, SILENT_PACK], []))
    assert said == ["BR-FR-UBL 1.3.0: the worker ran out of memory."]


@pytest.mark.parametrize("mode", Severity)
def test_the_reason_of_the_only_pack_is_not_said_twice_whatever_its_mode(mode):
    verdict = concluded([replace(SILENT_PACK, mode=mode)], [])
    assert verdict.outcome is Outcome.NOT_JUDGED
    assert texts(verdict) == ["BR-FR-UBL 1.3.0: the worker ran out of memory."]


def test_a_reason_without_pack_is_said():
    assert texts(not_judged("an archive is judged member by member.")) == ["an archive is judged member by member."]


def test_a_reason_that_is_more_than_what_the_packs_say_is_said_as_well():
    verdict = Verdict(Outcome.NOT_JUDGED, (SILENT_PACK,), not_judged_because="the worker died.")
    assert texts(verdict) == ["the worker died.", "BR-FR-UBL 1.3.0: the worker ran out of memory."]


def test_a_reason_that_is_missing_is_not_invented():
    assert texts(Verdict(Outcome.NOT_JUDGED)) == [word("en", "no reason")]


@pytest.mark.parametrize("mode", Severity)
def test_a_pack_that_did_not_judge_is_named_whatever_the_outcome(mode):
    silent = replace(SILENT_PACK, mode=mode)
    verdict = concluded([NORM_PACK, silent], [TOTAL])
    assert verdict.outcome is Outcome.INVALID
    assert texts(verdict) == ["BR-FR-UBL 1.3.0: the worker ran out of memory."]


def test_a_pack_that_only_informs_and_did_not_judge_is_named_beside_a_valid_verdict():
    verdict = concluded([SCHEMA_PACK, replace(SILENT_PACK, mode=Severity.INFORMATION)], [])
    assert verdict.outcome is Outcome.VALID
    assert texts(verdict) == ["BR-FR-UBL 1.3.0: the worker ran out of memory."]


def test_a_file_refused_before_any_pack_is_said_to_be_unchecked():
    assert texts(Verdict(Outcome.INVALID, findings=(TOTAL,))) == [word("en", "early")]


def test_a_rule_that_broke_off_is_told_with_what_to_do():
    assert any("XPTY0004" in text and word("en", "remedy") in text for text in texts(SILENT))


def test_many_rules_that_broke_off_are_counted_not_listed():
    said = texts(concluded([SILENT_PACK], [FAULT] * 500))
    assert len(said) < 20
    assert said[-1] == word("en", "more faults", count=490)


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        (SCHEMA_PACK, "nothing found"),
        (NORM_PACK, "rules broken: 1"),
        (SILENT_PACK, "COULD NOT CHECK"),
        (replace(SCHEMA_PACK, broken=3), "rules broken, none fatal: 3"),
        (replace(SCHEMA_PACK, mode=Severity.WARNING), "nothing found (only warns)"),
        (replace(SCHEMA_PACK, mode=Severity.INFORMATION), "nothing found (only informs)"),
    ],
)
def test_each_pack_says_what_became_of_it(pack, said):
    assert pack_says(pack, concluded([pack], []), "en") == said


def test_a_pack_is_never_called_clean_when_a_finding_may_be_its_own():
    pack = PackUsed("UBL-Invoice", "2.1", "0" * 64)
    verdict = concluded([pack], [Finding("XSD", Severity.FATAL, "cbc:ID is missing.")])
    assert pack_says(pack, verdict, "en") == "rules broken: 1"


@pytest.mark.parametrize("rule", sorted(NOTES))
def test_what_was_not_checked_does_not_count_as_broken(rule):
    note = Finding(rule, Severity.WARNING, "not looked at", pack="UBL-Invoice")
    assert pack_says(SCHEMA_PACK, concluded([SCHEMA_PACK], [note]), "en") == "nothing found"


def test_a_note_that_a_sheet_made_fatal_counts():
    note = Finding(PARTLY_READ, Severity.FATAL, "not looked at", pack="UBL-Invoice")
    assert pack_says(SCHEMA_PACK, concluded([SCHEMA_PACK], [note]), "en") == "rules broken: 1"
