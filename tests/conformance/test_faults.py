"""Official rules break off on some documents. That is neither valid nor invalid, and it is its own matter alone.

Every document here is an invoice that the French chain takes, with one thing changed that the rule writers did not
think of; the schema takes most of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from edid.config.settings import Limits
from edid.documents.kinds import Kind
from edid.sandbox.invoices import cii_invoice, ubl_invoice
from edid.validation import catalogue
from edid.validation.packs import Catalogue
from edid.validation.standard import Standard
from edid.validation.verdict import VALIDATOR_FAULT, Outcome, Severity
from edid.validation.worker import JudgePool
from tests.conformance.whole import DAY

ISSUED = date(2026, 11, 2)
VALID, INVALID, NOT_JUDGED = Outcome.VALID, Outcome.INVALID, Outcome.NOT_JUDGED


def ubl() -> str:
    return ubl_invoice("F-1", ISSUED, frame="S1").decode()


def cii() -> str:
    return cii_invoice("F-1", ISSUED, frame="S1").decode()


def twice(document: str, tag: str) -> str:
    """Repeat the first element `tag`."""
    element = re.search(rf"<{tag}[ >].*?</{tag}>", document, re.DOTALL)[0]
    return document.replace(element, element + element, 1)


def with_value(document: str, tag: str, value: str) -> str:
    """Change the text of the first element `tag`."""
    changed, count = re.subn(rf"(<{tag}[^>]*>)[^<]*(</{tag}>)", rf"\g<1>{value}\g<2>", document, count=1)
    assert count == 1
    return changed


def delivered(document: str, value: str) -> str:
    """Change the day of delivery."""
    start, found, rest = document.partition("<ram:OccurrenceDateTime>")
    assert found
    return start + found + with_value(rest, "udt:DateTimeString", value)


@pytest.fixture(scope="module")
def pool():
    with JudgePool(Limits()) as shared:
        yield shared


@pytest.fixture
def judge(pool, tmp_path):
    """Judge documents in one batch; return their verdicts."""

    def _judge(*documents: str, profile: str = "fr-ctc"):
        jobs = []
        for number, document in enumerate(documents):
            path, work = tmp_path / f"{number}.xml", tmp_path / f"{number}.work"
            path.write_text(document, "utf-8")
            work.mkdir()
            jobs.append((path, work))
        return [each.verdict for each in pool.judge(jobs, standard=Standard(profile, day=DAY))]

    return _judge


def outcomes(verdict) -> list[Outcome]:
    return [pack.outcome for pack in verdict.packs]


def faults(verdict) -> list[str]:
    return [finding.pack for finding in verdict.findings if finding.rule == VALIDATOR_FAULT]


def test_the_unchanged_invoices_are_valid(judge):
    assert [verdict.outcome for verdict in judge(ubl(), cii())] == [VALID, VALID]


@pytest.mark.parametrize(
    ("document", "said", "cause"),
    [
        pytest.param(
            twice(ubl(), "cac:PartyLegalEntity"),
            [VALID, NOT_JUDGED, NOT_JUDGED],
            "more than one item",
            id="two legal entities of the seller",
        ),
        pytest.param(
            twice(cii(), "ram:GrandTotalAmount"), [VALID, NOT_JUDGED, VALID], "more than one item", id="two totals"
        ),
        pytest.param(delivered(cii(), ""), [VALID, VALID, NOT_JUDGED], "Cannot convert", id="an empty date"),
        pytest.param(delivered(cii(), "novembre"), [VALID, VALID, NOT_JUDGED], '"nove"', id="a date in words"),
    ],
)
def test_a_document_on_which_rules_break_off_is_not_judged_and_the_others_are(judge, document, said, cause):
    before, verdict, after = judge(cii(), document, ubl())
    assert (before.outcome, after.outcome) == (VALID, VALID)
    assert verdict.outcome is NOT_JUDGED
    assert outcomes(verdict) == said
    silent = [pack for pack in verdict.packs if pack.outcome is NOT_JUDGED]
    assert faults(verdict) == [pack.name for pack in silent]
    for pack in silent:
        assert cause in pack.because
        assert pack.name in verdict.not_judged_because
    assert {finding.severity for finding in verdict.findings} == {Severity.WARNING}


@pytest.mark.parametrize("amount", ["405,63", "1E100", "NaN"])
@pytest.mark.parametrize(
    ("document", "tag", "rule"),
    [(ubl(), "cbc:PayableAmount", "BR-FR-DEC-01_BT-115"), (cii(), "ram:DuePayableAmount", "BR-FR-DEC-01_BT-115")],
    ids=["ubl", "cii"],
)
def test_a_number_that_is_none_is_invalid_though_rules_break_off_on_it(judge, document, tag, rule, amount):
    (verdict,) = judge(with_value(document, tag, amount))
    assert verdict.outcome is INVALID
    assert verdict.packs[0].outcome is INVALID
    assert {"XSD", rule} <= {finding.rule for finding in verdict.findings}, "the schema, and the pack after the fault"
    assert next(finding.found for finding in verdict.findings if finding.rule == "XSD") == amount
    assert faults(verdict) in ([], [verdict.packs[1].name])


@pytest.mark.parametrize(("document", "tag"), [(ubl(), "cbc:EndpointID"), (cii(), "ram:URIID")], ids=["ubl", "cii"])
def test_an_address_with_two_schemes_is_invalid_by_the_schema_when_rules_break_off(judge, document, tag):
    (verdict,) = judge(twice(document, tag))
    assert verdict.outcome is INVALID
    assert [finding.rule for finding in verdict.findings if finding.severity is Severity.FATAL] == ["XSD"]
    assert verdict.packs[2].name in faults(verdict)


def test_several_due_dates_are_judged_by_the_french_rules(judge):
    (verdict,) = judge(twice(cii(), "ram:SpecifiedTradePaymentTerms"))
    assert verdict.packs[2].name == "BR-FR-Flux2-CII"
    assert verdict.packs[2].outcome is VALID


def test_rules_that_only_inform_may_break_off(judge):
    (verdict,) = judge(twice(cii(), "ram:GrandTotalAmount"), profile="chorus-pro")
    core = next(pack for pack in verdict.packs if pack.name == "EN16931-CII")
    assert (core.mode, core.outcome) == (Severity.INFORMATION, NOT_JUDGED)
    assert verdict.outcome is not NOT_JUDGED
    assert [finding.severity for finding in verdict.findings if finding.rule == VALIDATOR_FAULT] == [
        Severity.INFORMATION
    ]


def test_rules_for_another_kind_of_document_judge_nothing(tmp_path):
    (lifecycle,) = catalogue.shipped().named("BR-FR-CDV")
    path = tmp_path / "invoice.xml"
    path.write_text(ubl(), "utf-8")
    misplaced = Catalogue((replace(lifecycle, kinds=(Kind.UBL_INVOICE,)),))
    with JudgePool(Limits(), packs=lambda: misplaced) as pool:
        (judgement,) = pool.judge([(path, tmp_path)], standard=Standard(packs=("BR-FR-CDV",)))
    assert judgement.verdict.outcome is NOT_JUDGED
    assert "none of its rules" in judgement.verdict.not_judged_because
