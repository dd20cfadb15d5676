"""What a pack of edid's own gives back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from edid.documents.kinds import Kind
from edid.documents.particulars.model import Datum, Particulars
from edid.documents.particulars.reading import read
from edid.sandbox.invoices import cii_invoice, factur_x, ubl_credit_note, ubl_invoice
from edid.validation.own.packs import OWN_PACKS
from edid.validation.own.rule import Breach, OwnPack, Rule
from edid.validation.own.running import LISTED, run, sha256_of
from edid.validation.verdict import Severity

WORD = Datum("x" * 500, 7, "/Invoice/cbc:ID", "0002")


def pack_of(*rules: Rule) -> OwnPack:
    return OwnPack("TRY", "2026.01.01", rules)


def test_packs_are_known_by_their_names():
    assert {name: pack.name for name, pack in OWN_PACKS.items()} == {
        "CHORUS-PRO": "CHORUS-PRO",
        "BR-FR-CPRO": "BR-FR-CPRO",
    }


def test_a_finding_tells_rule_pack_place_and_terms(circumstances):
    rule = Rule("TRY-1", Severity.FATAL, lambda *_: [Breach("it is wrong.", WORD, WORD.value, "y")], "us", ("BT-1",))
    (finding,), total = run(pack_of(rule), Particulars("ubl", is_credit_note=False), circumstances)
    assert total == 1
    assert (finding.rule, finding.pack, finding.terms) == ("TRY-1", "TRY", ("BT-1",))
    assert (finding.line, finding.path) == (7, "/Invoice/cbc:ID")
    assert (finding.message, finding.expected) == ("It is wrong.", "y")
    assert len(finding.found) == 120


def test_a_rule_is_listed_twenty_times_and_counted_always(circumstances):
    rule = Rule("TRY-1", Severity.WARNING, lambda *_: [Breach(f"{number}") for number in range(45)], "us")
    other = Rule("TRY-2", Severity.WARNING, lambda *_: [Breach("once")], "us")
    findings, total = run(pack_of(rule, other), Particulars("ubl", is_credit_note=False), circumstances)
    assert total == 46
    assert [finding.message for finding in findings] == [*map(str, range(LISTED)), "Once"]


@pytest.mark.parametrize(
    ("at_most", "severity"),
    [
        (None, "warning"),
        (Severity.FATAL, "warning"),
        (Severity.WARNING, "warning"),
        (Severity.INFORMATION, "information"),
    ],
)
def test_a_breach_may_weigh_less_than_its_rule_and_never_more(circumstances, at_most, severity):
    rule = Rule("TRY-1", Severity.WARNING, lambda *_: [Breach("it", at_most=at_most)], "us")
    findings, _ = run(pack_of(rule), Particulars("ubl", is_credit_note=False), circumstances)
    assert [str(finding.severity) for finding in findings] == [severity]


def test_a_rule_may_weigh_less_in_qualification(circumstances):
    rule = Rule("TRY-1", Severity.FATAL, lambda *_: [Breach("it")], "us", in_qualification=Severity.WARNING)
    particulars = Particulars("ubl", is_credit_note=False)
    (there,), _ = run(pack_of(rule), particulars, circumstances._replace(environment="qualification"))
    (here,), _ = run(pack_of(rule), particulars, circumstances)
    assert (there.severity, here.severity) == (Severity.WARNING, Severity.FATAL)


def test_packs_are_told_apart_by_their_sha256():
    sums = [sha256_of(pack) for pack in OWN_PACKS.values()]
    assert len(set(sums)) == len(sums)
    assert all(len(each) == 64 for each in sums)
    assert sums == [sha256_of(replace(pack, rules=())) for pack in OWN_PACKS.values()]


def test_rules_survive_an_invoice_that_holds_nothing(circumstances):
    for syntax in ("ubl", "cii"):
        for pack in OWN_PACKS.values():
            findings, total = run(pack, Particulars(syntax, is_credit_note=False), circumstances)
            assert len(findings) == total > 0


@pytest.mark.parametrize("frame", ["A1", "A2", "A9", "A12"])
def test_the_example_invoices_are_good_for_chorus_pro(frame, issued, circumstances, embedded):
    choices = {"frame": frame, "lines": 4}
    for kind, data in (
        (Kind.UBL_INVOICE, ubl_invoice("F-1", issued, **choices)),
        (Kind.UBL_CREDIT_NOTE, ubl_credit_note("A-1", issued, credit_of="F-1", **choices)),
        (Kind.CII, cii_invoice("F-1", issued, **choices)),
        (Kind.CII, cii_invoice("A-1", issued, credit_of="F-1", **choices)),
        (Kind.FACTUR_X, embedded(factur_x("F-1", issued, **choices))),
        (Kind.FACTUR_X, embedded(factur_x("A-1", issued, credit_of="F-1", **choices))),
    ):
        particulars = read(etree.ElementTree(etree.fromstring(data)), kind)
        for pack in OWN_PACKS.values():
            findings, _ = run(pack, particulars, circumstances)
            assert [each for each in findings if each.severity is Severity.FATAL] == [], (kind, pack.name)
