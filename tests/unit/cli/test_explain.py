"""`edid explain`: every word of a report, without any configuration."""

from __future__ import annotations

import csv
import io

import pytest

from edid.cli import explain
from edid.cli.glossary import meanings_of
from tests.unit.cli.conftest import Edid


def test_a_rule_is_explained_in_both_languages_with_its_terms_and_official_message(edid: Edid) -> None:
    said = edid("explain", "BR-FR-08_BT-23")
    assert said.code == 0
    assert "Le cadre de facturation manque" in said.out
    assert "Que faire : Indiquez" in said.out
    assert "What to do: Give" in said.out
    assert "BT-23 Business process type" in said.out
    assert "BR-FR-Flux2-Schematron-UBL.xslt: [BR-FR-08/BT-23]" in said.out


@pytest.mark.parametrize(
    ("language", "there", "not_there"),
    [("fr", "Que faire", "What to do"), ("en", "What to do", "Que faire")],
)
def test_one_language_is_enough_for_who_asks_for_one(edid: Edid, language: str, there: str, not_there: str) -> None:
    said = edid("explain", "IRR_SYNTAX", "--language", language)
    assert there in said.out
    assert not_there not in said.out


@pytest.mark.parametrize(
    ("word", "kind", "text"),
    [
        ("br-co-15", "rule", "total TTC"),
        ("br-frext-z-08REV", "rule", "ini sans les motifs"),
        ("irr_vide_f", "refusal", "vide"),
        ("mise_en_paiement", "status", "Being paid"),
        ("Mandatée / DP validée", "status", "Payment ordered"),
        ("96", "flow status", "intégration partielle"),
        ("bt-23", "business term", "Cadre de facturation"),
        ("mdt-105", "business term", "Status code"),
        ("fso1100a", "interface code", "du partenaire vers la plateforme"),
        (" XSD ", "rule", "schéma XML"),
    ],
)
def test_every_kind_of_word_is_known_in_any_case(edid: Edid, word: str, kind: str, text: str) -> None:
    said = edid("explain", word)
    assert said.code == 0
    assert f"({kind})" in said.out
    assert text in said.out


def test_a_number_with_two_meanings_tells_both(edid: Edid) -> None:
    rows = edid("explain", "17", "--format", "json").json
    assert [row["meaning_en"] for row in rows] == [
        "Refused by the second validator (REFUSEE_2, contested)",
        "Rejected (REJETEE)",
    ]
    assert len({row["source"] for row in rows}) == 2


def test_a_number_of_one_digit_is_found_as_two(edid: Edid) -> None:
    assert edid("explain", "8", "-f", "json").json[0]["word"] == "08"


def test_a_term_names_the_rules_about_it(edid: Edid) -> None:
    said = edid("explain", "BT-23", "-l", "en")
    assert "Rules: " in said.out
    assert "BR-FR-08" in said.out


def test_a_retired_interface_code_names_its_successor() -> None:
    from edid.flows.interfaces import catalogue

    retired = [each for each in catalogue().values() if each.retired and each.successor]
    assert retired
    for each in retired:
        (meaning,) = meanings_of(each.code)
        assert each.successor in str(meaning.remedy_fr)
        assert each.successor in str(meaning.remedy_en)


@pytest.mark.parametrize(
    ("word", "close"),
    [("BR-FR-8", "BR-FR-08"), ("DEPOSE", "DEPOSEE"), ("FSO1100", "FSO1100A"), ("IRR_SYNTAXE", "IRR_SYNTAX")],
)
def test_an_unknown_word_is_a_wrong_usage_and_close_ones_are_named(edid: Edid, word: str, close: str) -> None:
    said = edid("explain", word)
    assert said.code == 2
    assert close in said.err
    assert said.out == ""


@pytest.mark.parametrize("word", ["", "  ", "[red]", "\x1b[31m", "x" * 5000, "BR-99", "*", "FX-"])
def test_nonsense_is_refused_without_a_trace_of_it(edid: Edid, word: str) -> None:
    said = edid("explain", word)
    assert said.code == 2
    assert "\x1b[31m" not in said.err
    assert "Traceback" not in said.err


def test_a_made_up_id_of_a_known_family_is_shown_and_not_obeyed(edid: Edid) -> None:
    said = edid("explain", "FX-SCH-A-[red]\x1b[31m")
    assert said.code == 0
    assert "FX-SCH-A-[RED]" in said.out
    assert "\x1b[31M" not in said.out


def test_csv_and_json_keep_their_keys_whatever_the_language(edid: Edid) -> None:
    promised = ("word", "kind", "terms", "meaning_fr", "remedy_fr", "meaning_en", "remedy_en", "source")
    assert promised == explain.COLUMNS
    for language in ("fr", "en", "both"):
        text = edid("explain", "BR-S-08", "-l", language, "-f", "csv").out
        (row,) = csv.DictReader(io.StringIO(text))
        assert tuple(row) == promised
        assert row["terms"] == "BT-116 BT-131 BT-92 BT-99"
        assert bool(row["meaning_fr"]) == (language != "en")
        (data,) = edid("explain", "BR-S-08", "-l", language, "-f", "json").json
        assert set(data) == {*promised, "rules", "official"}
        assert data["official"][0]["file"].endswith(".xslt")
