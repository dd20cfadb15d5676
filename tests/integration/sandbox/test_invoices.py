"""Example invoices: valid by the official schemas, sums that add up, companies that do not exist."""

from __future__ import annotations

import importlib.resources
import io
from datetime import date
from decimal import Decimal
from functools import cache

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from stdnum import iban
from stdnum.fr import siren, siret, tva

from edid.errors import EdidError
from edid.sandbox.invoices import (
    BUYER,
    CUSTOMER,
    SELLER,
    Breakage,
    broken_invoice,
    cii_invoice,
    example_invoice,
    factur_x,
    ubl_credit_note,
    ubl_invoice,
)
from edid.sandbox.invoices.parties import SUPPLIERS
from edid.sandbox.invoices.pdf import readable_pdf

DAY = date(2026, 9, 15)
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
SCHEMAS = {
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "CrossIndustryInvoice": "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
}


@cache
def schema(name: str) -> etree.XMLSchema:
    place = importlib.resources.files("facturx") / "xsd_and_schematron" / SCHEMAS[name]
    return etree.XMLSchema(file=str(place))


def faults(document: bytes) -> list[str]:
    tree = etree.fromstring(document)
    judge = schema(etree.QName(tree).localname)
    judge.validate(tree)
    return [str(error) for error in judge.error_log]


@pytest.mark.parametrize("frame", ["A1", "A9", "B1"])
@pytest.mark.parametrize("lines", [1, 3, 12])
def test_every_syntax_is_valid_by_its_schema(frame, lines):
    documents = [
        ubl_invoice("F-1", DAY, lines=lines, frame=frame),
        ubl_invoice("F-1", DAY, lines=lines, frame=frame, service_code=None, engagement=None),
        ubl_credit_note("A-1", DAY, credit_of="F-1", lines=lines, frame=frame),
        cii_invoice("F-1", DAY, lines=lines, frame=frame),
        cii_invoice("A-1", DAY, lines=lines, frame=frame, credit_of="F-1"),
        cii_invoice("F-1", DAY, lines=lines, frame=frame, service_code=None, engagement=None),
    ]
    assert [faults(document) for document in documents] == [[]] * len(documents)


@given(
    lines=st.integers(1, 20),
    amount=st.none() | st.decimals(Decimal(1), Decimal(999_999), places=2),
)
@settings(max_examples=60, deadline=None)
def test_totals_add_up(lines, amount):
    invoice = example_invoice("F-1", DAY, lines=lines, amount=amount)
    assert sum(line.quantity * line.unit_price for line in invoice.lines) == invoice.net_total
    assert sum(share.base for share in invoice.vat) == invoice.net_total
    assert sum(share.amount for share in invoice.vat) == invoice.vat_total
    assert invoice.gross_total == invoice.net_total + invoice.vat_total
    assert all(abs(share.base * share.rate / 100 - share.amount) <= Decimal("0.005") for share in invoice.vat)
    assert amount is None or invoice.net_total == amount
    written = etree.fromstring(ubl_invoice("F-1", DAY, lines=lines, amount=amount))
    assert written.findtext(f".//{CBC}PayableAmount") == str(invoice.gross_total)
    assert len({line.vat_rate for line in invoice.lines}) == len(invoice.vat)


def test_the_same_choices_give_the_same_bytes():
    for make in (ubl_invoice, cii_invoice, factur_x):
        assert make("F-1", DAY) == make("F-1", DAY)
        assert make("F-1", DAY) != make("F-2", DAY)


def test_companies_are_made_up_and_their_identifiers_right():
    for party in (SELLER, BUYER, CUSTOMER, *SUPPLIERS):
        assert party.siren.startswith("000")
        assert siren.is_valid(party.siren)
        assert siret.is_valid(party.siret)
        assert tva.is_valid(party.vat)
        assert party.iban is None or iban.is_valid(party.iban)
    assert len({party.siren for party in (SELLER, BUYER, CUSTOMER, *SUPPLIERS)}) == 6


def test_a_historical_invoice_names_its_style_sheet_and_another_does_not():
    assert b'<?xml-stylesheet type="text/xsl" href="FSO1100A.xsl"?>' in ubl_invoice("F-1", DAY)
    assert b"xml-stylesheet" not in ubl_invoice("F-1", DAY, frame="B1")


@pytest.mark.parametrize(("lines", "amount"), [(0, None), (-1, None), (3, Decimal("0.01")), (1, Decimal(0))])
def test_impossible_wishes_are_refused(lines, amount):
    with pytest.raises(EdidError):
        example_invoice("F-1", DAY, lines=lines, amount=amount)


def test_factur_x_carries_its_cii():
    with pikepdf.open(io.BytesIO(factur_x("F-1", DAY))) as pdf:
        attached = pdf.attachments["factur-x.xml"]
        assert attached.get_file().read_bytes() == cii_invoice("F-1", DAY)
        assert attached.relationship == pikepdf.Name.Data
        assert pdf.Root.AF[0] == attached.obj
        with pdf.open_metadata() as metadata:
            assert metadata["fx:ConformanceLevel"] == "EN 16931"
            assert metadata["fx:DocumentFileName"] == "factur-x.xml"


@pytest.mark.parametrize("lines", [1, 200])
def test_the_readable_pdf_is_one_page_with_the_number_on_it(lines):
    with pikepdf.open(io.BytesIO(readable_pdf(example_invoice("F(1)", DAY, lines=lines)))) as pdf:
        assert len(pdf.pages) == 1
        assert rb"Facture F\(1\) du 15/09/2026" in pdf.pages[0].Contents.read_bytes()


@pytest.mark.parametrize("kind", Breakage)
def test_every_broken_invoice_is_broken(kind):
    broken = broken_invoice(kind)
    if kind is Breakage.DOCTYPE:
        assert b"<!DOCTYPE" in broken
        return
    try:
        found = faults(broken)
    except (etree.XMLSyntaxError, KeyError):
        return
    assert found
