"""Chorus Pro: number, date, type, frame of the invoice."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

only_ubl = pytest.mark.parametrize("syntax", ["ubl"], indirect=True)
only_cii = pytest.mark.parametrize("syntax", ["cii"], indirect=True)
EXT = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"


def with_category(draft, value: str, namespace: str = INVOICE) -> None:
    """Write the frame where Chorus Pro's UBL template has it."""
    extensions = etree.Element(f"{{{EXT}}}UBLExtensions")
    draft.root.insert(0, extensions)
    holder = etree.SubElement(etree.SubElement(extensions, f"{{{EXT}}}UBLExtension"), f"{{{EXT}}}ExtensionContent")
    name = f"{{{namespace}}}CategoryCode" if namespace else "CategoryCode"
    etree.SubElement(holder, name).text = value


@pytest.mark.parametrize("blank", [None, "", " \n "])
def test_an_invoice_without_number_is_refused(draft, rules, blank):
    if blank is None:
        draft.erase("number")
    else:
        draft.write("number", blank)
    assert rules(draft.findings()) == {"CPP-NUMBER": "fatal"}


@pytest.mark.parametrize("number", ["F" * 20, "2026/09 FA-1_b+2", " F1 "])
def test_numbers_of_20_allowed_characters_are_taken(draft, number):
    draft.write("number", number)
    assert draft.findings() == []


def test_a_number_of_21_characters_is_refused(draft, rules):
    draft.write("number", "F" * 21)
    (finding,) = draft.findings()
    assert (finding.rule, str(finding.severity)) == ("CPP-NUMBER-LENGTH", "fatal")
    assert finding.expected == "<= 20 characters"
    assert "21 characters" in finding.found


@pytest.mark.parametrize("number", ["F.2026", "F#1", "FÉ1", "F\u00a01", "F\\1", "N°1"])
def test_a_number_with_other_characters_is_refused(draft, rules, number):
    draft.write("number", number)
    assert rules(draft.findings()) == {"CPP-NUMBER-CHARACTERS": "fatal"}


def test_an_invoice_without_date_is_refused(draft, rules):
    draft.erase("date")
    assert rules(draft.findings()) == {"CPP-DATE": "fatal"}


@pytest.mark.parametrize("written", ["2026-02-30", "20260230", "31/08/2026", "202609", "tomorrow"])
def test_what_is_no_date_of_the_calendar_is_refused(draft, rules, written):
    draft.write("date", written)
    assert rules(draft.findings()) == {"CPP-DATE": "fatal"}


@only_ubl
def test_ubl_writes_its_dates_with_hyphens(draft, rules):
    draft.write("date", "20260901")
    assert rules(draft.findings()) == {"CPP-DATE": "fatal"}


@only_cii
@pytest.mark.parametrize("attributes", [{}, {"format": "102"}])
def test_a_cii_date_needs_no_format(draft, attributes):
    draft.node("date").attrib.clear()
    draft.write("date", "20260901", **attributes)
    assert draft.findings() == []


def test_an_invoice_dated_after_its_deposit_is_a_warning(draft, rules):
    assert draft.findings(day=date(2026, 9, 1)) == []
    (finding,) = draft.findings(day=date(2026, 8, 31))
    assert (finding.rule, str(finding.severity)) == ("CPP-DATE-FUTURE", "warning")
    assert finding.expected == "<= 2026-08-31"


def test_an_invoice_without_type_is_refused(draft, rules):
    draft.erase("type")
    assert rules(draft.findings()) == {"CPP-TYPE": "fatal"}


@only_ubl
def test_a_ubl_credit_note_says_by_its_name_what_it_is(credit, rules):
    node = credit.root.find("{*}CreditNoteTypeCode")
    node.getparent().remove(node)
    assert credit.findings() == []


@pytest.mark.parametrize(
    ("code", "severity"),
    [("384", "information"), ("386", "information"), ("389", "information")]
    + [(code, "warning") for code in ("751", "261", "471", "473", "325", "x")],
)
def test_types_beside_380_and_381_weigh_as_much_as_is_known_of_them(draft, rules, code, severity):
    draft.write("type", code)
    assert rules(draft.findings()) == {"CPP-TYPE-CODE": severity}


