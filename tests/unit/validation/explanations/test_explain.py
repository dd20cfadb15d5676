"""Finding the explanation of a rule by the id that a rule file gives it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.validation.explanations import explain, rules_about
from edid.validation.verdict import VALIDATOR_FAULT


@pytest.mark.parametrize(
    ("written", "true", "terms"),
    [
        ("BR-FR-08_BT-151-2", "BR-FR-15", ("BT-151",)),
        ("BR-FR-30_BT-21", "BR-FR-31", ("BT-21", "BT-22")),
        ("BR-FR-MV-BD_BT-3", "BR-FR-BD-13", ("BT-3", "BT-23")),
        ("BR-FR-CO-04_BT-4", "BR-FR-CO-04", ("BT-3", "BT-25", "BT-26")),
        ("BR-FR-15_BT-95_BT-118", "BR-FR-15", ("BT-118",)),
        ("BR-FR-15_BT-95_BT-151_LM", "BR-FR-15", ("BT-151",)),
        ("BR-FR-03_EXT-FR-FE-134", "BR-FR-03", ("BT-134",)),
        ("BR-FR-03_EXT-FR-FE-135", "BR-FR-03", ("BT-135",)),
        ("BR-FR-BD-02_BT-31", "BR-FR-BD-02", ("BT-30", "EXT-FR-FE-167")),
        ("BR-FR-01_BT-1-2", "BR-FR-02", ("BT-1",)),
    ],
)
def test_an_id_that_names_another_rule_or_term_is_explained_by_what_it_tests(
    written: str, true: str, terms: tuple[str, ...]
) -> None:
    explained = explain(written)
    assert explained.rule == written
    assert explained.meaning("fr") == explain(true).meaning("fr")
    assert explained.meaning("en") == explain(true).meaning("en")
    assert explained.terms == terms


def test_a_rule_about_lifecycle_messages_is_not_taken_for_the_invoice_rule_of_the_same_number() -> None:
    assert explain("BR-FR-04_MDT-91").meaning("en") != explain("BR-FR-04_BT-3").meaning("en")
    assert explain("BR-FR-04_MDT-91").terms == ("MDT-91",)


def test_a_family_explains_its_members_and_the_id_tells_the_term() -> None:
    member = explain("BR-FR-23_EXT-FR-FE-98")
    assert member.known
    assert member.meaning("fr") == explain("BR-FR-23").meaning("fr")
    assert member.terms == ("EXT-FR-FE-98",)


def test_the_longest_family_explains() -> None:
    of_213 = explain("BR-FR-CDV-CL-09_MDT-113_213")
    assert "213" in of_213.meaning("fr")
    assert explain("BR-FR-CDV-CL-09_MDT-113_999").meaning("fr") == explain("BR-FR-CDV-CL-09").meaning("fr")


def test_an_id_comes_before_a_family_and_a_family_before_a_pattern() -> None:
    assert explain("BR-FR-05_BT-22_PMT").meaning("en") != explain("BR-FR-05").meaning("en")
    assert explain("UBL-SR-48").meaning("en") != explain("UBL-SR-01").meaning("en")
    assert explain("BR-FREXT-Z-08rev").meaning("en") == explain("BR-FREXT-S-08ini").meaning("en")
    assert explain("BR-FREXT-Z-08").meaning("en") == explain("BR-FREXT-S-08").meaning("en")
    assert explain("BR-FREXT-77").meaning("en") == explain("BR-FREXT").meaning("en")


@pytest.mark.parametrize("number", ["08", "09", "10"])
def test_taxed_and_untaxed_categories_are_not_told_the_same(number: str) -> None:
    assert explain(f"BR-S-{number}").meaning("en") == explain(f"BR-AF-{number}").meaning("en")
    assert explain(f"BR-S-{number}").meaning("en") != explain(f"BR-E-{number}").meaning("en")


def test_a_rule_that_shares_its_text_keeps_its_own_term() -> None:
    assert explain("BR-DEC-12").terms == ("BT-109",)
    assert explain("UBL-SR-12").terms == ("BT-31",)
    assert explain("BR-E-07").terms == ("BT-103",)


@pytest.mark.parametrize(
    "rule", ["XSD", "XML-WELL-FORMED", VALIDATOR_FAULT, "PROFILE-UNKNOWN", "VERSION", "EDID_PDF", "EDID_TOO_LARGE"]
)
def test_what_edid_says_itself_is_explained(rule: str) -> None:
    assert explain(rule).known


def test_the_platforms_refusals_are_explained_by_their_own_file() -> None:
    explained = explain("IRR_SYNTAX")
    assert explained.known
    assert explained.meaning("fr").startswith("Un fichier du flux")
    assert explained.remedy("en").startswith("Validate")


@pytest.mark.parametrize(
    ("rule", "whose"),
    [
        ("BR-99", "EN 16931"),
        ("BR-FR-99_BT-7", "BR-FR"),
        ("BR-FR-CDV-99", "BR-FR-CDV"),
        ("BR-HYBRID-99", "Factur-X"),
        ("something else", "rule"),
        ("", "rule"),
    ],
)
def test_an_unknown_rule_is_told_whose_it_is_and_that_it_is_unknown(rule: str, whose: str) -> None:
    explained = explain(rule)
    assert not explained.known
    assert whose in explained.meaning("en")
    assert explained.remedy("fr")


def test_an_unknown_rule_keeps_the_terms_in_its_id() -> None:
    assert explain("BR-FR-99_BT-7").terms == ("BT-7",)


@given(st.text(max_size=300))
def test_no_id_whatever_raises(rule: str) -> None:
    explained = explain(rule)
    assert explained.rule == rule
    assert explained.meaning("fr")
    assert explained.remedy("en")


def test_an_endless_id_is_not_followed_to_its_end() -> None:
    assert not explain("_" * 1_000_000).known


def test_the_rules_about_a_term_name_a_family_once() -> None:
    about = rules_about("BT-23")
    assert "BR-FR-08" in about
    assert "BR-FR-CO-09" in about
    assert not any(rule.startswith("BR-FR-CO-09_") for rule in about)
    assert rules_about("BT-4") == ()
