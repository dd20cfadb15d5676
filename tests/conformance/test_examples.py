"""Whole documents are judged as those who made them say."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from edid.validation.verdict import Severity
from tests.conformance.cen_cii import NAME, catalogue_with
from tests.conformance.documents import spoiled
from tests.conformance.two_cii import compared
from tests.conformance.whole import LABELS, Label, judged, mislabelled

CEN_CII = Label("cen/cii-examples", "en16931", 15, NAME)
BT_24 = "//*[local-name()='GuidelineSpecifiedDocumentContextParameter']/*[local-name()='ID']"


@pytest.fixture
def cen_file() -> Path:
    if not os.environ.get("EDID_CEN_CII"):
        pytest.skip("set EDID_CEN_CII to CEN's EN16931-CII-validation.xslt; 'make conformance' fetches it")
    return Path(os.environ["EDID_CEN_CII"])


@pytest.mark.parametrize("label", LABELS, ids=lambda label: f"{label.folder} by {label.profile}")
def test_documents_are_judged_as_those_who_made_them_say(corpus, tmp_path, label):
    found = judged((corpus / label.folder).glob("*.xml"), label.profile, tmp_path)
    assert list(mislabelled(label, found)) == []


def test_one_sample_of_chorus_pro_is_refused_once_for_its_schema(corpus, tmp_path):
    (found,) = judged([corpus / "chorus/cii/FSO1116A_P01.xml"], "chorus-pro", tmp_path)
    assert found.fatal == Counter({"XSD": 1})
    assert "ApplicableHeaderTradeDelivery" in found.verdict.findings[0].expected


@pytest.mark.parametrize(
    ("tag", "value", "rule"),
    [
        ("ram:InvoiceCurrencyCode", "EURO", "FX-SCH-A-000595"),
        ("ram:CountryID", "France", "FX-SCH-A-000580"),
        ("ram:CategoryCode", "X", "FX-SCH-A-000619"),
        ("ram:TypeCode", "000", "FX-SCH-A-000555"),
        ("ram:GrandTotalAmount", "1.00", "BR-CO-15"),
        ("ram:LineTotalAmount", "1.234", "BR-DEC-23"),
    ],
)
def test_a_cii_invoice_is_still_refused_for_what_en_16931_asks(corpus, tmp_path, tag, value, rule):
    tree = etree.parse(corpus / "cen/cii-examples/CII_example2.xml")
    next(tree.iterfind(f".//{tag}", tree.getroot().nsmap)).text = value
    tree.write(tmp_path / "spoiled.xml")
    (found,) = judged([tmp_path / "spoiled.xml"], "en16931", tmp_path)
    assert rule in found.fatal


def test_of_what_factur_x_alone_asks_a_cii_invoice_is_told_and_not_refused(corpus, tmp_path):
    tree = etree.parse(corpus / "cen/cii-examples/CII_example2.xml")
    tree.xpath(BT_24)[0].text = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
    tree.write(tmp_path / "xrechnung.xml")
    (found,) = judged([tmp_path / "xrechnung.xml"], "en16931", tmp_path)
    assert found.fatal == Counter()
    told = {finding.rule: finding.severity for finding in found.verdict.findings}
    assert told["FX-SCH-A-000556"] is Severity.INFORMATION


def test_every_cii_example_of_cen_is_valid_by_the_file_of_cen(corpus, tmp_path, cen_file):
    packs = catalogue_with(cen_file)
    found = judged((corpus / CEN_CII.folder).glob("*.xml"), CEN_CII.profile, tmp_path, packs=packs)
    assert list(mislabelled(CEN_CII, found)) == []


def test_the_shipped_rules_for_cii_mostly_say_what_cen_says(corpus, tmp_path, cen_file):
    found = compared(spoiled(corpus, tmp_path, 150, sources=(CEN_CII.folder,)), tmp_path, cen_file)
    assert found.share > 0.9
    assert found.asked > 50
