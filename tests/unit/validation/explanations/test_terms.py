"""Business terms: names, and finding them in texts."""

from __future__ import annotations

import pytest

from edid.validation.terms import all_terms, name_of, terms_in


def test_every_term_and_group_of_the_standard_has_a_name_in_both_languages() -> None:
    standard = [f"BT-{number}" for number in range(1, 166) if number != 4] + [f"BG-{n}" for n in range(1, 33)]
    for term in standard:
        assert name_of(term, "fr"), term
        assert name_of(term, "en"), term


def test_the_names_are_those_that_people_use() -> None:
    assert name_of("BT-23", "fr") == "Cadre de facturation (type de processus métier)"
    assert name_of("BT-112", "en") == "Invoice total amount with VAT"
    assert name_of("MDT-105", "fr") == "Code du statut"
    assert name_of("EXT-FR-FE-163", "en") == "Line subtype"


def test_what_is_no_term_has_no_name() -> None:
    assert name_of("BT-4", "fr") is None
    assert name_of("bt-1", "fr") is None
    assert name_of("", "en") is None


def test_every_named_term_is_recognised_in_a_text() -> None:
    for term in all_terms():
        assert terms_in(f"see ({term}), please") == (term,)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("BR-FR-15_BT-95_BT-118_LM", ("BT-95", "BT-118")),
        ("BR-FR-01_BT-1-2", ("BT-1",)),
        ("BR-FR-MV-14-EXT-FR-FE-136", ("EXT-FR-FE-136",)),
        ("BR-FR-MV-05_EXT-FR-FE-BG-12", ("EXT-FR-FE-BG-12",)),
        ("BR-FR-CDV-16_MDT-124-2", ("MDT-124-2",)),
        ("BR-FR-CDV-CL-09_MDT-113_210B2G", ("MDT-113",)),
        ("total (BT-112) = (BT-109) + (BT-110), see BT-112", ("BT-112", "BT-109", "BT-110")),
        ("subtype (EXT-FR-FE-163 / BT-X-8)", ("EXT-FR-FE-163", "BT-X-8")),
        ("BR-CO-15", ()),
        ("ABT-1 BT-12345 BT-1a", ()),
        ("", ()),
    ],
)
def test_terms_are_found_in_rule_ids_and_messages(text: str, terms: tuple[str, ...]) -> None:
    assert terms_in(text) == terms


def test_a_text_full_of_terms_yields_twenty_at_most() -> None:
    found = terms_in(" ".join(f"BT-{number}" for number in range(1000)))
    assert found == tuple(f"BT-{number}" for number in range(20))


def test_an_endless_text_is_not_read_to_its_end() -> None:
    assert terms_in("x" * 50_000 + " BT-1") == ()
