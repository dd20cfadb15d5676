from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from edid.documents import cii as cii_reader
from edid.documents import ubl as ubl_reader
from edid.documents import values
from edid.documents.kinds import Facts
from edid.documents.parties import Identifier, best


def tree(data: bytes) -> etree._ElementTree:
    return etree.fromstring(data).getroottree()


def test_the_facts_of_a_ubl_invoice(ubl):
    assert ubl_reader.read(tree(ubl)) == Facts(
        number="F2026-001",
        issue_date=date(2026, 11, 23),
        type_code="380",
        currency="EUR",
        frame="A1",
        profile="urn:cen.eu:en16931:2017",
        service_code="SERVICE-7",
        engagement="EJ-77",
        contract="M-12",
        seller_name="Vendeur & Fils",
        seller_id="73282932000074",
        seller_scheme="1",
        seller_vat="FR44732829320",
        buyer_name="Mairie",
        buyer_id="213500010",
        buyer_scheme="0002",
        net_total=Decimal("100.00"),
        vat_total=Decimal("20.00"),
        gross_total=Decimal("120.00"),
        payable=Decimal("90.50"),
        original_number="F2025-9",
    )


def test_the_facts_of_a_cii_invoice(cii):
    assert cii_reader.read(tree(cii)) == Facts(
        number="C2026-5",
        issue_date=date(2026, 11, 23),
        type_code="381",
        currency="EUR",
        frame="A9",
        profile="urn:factur-x",
        service_code="SERV1",
        engagement="EJ-5",
        contract="M-9",
        seller_name="Vendeur",
        seller_id="73282932000074",
        seller_scheme="0009",
        seller_vat="FR44732829320",
        buyer_name="Mairie",
        net_total=Decimal("100.00"),
        vat_total=Decimal("20.00"),
        gross_total=Decimal("120.00"),
        payable=Decimal("120.00"),
        original_number="C2026-4",
    )


def test_the_buyer_reference_comes_before_the_contact_and_the_profile_stands_in_for_the_frame(ubl):
    changed = ubl.replace(b"<CategoryCode>A1</CategoryCode>", b"").replace(
        b"<cac:OrderReference>", b"<cbc:BuyerReference>BT-10</cbc:BuyerReference><cac:OrderReference>"
    )
    facts = ubl_reader.read(tree(changed))
    assert (facts.frame, facts.service_code) == ("B1", "BT-10")


def test_an_empty_document_has_no_facts():
    names = ubl_reader.INVOICE, cii_reader.INVOICE
    assert ubl_reader.read(tree(f'<Invoice xmlns="{names[0]}"/>'.encode())) == Facts()
    assert cii_reader.read(tree(f'<CrossIndustryInvoice xmlns="{names[1]}"/>'.encode())) == Facts()


def test_elements_of_another_namespace_do_not_count(ubl, cii):
    assert ubl_reader.read(tree(ubl.replace(b"CommonBasicComponents-2", b"Other"))).number is None
    assert cii_reader.read(tree(cii.replace(b"BusinessInformationEntity:100", b"Other"))).number is None


def test_a_comment_does_not_cut_a_number_short(ubl):
    assert ubl_reader.read(tree(ubl.replace(b"F2026-001", b"F2026<!-- - -->-0<?x?>01"))).number == "F2026-001"


@pytest.mark.parametrize(
    ("given_ids", "expected"),
    [
        ([("x", None), ("732829320", "0002"), ("73282932000074", "0009")], "73282932000074"),
        ([("x", None), ("732829320", "0002")], "732829320"),
        ([("x", "0088"), ("y", None)], "x"),
        ([("FRZZ", "SEPA"), ("y", None)], "y"),
        ([(None, "0009"), ("y", None)], "y"),
        ([("73282932000074", "siret")], "73282932000074"),
        ([], None),
    ],
)
def test_the_siret_speaks_first_then_the_siren_then_whatever_comes_first(given_ids, expected):
    assert best(Identifier(*it) for it in given_ids).value == expected


@pytest.mark.parametrize(
    "written", ["12,50", "NaN", "Infinity", "-INF", "1E100", "1e2", "", " ", "١٢", "1_000", "0x1", "."]
)
def test_what_is_no_decimal_is_no_amount(written):
    assert values.amount(written) is None


@pytest.mark.parametrize(("written", "value"), [(" 12.50 ", "12.50"), ("-0.1", "-0.1"), ("+7.", "7"), (".5", "0.5")])
def test_a_decimal_is_read_exactly(written, value):
    assert values.amount(written) == Decimal(value)


@pytest.mark.parametrize("written", ["2026-02-30", "23/11/2026", "0000-01-01", "2026-1-1", "", "2026-11-23x"])
def test_what_is_no_date_is_no_day(written):
    assert values.day(written) is None
    assert values.compact_day(written) is None


@pytest.mark.parametrize("written", ["2026-11-23", "2026-11-23Z", "2026-11-23+01:00", " 2026-11-23T10:00:00"])
def test_a_date_is_read_with_whatever_follows_it(written):
    assert values.day(written) == date(2026, 11, 23)
    assert values.compact_day("20261123") == values.compact_day("202611231200") == date(2026, 11, 23)


def test_a_moment_without_zone_is_french_time():
    assert values.moment("2026-07-01T12:00:00") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert values.moment("2026-12-01T12:00:00.123") == datetime(2026, 12, 1, 11, 0, 0, 123000, tzinfo=UTC)
    assert values.moment("2026-12-01T12:00:00Z") == datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-12-01", "0001-01-01T00:00:00+14:00", "2026-12-01T25:00:00", "now", ""])
def test_what_is_no_moment_is_none(written):
    assert values.moment(written) is None


@given(st.text())
def test_no_text_makes_a_value_raise(written):
    values.day(written)
    values.compact_day(written)
    values.moment(written)
    number = values.amount(written)
    assert number is None or number.is_finite()
