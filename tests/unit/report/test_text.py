"""The report for a terminal: outcome, what was not checked, packs, findings with what to do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from edid.report.text import MOST_PLACES, document, render
from edid.report.words import LANGUAGES, word
from edid.validation.explanations import explain
from edid.validation.terms import name_of
from edid.validation.verdict import Finding, Outcome, Severity, Verdict, concluded
from tests.unit.report.verdicts import INVALID, NORM_PACK, SILENT, TOTAL, VALID, hostile, judged, many

PAINT = re.compile(r"\x1b\[(?:1;3[1-6]|0)m")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_begins_with_the_outcome_and_the_name(everything, language):
    for item in everything:
        first = document(item, language=language).splitlines()[0]
        assert first.startswith(word(language, str(item.verdict.outcome)) + "  " + item.name)
        assert first.endswith("ubl-invoice F-1")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_says_what_it_means_of_what_where_and_what_to_do(language):
    text = document(judged(INVALID), language=language)
    explanation = explain("BR-CO-15")
    for part in (
        f"[{word(language, 'fatal')}] BR-CO-15",
        explanation.meaning(language),
        explanation.remedy(language),
        f"BT-112 {name_of('BT-112', language)}",
        word(language, "line", line=5),
        TOTAL.path,
        TOTAL.found,
        TOTAL.expected,
        TOTAL.message,
    ):
        assert part in text


def test_every_pack_is_named_with_its_version_and_what_it_said():
    text = document(judged(INVALID), language="en")
    assert "UBL-Invoice 2.1: nothing found" in text
    assert "EN16931-UBL 1.3.16: rules broken: 2" in text
    assert "Profile: chorus-pro" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_that_was_not_judged_is_never_called_valid(language, refused):
    for item in (judged(SILENT), refused):
        text = document(item, language=language)
        assert not re.search(r"\bvalid", text, re.IGNORECASE)
        assert word(language, "not judged") in text
        assert word(language, "unchecked") in text


def test_why_nothing_was_judged_is_said(refused):
    assert f"NOT CHECKED: {refused.verdict.not_judged_because}" in document(refused, language="en")


def test_a_valid_document_is_short():
    assert document(judged(VALID), language="en").splitlines() == [
        "VALID  a.xml: ubl-invoice F-1",
        "  No fatal rule is broken.",
        "  Checked with:",
        "    UBL-Invoice 2.1: nothing found",
        "  Profile: chorus-pro",
    ]


def test_findings_of_one_rule_are_told_once_with_their_places():
    places = [replace(TOTAL, line=10 + place, path=f"/Invoice/cac:InvoiceLine[{place}]") for place in range(3)]
    text = document(judged(concluded([NORM_PACK], places)), language="en")
    assert text.count(TOTAL.message) == 1
    assert "3 places" in text
    assert "line 12, /Invoice/cac:InvoiceLine[2]" in text


def test_places_whose_messages_differ_keep_each_its_own():
    findings = [Finding("XSD", Severity.FATAL, f"cbc:ID {n} is missing.", remedy=f"Add {n}.") for n in range(2)]
    text = document(judged(concluded([NORM_PACK], findings)), language="en")
    assert "cbc:ID 0 is missing. Add 0." in text
    assert "cbc:ID 1 is missing. Add 1." in text


def test_a_rule_that_edid_does_not_know_speaks_through_its_message():
    finding = Finding("NEVER-HEARD-OF-1", Severity.FATAL, "what the pack says", pack="EN16931-UBL")
    text = document(judged(concluded([NORM_PACK], [finding])), language="en")
    assert not explain("NEVER-HEARD-OF-1").known
    assert "what the pack says" in text


def test_a_list_that_is_cut_says_so():
    text = document(judged(replace(INVALID, truncated=True)), language="fr")
    assert word("fr", "truncated") in text


@pytest.mark.parametrize("rules", [1, 7, 10_000])
def test_ten_thousand_findings_make_a_bounded_text_that_counts_what_it_leaves_out(rules):
    text = document(judged(many(10_000, rules=rules)), language="en")
    assert len(text) < 500_000
    assert "more places" in text or "more findings" in text


def test_what_is_shown_and_what_is_left_out_add_up():
    text = document(judged(many(10_000)), language="en")
    assert word("en", "more places", count=10_000 - MOST_PLACES) in text
    text = document(judged(many(10_000, rules=10_000)), language="en")
    assert word("en", "more findings", count=10_000 - 100) in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("colour", [False, True])
def test_a_hostile_document_cannot_steer_the_terminal_nor_fake_a_line(language, colour):
    text = PAINT.sub("", document(hostile(), language=language, colour=colour))
    assert text.replace("\n", "").isprintable()
    assert not any(line.startswith("VALID") for line in text.splitlines())
    assert text.encode()


def test_colour_paints_words_and_changes_none(everything):
    plain = render(everything, language="en")
    painted = render(everything, language="en", colour=True)
    assert painted != plain
    assert PAINT.sub("", painted) == plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_end_counts_the_documents_by_outcome(everything, language):
    last = render([*everything, everything[0]], language=language).splitlines()[-1]
    assert last == word(language, "total", all=4, valid=2, invalid=1, silent=1)


def test_no_document_is_said_to_be_none():
    assert render([], language="en") == "No document.\n"


def test_real_verdicts_are_told_in_both_languages(real):
    invalid = [item for item in real if item.verdict.outcome is Outcome.INVALID]
    assert len(invalid) >= 8
    for language in LANGUAGES:
        text = render(real, language=language)
        assert text.count(word(language, "invalid says")) == len(invalid)
        assert "31/08/2026" in text


def test_an_outcome_without_pack_and_finding_is_told():
    text = document(judged(Verdict(Outcome.INVALID), number=None), language="en")
    assert "Checked with: no rule pack" in text