def test_381_is_a_credit_note_in_every_syntax(draft):
    draft.write("type", "381")
    draft.erase("means")
    assert draft.findings() == []


@only_cii
def test_cii_without_frame_is_refused(draft, rules):
    draft.erase("frame")
    assert rules(draft.findings()) == {"CPP-FRAME": "fatal"}


@only_ubl
def test_ubl_without_frame_is_a_warning_as_its_place_is_not_confirmed(draft, rules):
    draft.erase("frame")
    assert rules(draft.findings()) == {"CPP-FRAME": "warning"}


@pytest.mark.parametrize("frame", ["A1", "A2", "A3", "A5", "A8", "A15", "A22", "A25"])
def test_the_frames_of_the_historical_interfaces_are_taken(draft, frame):
    draft.write("frame", frame)
    assert draft.findings() == []


@only_cii
@pytest.mark.parametrize("frame", ["A11", "A0", "A26", "a1", "B1", "S3", "A1_FACTURE_FOURNISSEUR", "urn:x"])
def test_other_frames_are_refused_in_cii(draft, rules, frame):
    draft.write("frame", frame)
    assert rules(draft.findings()) == {"CPP-FRAME-VALUE": "fatal"}


@only_ubl
@pytest.mark.parametrize("frame", ["A11", "B1", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"])
def test_a_ubl_profile_that_is_no_frame_is_a_warning(draft, rules, frame):
    draft.write("frame", frame)
    assert rules(draft.findings()) == {"CPP-FRAME-VALUE": "warning"}


@only_ubl
@pytest.mark.parametrize(
    "namespace", [INVOICE, "", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"]
)
def test_the_frame_in_the_ubl_extension_comes_first(draft, rules, namespace):
    draft.write("frame", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0")
    with_category(draft, "A1", namespace)
    assert draft.findings() == []
    draft.root.find(".//{*}CategoryCode").text = "A11"
    assert rules(draft.findings()) == {"CPP-FRAME-VALUE": "fatal"}


@only_cii
@pytest.mark.parametrize("frame", ["A9", "A12"])
def test_sub_and_co_contractors_name_who_validates(draft, rules, frame):
    draft.write("frame", frame)
    assert rules(draft.findings()) == {"CPP-VALIDATOR": "fatal"}
    settlement = draft.node("currency").getparent()
    ram = etree.QName(settlement).namespace
    party = etree.SubElement(settlement, f"{{{ram}}}InvoiceeTradeParty")
    assert rules(draft.findings()) == {"CPP-VALIDATOR": "fatal"}
    legal = etree.SubElement(party, f"{{{ram}}}SpecifiedLegalOrganization")
    etree.SubElement(legal, f"{{{ram}}}ID", schemeID="1").text = "73282932000074"
    assert draft.findings() == []


@pytest.mark.parametrize("frame", ["A4", "A7", "A10", "A13", "A14"])
def test_works_documents_that_name_nobody_who_validates_are_a_warning(draft, rules, frame):
    draft.write("frame", frame)
    assert rules(draft.findings()) == {"CPP-VALIDATOR": "warning"}


@only_ubl
def test_in_ubl_the_missing_valideur_is_a_warning_as_its_place_is_unknown(draft, rules):
    draft.write("frame", "A9")
    assert rules(draft.findings()) == {"CPP-VALIDATOR": "warning"}
    party = draft.root.find("{*}AccountingCustomerParty/{*}Party")
    cac = etree.QName(party).namespace
    provider = etree.SubElement(etree.SubElement(party, f"{{{cac}}}ServiceProviderParty"), f"{{{cac}}}Party")
    identification = etree.SubElement(provider, f"{{{cac}}}PartyIdentification")
    cbc = etree.QName(draft.node("number")).namespace
    etree.SubElement(identification, f"{{{cbc}}}ID", schemeName="1").text = "73282932000074"
    assert draft.findings() == []
