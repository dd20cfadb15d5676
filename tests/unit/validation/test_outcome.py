"""What a verdict concludes from what the packs said, and what a sheet may make of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edid.validation.packs import Weighing
from edid.validation.verdict import (
    VALIDATOR_FAULT,
    Finding,
    Outcome,
    PackUsed,
    Severity,
    Verdict,
    concluded,
    not_judged,
)
from edid.validation.weighing import lighter, reweighed, weighed

VALID, INVALID, NOT_JUDGED = Outcome.VALID, Outcome.INVALID, Outcome.NOT_JUDGED
FATAL, WARNING, INFORMATION = Severity.FATAL, Severity.WARNING, Severity.INFORMATION


def used(outcome: Outcome = VALID, mode: Severity = FATAL, name: str = "P") -> PackUsed:
    return PackUsed(name, "1", "0" * 64, mode, outcome, "it broke off." if outcome is NOT_JUDGED else None)


def found(severity: Severity = FATAL, rule: str = "R-1", pack: str | None = "P") -> Finding:
    return Finding(rule, severity, "a message", pack=pack)


def test_no_finding_is_valid():
    assert concluded([used()], []).outcome is VALID


@pytest.mark.parametrize("severity", [WARNING, INFORMATION])
def test_what_is_not_fatal_leaves_a_document_valid(severity):
    assert concluded([used()], [found(severity)]).outcome is VALID


def test_one_fatal_finding_is_invalid():
    assert concluded([used(INVALID)], [found(INFORMATION), found(), found(WARNING)]).outcome is INVALID


def test_fatal_beats_a_pack_that_could_not_judge():
    verdict = concluded([used(NOT_JUDGED), used(INVALID, name="Q")], [found(pack="Q")])
    assert (verdict.outcome, verdict.not_judged_because) == (INVALID, None)


@pytest.mark.parametrize("mode", [FATAL, WARNING])
def test_a_pack_that_could_not_judge_holds_the_document_with_its_cause(mode):
    verdict = concluded([used(name="Q"), used(NOT_JUDGED, mode)], [found(WARNING, VALIDATOR_FAULT)])
    assert (verdict.outcome, verdict.not_judged_because) == (NOT_JUDGED, "P 1: it broke off.")


def test_all_packs_that_could_not_judge_are_named():
    verdict = concluded([used(NOT_JUDGED), used(NOT_JUDGED, name="Q"), used(NOT_JUDGED, INFORMATION, "R")], [])
    assert verdict.not_judged_because == "P 1: it broke off. Q 1: it broke off."


def test_a_pack_that_may_only_inform_does_not_hold_the_document():
    assert concluded([used(), used(NOT_JUDGED, INFORMATION)], []).outcome is VALID


def test_when_none_but_informing_packs_were_asked_and_all_broke_off_nothing_is_known():
    verdict = concluded([used(NOT_JUDGED, INFORMATION)], [])
    assert (verdict.outcome, verdict.not_judged_because) == (NOT_JUDGED, "P 1: it broke off.")


def test_no_pack_at_all_is_not_judged():
    verdict = concluded([], [])
    assert (verdict.outcome, verdict.not_judged_because) == (NOT_JUDGED, "no rule pack was asked.")


@pytest.mark.parametrize(("rules", "outcome"), [("R-1", VALID), ("R-*", VALID), ("pack:P", VALID), ("S-1", INVALID)])
@pytest.mark.parametrize("severity", [WARNING, INFORMATION, None])
def test_a_sheet_may_lower_or_silence_a_rule(rules, severity, outcome):
    before = concluded([used(INVALID)], [found()])
    after = reweighed(before, [Weighing(rules, severity)])
    assert after.outcome is outcome
    assert after.packs[0].outcome is outcome
    severities = [severity] if severity else []
    assert [each.severity for each in after.findings] == (severities if outcome is VALID else [FATAL])


@pytest.mark.parametrize("rules", ["R-1", "R-?", "pack:P"])
def test_a_sheet_may_raise_a_rule(rules):
    before = concluded([used(mode=INFORMATION)], [found(INFORMATION)])
    after = reweighed(before, [Weighing(rules, FATAL)])
    assert (after.outcome, after.packs[0].outcome) == (INVALID, INVALID)


def test_the_first_weighing_that_applies_counts():
    before = concluded([used(INVALID)], [found(), found(rule="R-2")])
    after = reweighed(before, [Weighing("R-2", FATAL), Weighing("R-*", None)])
    assert [each.rule for each in after.findings] == ["R-2"]
    assert after.outcome is INVALID


def test_a_pack_is_weighed_by_its_name_and_no_other():
    before = concluded([used(INVALID), used(INVALID, name="PP")], [found(), found(pack="PP"), found(pack=None)])
    after = reweighed(before, [Weighing("pack:P", None)])
    assert [each.pack for each in after.findings] == ["PP", None]


def test_what_was_refused_before_any_pack_was_asked_cannot_be_weighed_away():
    refusal = Verdict(INVALID, findings=(found(rule="IRR_SYNTAX", pack=None),))
    everything = [Weighing("*", None), Weighing("pack:P", None)]
    assert reweighed(refusal, everything, ["P"]) == refusal
    unknown = not_judged("nothing is known.")
    assert reweighed(unknown, everything, ["P"]) == unknown


def test_weighing_does_not_make_a_pack_judge():
    before = concluded([used(NOT_JUDGED)], [found(WARNING, VALIDATOR_FAULT)])
    assert reweighed(before, [Weighing("*", None)]).outcome is NOT_JUDGED
    assert reweighed(before, [Weighing("*", INFORMATION)]).outcome is NOT_JUDGED


def test_a_tolerated_pack_may_fail_when_another_judged():
    before = concluded([used(), used(NOT_JUDGED, name="Q")], [])
    assert before.outcome is NOT_JUDGED
    after = reweighed(before, [], ["Q"])
    assert (after.outcome, after.not_judged_because) == (VALID, None)
    assert after.packs[1].because == "it broke off."
    assert reweighed(before, [], ["P"]).outcome is NOT_JUDGED


def test_a_tolerated_pack_that_judged_counts_like_any_other():
    before = concluded([used(INVALID)], [found()])
    assert reweighed(before, [], ["P"]) == before


def test_when_nothing_judged_but_what_is_tolerated_nothing_is_known():
    before = concluded([used(NOT_JUDGED), used(NOT_JUDGED, name="Q")], [])
    assert reweighed(before, [], ["P", "Q"]).outcome is NOT_JUDGED


def test_a_fault_of_the_rules_never_counts_against_the_document():
    before = concluded([used(), used(NOT_JUDGED, INFORMATION, "Q")], [found(INFORMATION, VALIDATOR_FAULT, "Q")])
    for weighing in (Weighing("*", FATAL), Weighing("pack:Q", FATAL), Weighing(VALIDATOR_FAULT, FATAL)):
        assert reweighed(before, [weighing]).outcome is not INVALID


def test_a_pack_that_a_sheet_makes_binding_holds_the_document_when_it_could_not_judge():
    before = concluded([used(), used(NOT_JUDGED, INFORMATION, "Q")], [])
    assert before.outcome is VALID
    after = reweighed(before, [Weighing("pack:Q", FATAL)])
    assert (after.outcome, after.not_judged_because) == (NOT_JUDGED, "Q 1: it broke off.")
    assert reweighed(before, [Weighing("pack:Q", FATAL)], ["Q"]).outcome is VALID


def test_nothing_to_weigh_changes_nothing():
    verdict = concluded([used(INVALID)], [found()])
    assert reweighed(verdict, []) is verdict


@pytest.mark.parametrize(
    ("flag", "weighings", "severity"),
    [
        (None, [], WARNING),
        (FATAL, [], FATAL),
        (None, [Weighing("R-*", INFORMATION, unflagged_only=True)], INFORMATION),
        (FATAL, [Weighing("R-*", INFORMATION, unflagged_only=True)], FATAL),
        (FATAL, [Weighing("R-*", INFORMATION)], INFORMATION),
        (INFORMATION, [Weighing("R-1", FATAL), Weighing("*", None)], FATAL),
        (FATAL, [Weighing("*", None)], None),
        (FATAL, [Weighing("r-1", None), Weighing("R-", None)], FATAL),
    ],
)
def test_a_pack_weighs_what_its_stylesheet_says(flag, weighings, severity):
    assert weighed("R-1", flag, WARNING, weighings) is severity


SEVERITIES = st.sampled_from(Severity)
NAMES = st.sampled_from(["P", "Q", "S"])
PACKS = st.lists(st.builds(used, st.sampled_from(Outcome), SEVERITIES, NAMES), max_size=3, unique_by=lambda it: it.name)
RULES = st.sampled_from(["R-1", "R-2", "S-1", VALIDATOR_FAULT])
FINDINGS = st.lists(st.builds(found, SEVERITIES, RULES, NAMES | st.none()), max_size=5)
WEIGHINGS = st.lists(
    st.builds(
        Weighing,
        st.sampled_from(["*", "R-1", "R-*", "S-?", "pack:P", "pack:Q", "pack:R", VALIDATOR_FAULT]),
        SEVERITIES | st.none(),
    ),
    max_size=3,
)
many = settings(max_examples=400, derandomize=True)


def holds(verdict: Verdict) -> None:
    silent = [pack for pack in verdict.packs if pack.outcome is NOT_JUDGED]
    fatal = any(finding.severity is FATAL for finding in verdict.findings)
    if verdict.outcome is VALID:
        assert not fatal
        assert len(silent) < len(verdict.packs)
        assert all(pack.mode is INFORMATION for pack in silent)
    assert (verdict.outcome is INVALID) == fatal
    assert (verdict.outcome is NOT_JUDGED) == bool(verdict.not_judged_because)


@many
@given(PACKS, FINDINGS)
def test_valid_means_that_something_judged_and_nothing_that_counts_was_silent(packs, findings):
    verdict = concluded(packs, findings, truncated=True, profile="p")
    holds(verdict)
    assert (verdict.packs, verdict.findings) == (tuple(packs), tuple(findings))
    assert (verdict.truncated, verdict.profile) == (True, "p")


@many
@given(PACKS.filter(bool), FINDINGS, WEIGHINGS, st.lists(NAMES, max_size=2))
def test_so_it_does_whatever_a_sheet_weighs_and_tolerates(packs, findings, weighings, tolerated):
    before = concluded(packs, findings)
    after = reweighed(before, weighings, tolerated)
    holds(after)
    assert [pack.name for pack in after.packs] == [pack.name for pack in before.packs]
    assert [pack.because for pack in after.packs] == [pack.because for pack in before.packs]
    assert len(after.findings) <= len(before.findings)
    assert reweighed(after, weighings, tolerated) == after


@many
@given(PACKS, FINDINGS)
def test_a_heavier_finding_never_betters_the_outcome(packs, findings):
    better = [VALID, NOT_JUDGED, INVALID]
    heavier = [replace(finding, severity=FATAL) for finding in findings]
    assert better.index(concluded(packs, heavier).outcome) >= better.index(concluded(packs, findings).outcome)


@given(SEVERITIES, SEVERITIES)
def test_the_lighter_of_two_severities_is_one_of_them_and_never_the_heavier(one, other):
    assert lighter(one, other) is lighter(other, one)
    assert lighter(one, other) in {one, other}
    assert FATAL not in {lighter(one, WARNING), lighter(one, INFORMATION)}
