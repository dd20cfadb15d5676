"""CEN says of 1,131 small UBL documents which rules they break and which they keep: edid finds the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from edid.validation.judging import Judgement
from tests.conformance.units import Unit, cii_units, judged, ubl_units, unmet


@pytest.fixture(scope="module")
def ubl(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Unit, Judgement]]:
    units = ubl_units(corpus)
    return list(zip(units, judged(units, "EN16931-UBL", tmp_path_factory.mktemp("units")), strict=True))


def test_every_expectation_of_cen_on_ubl_is_met(ubl):
    assert (len(ubl), sum(len(unit.expectations) for unit, _ in ubl)) == (1131, 1133)
    assert [each for unit, judgement in ubl for each in unmet(unit, judgement)] == []


def test_a_broken_rule_weighs_what_cen_says(ubl):
    for unit, judgement in ubl:
        given = {(finding.rule, str(finding.severity)) for finding in judgement.verdict.findings}
        assert {(each.rule, each.weight) for each in unit.expectations if each.broken} <= given, unit.name


def test_every_expectation_of_cen_on_cii_is_met(corpus, tmp_path):
    units = cii_units(corpus)
    assert len(units) == 9
    judgements = judged(units, "EN16931-CII", tmp_path, processes=1)
    assert [each for unit, judgement in zip(units, judgements, strict=True) for each in unmet(unit, judgement)] == []
