"""BR-FR-CPRO: invoices to public bodies through an approved platform."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from edid.documents.particulars.reading import read
from edid.validation.own import b2g
from edid.validation.own.running import run

PACK = "BR-FR-CPRO"


def only(rule: str) -> dict[str, str]:
    return {f"BR-FR-CPRO-{rule}": "fatal"}


def test_a_good_invoice_of_the_reform_has_no_finding(reform):
    assert reform.findings(PACK) == []


@pytest.mark.parametrize("place", ["number", "prior invoice", "line's prior invoice"])
def test_numbers_of_invoices_have_20_characters(reform, rules, place):
    reform.write(place, "N" * 20)
    assert reform.findings(PACK) == []
    reform.write(place, "N" * 21)
    assert rules(reform.findings(PACK)) == only("02")


@pytest.mark.parametrize(
    ("place", "limit", "rule"),
    [
        ("contract", 50, "14"),
        ("engagement", 50, "15"),
        ("description", 1024, "31"),
        ("street", 400, "32"),
        ("city", 400, "33"),
        ("buyer's trade name", 99, "34"),
        ("terms", 1024, "35"),
        ("seller's trade name", 99, "36"),
        ("payee", 99, "37"),
        ("delivery", 20, "38"),
        ("account", 27, "39"),
        ("note", 1024, "42"),
        ("seller", 99, "43"),
        ("buyer", 99, "44"),
    ],
)
def test_texts_have_a_greatest_length(reform, rules, place, limit, rule):
    reform.write(place, "É" * limit)
    assert reform.findings(PACK) == []
    reform.write(place, "É" * (limit + 1))
    (finding,) = reform.findings(PACK)
    assert rules([finding]) == only(rule)
    assert finding.line
    assert finding.path.startswith("/")


def test_the_subject_code_of_a_ubl_note_does_not_count(reform):
    text = "é" * 1024
    reform.write("note", f"#PMT#{text}" if reform.syntax == "ubl" else text)
    assert reform.findings(PACK) == []


def test_blanks_around_a_text_do_not_count(reform):
    reform.write("description", " " * 50 + "d" * 1020 + "\n")
    reform.write("line's prior invoice", " " * 20 + "N" * 20)
    assert reform.findings(PACK) == []


def test_references_and_file_names_of_attachments_have_50_characters(reform, rules, zipped):
    reform.attach("r" * 51, zipped("a.pdf"), filename="a.pdf")
    assert rules(reform.findings(PACK)) == only("30")
    reform.node("attachment").text = "r" * 50
    assert reform.findings(PACK) == []
    reform.attach("b", zipped("a.pdf"), filename="f" * 47 + ".pdf")
    assert rules(reform.findings(PACK)) == only("41")


@pytest.mark.parametrize("scheme", ["0009", "0223", "0226", "0227", "0228", "0229"])
def test_the_seller_has_an_identifier_of_an_admitted_scheme(reform, scheme):
    value = {"0009": "73282932000074", "0226": "1234567890DUPONT"}.get(scheme, "123456789")
    legal = reform.root.find(
        ".//{*}CompanyID[@schemeID='0002']" if reform.syntax == "ubl" else ".//{*}ID[@schemeID='0002']"
    )
    legal.getparent().remove(legal)
    reform.write("seller's private id", value, schemeID=scheme)
    assert reform.findings(PACK) == []


def test_a_seller_of_another_scheme_is_unknown(reform, rules):
    reform.write("seller's private id", "73282932000074", schemeID="0088")
    assert rules(reform.findings(PACK)) == only("03") | only("09")
    legal = reform.root.find(
        ".//{*}CompanyID[@schemeID='0002']" if reform.syntax == "ubl" else ".//{*}ID[@schemeID='0002']"
    )
    legal.getparent().remove(legal)
    assert rules(reform.findings(PACK)) == only("03")


@pytest.mark.parametrize(
    ("scheme", "good", "bad"),
    [
        ("0223", "B" * 17, "B" * 18),
        ("0227", "B" * 17, "B" * 18),
        ("0228", "123456789", "12345678"),
        ("0228", "1234567890", "12345678901"),
        ("0229", "123456789", "12345678"),
        ("0226", "1234567890" + "x" * 70, "1234567890" + "x" * 71),
        ("0226", "1234567890", "123456789X"),
    ],
)
def test_identifiers_of_sellers_have_the_form_of_their_scheme(reform, rules, scheme, good, bad):
    reform.add("seller's private id", good, above=2 if reform.syntax == "ubl" else 1, schemeID=scheme)
    assert reform.findings(PACK) == []
    reform.root.find(f".//*[@schemeID='{scheme}']").text = bad
    assert rules(reform.findings(PACK)) == only("04-08")


@pytest.mark.parametrize(("place", "rule"), [("seller's private id", "09"), ("buyer's private id", "10")])
def test_a_siret_stands_beside_the_siren(reform, rules, place, rule):
    reform.write(place, "123456789", schemeID="0228")
    assert rules(reform.findings(PACK)) == only(rule)


def test_a_payee_with_a_siren_gives_its_siret(reform, rules):
    reform.write("payee", "Affactureur SA")
    assert reform.findings(PACK) == []
    reform.write("payee's id", "732829320", schemeID="0002")
    assert rules(reform.findings(PACK)) == only("17")
    reform.add("payee's id", "73282932000074", above=2 if reform.syntax == "ubl" else 1, schemeID="0009")
    assert reform.findings(PACK) == []


def test_more_lines_than_six_digits_count_are_refused(reform, rules, monkeypatch):
    monkeypatch.setattr(b2g, "MOST_LINES", 3)
    assert reform.findings(PACK) == []
    monkeypatch.setattr(b2g, "MOST_LINES", 2)
    assert rules(reform.findings(PACK)) == only("19")


def test_the_limit_of_lines_is_that_of_the_annex(reform, circumstances):
    tree = etree.ElementTree(etree.fromstring(reform.bytes()))
    particulars = read(tree, reform.kind)
    assert run(b2g.BR_FR_CPRO, replace(particulars, line_count=999_999), circumstances) == ([], 0)
    findings, total = run(b2g.BR_FR_CPRO, replace(particulars, line_count=1_000_000), circumstances)
    assert ([finding.rule for finding in findings], total) == (["BR-FR-CPRO-19"], 1)


@pytest.mark.parametrize(
    ("place", "above", "rule"),
    [
        ("prior invoice", (3, 2), "20"),
        ("terms", (2, 2), "25"),
        ("seller's contact", (2, 2), "26"),
        ("buyer's contact", (2, 2), "27"),
    ],
)
def test_some_things_are_there_once(reform, rules, place, above, rule):
    reform.write(place, "first")
    assert reform.findings(PACK) == []
    reform.add(place, "second", above=above[reform.syntax == "cii"])
    assert rules(reform.findings(PACK)) == only(rule)


def test_the_frame_s5_is_refused_and_s3_is_not(reform, rules):
    reform.write("frame", "S3")
    assert reform.findings(PACK) == []
    reform.write("frame", "S5")
    (finding,) = reform.findings(PACK)
    assert (finding.rule, finding.expected) == ("BR-FR-CPRO-24", "S3")
