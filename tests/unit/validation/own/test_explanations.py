"""Every rule of edid's own is explained, in French and English, with its source."""

from __future__ import annotations

from collections import Counter

import pytest
from ruamel.yaml import YAML

from edid import resources
from edid.validation.own.packs import OWN_PACKS
from edid.validation.verdict import Severity

FILES = {"CHORUS-PRO": "chorus-pro.yaml", "BR-FR-CPRO": "br-fr-cpro.yaml"}
CONFIDENCES = ("Confidence: high.", "Confidence: medium.", "Confidence: low.", "several sources agree.")


def entries(name: str) -> list[dict]:
    return YAML(typ="safe").load(resources.folder("schemas") / "explanations" / FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_every_rule_has_one_explanation_and_every_explanation_a_rule(name):
    explained = Counter(entry["rule"] for entry in entries(name))
    assert explained == Counter(rule.id for rule in OWN_PACKS[name].rules)
    assert set(explained.values()) == {1}


@pytest.mark.parametrize("name", FILES)
def test_explanations_agree_with_the_rules_on_terms_and_source(name):
    rules = {rule.id: rule for rule in OWN_PACKS[name].rules}
    for entry in entries(name):
        rule = rules[entry["rule"]]
        assert (tuple(entry["terms"]), entry["source"]) == (rule.terms, rule.source), rule.id


@pytest.mark.parametrize("name", FILES)
def test_both_languages_say_what_it_means_and_what_to_do_in_both_syntaxes(name):
    for entry in entries(name):
        for language in ("fr", "en"):
            texts = entry[language]
            assert set(texts) == {"meaning", "remedy"}, entry["rule"]
            assert all(text.endswith((".", "…")) and text[0].isupper() for text in texts.values()), entry["rule"]
            assert "UBL" in texts["remedy"], entry["rule"]
            assert "CII" in texts["remedy"], entry["rule"]
        assert entry["fr"]["meaning"] != entry["en"]["meaning"]


@pytest.mark.parametrize("name", FILES)
def test_every_rule_has_terms_and_a_source_that_says_how_sure_it_is(name):
    for rule in OWN_PACKS[name].rules:
        assert rule.terms, rule.id
        assert any(word in rule.source for word in CONFIDENCES), rule.id


def test_chorus_pro_refuses_only_what_is_sure():
    for rule in OWN_PACKS["CHORUS-PRO"].rules:
        if rule.severity is Severity.FATAL:
            assert "Confidence: high." in rule.source or "several sources agree" in rule.source, rule.id
        else:
            assert rule.in_qualification is None, rule.id


def test_no_two_rules_have_the_same_id():
    ids = Counter(rule.id for pack in OWN_PACKS.values() for rule in pack.rules)
    assert max(ids.values()) == 1
