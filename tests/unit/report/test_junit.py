"""JUnit XML: a test case a document; invalid fails, not judged is an error, nothing is skipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from edid.report.junit import render
from edid.report.words import LANGUAGES, word
from edid.validation.verdict import Outcome
from tests.unit.report.verdicts import INVALID, SILENT, VALID, hostile, judged, many


def suite_of(items, language="en") -> etree._Element:
    root = etree.fromstring(render(items, language=language, at=datetime(2026, 11, 23, tzinfo=UTC)).encode())
    assert root.tag == "testsuites"
    (suite,) = root
    return suite


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_document_is_one_test_case_with_its_outcome(everything, language):
    good, bad, held = suite_of(everything, language)
    assert [case.get("name") for case in (good, bad, held)] == [item.name for item in everything]
    assert [child.tag for child in good] == ["system-out"]
    assert [child.tag for child in bad] == ["failure"]
    assert [child.tag for child in held] == ["error"]


def test_the_counts_add_up_and_nothing_is_skipped(everything, real):
    items = [*everything, *real]
    suite = suite_of(items)
    outcomes = [item.verdict.outcome for item in items]
    assert suite.get("tests") == suite.getparent().get("tests") == str(len(items))
    assert suite.get("failures") == str(outcomes.count(Outcome.INVALID))
    assert suite.get("errors") == str(outcomes.count(Outcome.NOT_JUDGED))
    assert suite.get("skipped") == "0"
    assert suite.get("time") == "0.750"
    assert suite.get("timestamp") == "2026-11-23T00:00:00.000Z"
    assert not list(suite.iter("skipped"))


def test_a_time_that_nobody_measured_is_not_made_up():
    measured, unknown = suite_of([judged(VALID), replace(judged(VALID), seconds=None)])
    assert measured.get("time") == "0.250"
    assert unknown.get("time") is None


def test_a_failure_names_the_rules_and_holds_the_findings():
    (failure,) = suite_of([judged(INVALID)])[0]
    assert failure.get("message") == "BR-CO-15, UBL-CR-001"
    assert "/Invoice/cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount" in failure.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_says_what_was_not_checked(language, refused):
    for item, reason in ((judged(SILENT), "ran out of memory"), (refused, "there is no rule pack")):
        (error,) = suite_of([item], language)[0]
        assert reason in error.get("message")
        assert word(language, "unchecked") in error.text


def test_no_document_makes_an_empty_suite():
    assert suite_of([]).get("tests") == "0"


def test_a_hostile_document_cannot_leave_its_element():
    suite = suite_of([hostile(), judged(VALID)])
    assert len(suite) == 2
    assert {element.tag for element in suite.iter()} == {"testsuite", "testcase", "failure", "system-out"}
    assert "\\x1b[2J" in suite[0].get("name")


def test_ten_thousand_findings_make_a_bounded_file():
    assert len(render([judged(many(10_000, rules=500))], language="fr")) < 1_000_000
