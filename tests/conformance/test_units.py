"""CEN says of 1,131 small UBL documents which rules they break and which they keep: edid finds the same."""

from __future__ import annotations

from tests.conformance.units import cii_units, judged, ubl_units, unmet


def test_every_expectation_of_cen_on_ubl_is_met(corpus, tmp_path):
    units = ubl_units(corpus)
    assert (len(units), sum(len(unit.expectations) for unit in units)) == (1131, 1133)
    judgements = judged(units, "EN16931-UBL", tmp_path)
    assert [each for unit, judgement in zip(units, judgements, strict=True) for each in unmet(unit, judgement)] == []


def test_every_expectation_of_cen_on_cii_is_met(corpus, tmp_path):
    units = cii_units(corpus)
    assert len(units) == 9
    judgements = judged(units, "EN16931-CII", tmp_path, processes=1)
    assert [each for unit, judgement in zip(units, judgements, strict=True) for each in unmet(unit, judgement)] == []


def test_a_broken_rule_weighs_what_cen_says(corpus, tmp_path):
    units = [unit for unit in ubl_units(corpus) if any(each.broken for each in unit.expectations)]
    for unit, judgement in zip(units, judged(units, "EN16931-UBL", tmp_path), strict=True):
        given = {(finding.rule, str(finding.severity)) for finding in judgement.verdict.findings}
        assert {(each.rule, each.weight) for each in unit.expectations if each.broken} <= given, unit.name
