"""Which rules of the installed rule files are explained, and how closely."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from edid.validation.explanation_index import index
from edid.validation.explanations import explain
from tests.unit.validation.explanations.conftest import ids_of, messages_of

FRENCH = ("BR-FR-Flux2-Schematron-UBL.xslt", "BR-FR-Flux2-Schematron-CII.xslt", "BR-FR-CDV-Schematron-CDAR.xslt")
OTHERS = (
    "EN16931-UBL-validation.xslt",
    "EXTENDED-CTC-FR-UBL.xslt",
    "EXTENDED-CTC-FR-CII.xslt",
    "FACTUR-X_BASIC-WL.xslt",
    "FACTUR-X_EN16931.xslt",
    "FACTUR-X_EXTENDED.xslt",
)
# The EN 16931 rules that broke most, in this order, when elements of the corpus' invoices were removed, repeated,
# emptied or changed at random (46,000 variants, judged by EN16931-UBL, FACTUR-X_EN16931 and both EXTENDED-CTC-FR).
MOST_BROKEN = """
BR-CL-03 UBL-DT-01 PEPPOL-EN16931-R008 BR-S-08 BR-CO-16 BR-CO-10 BR-CO-15 BR-CO-14 BR-CO-04 BR-DEC-23 BR-25 BR-21
BR-48 BR-47 BR-06 BR-CL-18 BR-CL-23 BR-CO-13 BR-CO-17 BR-CL-14 BR-CL-16 BR-CL-01 BR-23 BR-03 BR-S-09 BR-DEC-12
BR-DEC-09 BR-07 BR-DEC-18 BR-DEC-20 BR-30 BR-DEC-19 BR-09 BR-11 BR-DEC-14 BR-S-02 BR-04 BR-02 CII-DT-097 BR-26 BR-27
BR-O-08 BR-CL-17 BR-08 BR-10 BR-05 BR-24 BR-CO-26 UBL-SR-53 BR-CL-04 BR-01 BR-CL-25 BR-29 CII-DT-037 BR-52 UBL-SR-48
BR-57 BR-DEC-11 BR-S-01 BR-22 BR-50 BR-CO-09 BR-CO-18 BR-CO-12 BR-CL-06 CII-SR-467 BR-63 UBL-SR-47 BR-15 BR-S-05
BR-62 BR-14 BR-16 BR-61 BR-49 CII-SR-441 BR-O-01 BR-37 BR-46 BR-CL-11 UBL-SR-44 BR-45 BR-13 BR-12 UBL-SR-13 BR-64
UBL-SR-05
""".split()  # noqa: SIM905 - one a line they would hide the tests
PATTERNED = ("UBL-CR-", "UBL-SR-", "UBL-DT-", "CII-", "FX-SCH-A-", "BR-FREXT-", "BR-FXEXT-", "UBL-FREXT-")


@pytest.mark.parametrize("sheet", FRENCH, indirect=True)
def test_every_french_rule_is_explained_in_both_languages(sheet: Path) -> None:
    ids = ids_of(sheet)
    assert len(ids) >= 42
    for rule in ids:
        explained = explain(rule)
        assert explained.known, rule
        assert explained.meaning("fr"), rule
        assert explained.remedy("en"), rule
        assert explained.terms, rule
        assert explained.source is not None, rule
        assert explained.source.startswith("FNFE-MPE"), rule


@pytest.mark.parametrize("sheet", OTHERS, indirect=True)
def test_every_rule_of_the_profiles_is_explained_if_only_by_its_family(sheet: Path) -> None:
    ids = ids_of(sheet)
    assert len(ids) > 200
    assert {rule for rule in ids if not explain(rule).known} == set()


@pytest.mark.parametrize("sheet", OTHERS, indirect=True)
def test_no_business_rule_of_en_16931_is_left_to_a_pattern(sheet: Path) -> None:
    ids = {rule for rule in ids_of(sheet) if not rule.startswith(PATTERNED)}
    assert {rule for rule in ids if not index().find(rule).exact} == set()


def test_the_rules_that_break_most_have_an_explanation_of_their_own() -> None:
    assert len(set(MOST_BROKEN)) >= 60
    assert {rule for rule in MOST_BROKEN if not index().find(rule).exact} == set()


def test_every_rule_that_the_unit_files_break_is_explained(corpus: Path) -> None:
    expected = set()
    for path in sorted((corpus / "cen" / "ubl-unit").rglob("*.xml")):
        for node in etree.parse(path).iter("{http://difi.no/xsd/vefa/validator/1.0}error"):
            expected |= set((node.text or "").split())
    assert len(expected) > 100
    # Names of earlier editions, which no installed rule file has any more.
    gone = {rule for rule in expected if not explain(rule).known}
    assert {rule for rule in gone if not rule.startswith(("BR-IG-", "BR-IP-"))} == set()


@pytest.mark.parametrize("sheet", [*FRENCH, *OTHERS], indirect=True)
def test_no_text_repeats_an_official_sentence(sheet: Path) -> None:
    size = 60
    ours: dict[str, str] = {}
    for found in (*index().exact.values(), *(each for _, each in (*index().patterns, *index().shapes))):
        explained = explain(found.name)
        for text in (*explained.fr, *explained.en):
            ours |= {text[at : at + size]: found.name for at in range(len(text) - size + 1)}
    for message in messages_of(sheet):
        same = {ours[part] for at in range(len(message) - size + 1) if (part := message[at : at + size]) in ours}
        assert same == set(), message
