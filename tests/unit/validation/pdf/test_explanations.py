"""What people read about the rules on the PDF."""

from __future__ import annotations

from itertools import pairwise

import pytest
from ruamel.yaml import YAML

from edid import resources
from edid.validation.pdf.checking import RULES

ROWS = YAML(typ="safe").load(resources.folder("schemas") / "explanations" / "factur-x-pdf.yaml")


def test_every_rule_is_explained_once_and_nothing_else_is():
    assert [row["rule"] for row in ROWS] == [rule.id for rule in RULES]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"])
def test_meaning_and_remedy_are_sentences_in_both_languages(row):
    for language in ("fr", "en"):
        assert set(row[language]) == {"meaning", "remedy"}
        for text in row[language].values():
            assert text[0].isupper() or text.startswith("edid ")
            assert text.endswith((".", ")."))
            assert text == " ".join(text.split())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"])
def test_signs_have_the_blanks_of_their_language(row):
    for text in row["fr"].values():
        assert all(before == " " for before, sign in pairwise(text) if sign in ";!?")
    for text in row["en"].values():
        assert all(f" {sign}" not in text for sign in ";:!?")


def test_sources_and_terms_are_those_of_the_rule():
    assert {row["rule"]: row["source"] for row in ROWS} == {rule.id: rule.source for rule in RULES}
    assert {row["rule"]: tuple(row.get("terms", ())) for row in ROWS} == {rule.id: rule.terms for rule in RULES}
