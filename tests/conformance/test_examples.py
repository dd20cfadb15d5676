"""Whole documents whose authors call them valid."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from edid.validation.verdict import Outcome
from tests.conformance.cen_cii import catalogue_with
from tests.conformance.whole import Judged, judged


def refused(verdicts: list[Judged]) -> dict[str, Counter[str]]:
    """Return the fatal rules of each document that is not valid."""
    return {each.name: each.fatal for each in verdicts if each.verdict.outcome is not Outcome.VALID}


def test_every_ubl_example_of_cen_is_valid(corpus, tmp_path):
    found = judged(
        [*(corpus / "cen/ubl-examples").glob("*.xml"), *(corpus / "cen/ubl-unit/testfiles").glob("*.xml")],
        "en16931",
        tmp_path,
    )
    assert len(found) == 46
    assert refused(found) == {}
    assert {each.verdict.packs[1].name for each in found} == {"EN16931-UBL"}


def test_a_cii_example_of_cen_breaks_no_rule_of_cen(corpus, tmp_path):
    found = judged((corpus / "cen/cii-examples").glob("*.xml"), "en16931", tmp_path)
    assert len(found) == 15
    rules = {rule for fatal in refused(found).values() for rule in fatal}
    assert [rule for rule in rules if not rule.startswith(("FX-SCH-", "NOT-USED"))] == []
    assert sum(each.verdict.outcome is Outcome.VALID for each in found) >= 9


@pytest.mark.skipif("EDID_CEN_CII" not in os.environ, reason="set EDID_CEN_CII to CEN's EN16931-CII-validation.xslt")
def test_every_cii_example_of_cen_is_valid_by_the_file_of_cen(corpus, tmp_path):
    packs = catalogue_with(Path(os.environ["EDID_CEN_CII"]))
    found = judged((corpus / "cen/cii-examples").glob("*.xml"), "en16931", tmp_path, packs=packs)
    assert len(found) == 15
    assert refused(found) == {}


def test_every_lifecycle_sample_is_valid(corpus, tmp_path):
    found = judged((corpus / "cdar").glob("*.xml"), "fr-ctc", tmp_path)
    assert len(found) == 11
    assert refused(found) == {}
    assert {pack.name for each in found for pack in each.verdict.packs} == {"CDAR", "BR-FR-CDV"}


def test_what_chorus_pro_took_is_refused_for_its_schema_or_not_at_all(corpus, tmp_path):
    found = judged((corpus / "chorus/cii").glob("*.xml"), "chorus-pro", tmp_path)
    assert len(found) == 12
    # The first sample has no ApplicableHeaderTradeDelivery, which the schema asks for.
    assert refused(found) == {"FSO1116A_P01.xml": Counter({"XSD": 1})}


def test_what_chorus_pro_took_is_no_european_invoice(corpus, tmp_path):
    found = judged((corpus / "chorus/cii").glob("*.xml"), "en16931", tmp_path)
    for each in found:
        assert {"BR-01", "BR-03"} <= each.fatal.keys(), each.name
