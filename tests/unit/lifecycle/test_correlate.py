from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.documents.kinds import Facts, FlowStatus, InvoiceStatus
from edid.flows.names import build, flow_identifier
from edid.lifecycle.correlate import Match, flow_keys, same_invoice, supplier_siren

STATUS = InvoiceStatus(
    "07",
    "Example01",
    None,
    invoice_date=date(2018, 6, 13),
    supplier_type="1",
    supplier_id="00000000169959",
    debtor_id="00000000169991",
)
FACTS = Facts(number="Example01", issue_date=date(2018, 6, 13), seller_id="00000000169959", seller_scheme="1")


def test_supplier_number_and_year_make_an_exact_match():
    assert same_invoice(STATUS, FACTS) is Match.EXACT


@pytest.mark.parametrize(
    ("supplier_type", "supplier_id", "seller"),
    [
        ("1", "73282932000074", {"seller_id": "732829320"}),
        ("1", "73282932000074", {"seller_id": "73282932099999"}),
        ("1", "732 829 320 00074", {"seller_vat": "FR44732829320"}),
        ("2", "FR44732829320", {"seller_id": "73282932000074"}),
        (None, "732829320", {"seller_id": "73282932000074"}),
        ("2", "DE123456789", {"seller_vat": "DE123456789"}),
        ("2", "de 123 456 789", {"seller_vat": "DE123456789"}),
        ("3", "US-77", {"seller_id": "US-77"}),
        ("4", "1234567890", {"seller_id": "1234567890"}),
    ],
)
def test_the_supplier_is_the_same_by_siren_when_french_else_as_written(supplier_type, supplier_id, seller):
    status = replace(STATUS, supplier_type=supplier_type, supplier_id=supplier_id)
    facts = replace(FACTS, **{"seller_id": None, **seller})
    assert same_invoice(status, facts) is Match.EXACT


@pytest.mark.parametrize(
    "status",
    [
        replace(STATUS, supplier_id="73282932000074"),
        replace(STATUS, number="Example02"),
        replace(STATUS, number="EXAMPLE01"),
        replace(STATUS, number="example01"),
        replace(STATUS, number=""),
        replace(STATUS, number="Example 01"),
        replace(STATUS, invoice_date=date(2017, 6, 13)),
        replace(STATUS, supplier_type="3", supplier_id="169959"),
    ],
)
def test_another_supplier_number_or_year_is_another_invoice(status):
    assert same_invoice(status, FACTS) is Match.NONE


def test_two_suppliers_that_share_a_number_are_told_apart():
    other = replace(FACTS, seller_id="73282932000074")
    assert same_invoice(STATUS, other) is Match.NONE
    assert same_invoice(STATUS, FACTS) is Match.EXACT


def test_another_day_of_the_same_year_is_the_same_invoice():
    assert same_invoice(replace(STATUS, invoice_date=date(2018, 12, 31)), FACTS) is Match.EXACT


def test_outer_blanks_of_a_number_do_not_matter():
    assert same_invoice(replace(STATUS, number=" Example01 "), FACTS) is Match.EXACT


def test_a_status_without_date_matches_without_year():
    assert same_invoice(replace(STATUS, invoice_date=None), FACTS) is Match.WITHOUT_YEAR
    assert same_invoice(STATUS, replace(FACTS, issue_date=None)) is Match.WITHOUT_YEAR


def test_a_number_alone_is_never_more_than_a_hint():
    assert same_invoice(replace(STATUS, supplier_id=None), FACTS) is Match.NUMBER_ONLY
    assert same_invoice(STATUS, replace(FACTS, seller_id=None)) is Match.NUMBER_ONLY
    assert Match.NONE < Match.NUMBER_ONLY < Match.WITHOUT_YEAR < Match.EXACT


@pytest.mark.parametrize(
    "part",
    [
        {"number": "X" * 20},
        {"number": "x" * 20},
        {"invoice_date": date(1900, 1, 1)},
        {"supplier_id": "000000000", "supplier_type": None},
        {"supplier_id": "00000000000000"},
    ],
)
def test_what_the_platform_writes_when_it_could_not_read_matches_nothing_not_even_itself(part):
    status = replace(STATUS, **part)
    same = Facts(number=status.number, issue_date=status.invoice_date, seller_id=status.supplier_id)
    assert same_invoice(status, FACTS) is Match.NONE
    assert same_invoice(status, same) is Match.NONE


def test_an_invoice_without_number_matches_nothing():
    assert same_invoice(replace(STATUS, number=""), replace(FACTS, number="")) is Match.NONE
    assert same_invoice(STATUS, replace(FACTS, number=None)) is Match.NONE


@pytest.mark.parametrize(
    ("supplier_type", "supplier_id", "siren"),
    [
        ("1", "73282932000074", "732829320"),
        ("2", "FR44732829320", "732829320"),
        ("2", "123456789", None),
        ("3", "732829320", None),
        ("5", "A12345", None),
        ("1", None, None),
    ],
)
def test_a_siren_is_seen_only_in_french_identifiers(supplier_type, supplier_id, siren):
    status = replace(STATUS, supplier_type=supplier_type, supplier_id=supplier_id)
    assert supplier_siren(status) == siren


@given(st.text(), st.none() | st.text(), st.none() | st.text(), st.none() | st.text())
def test_hostile_identifiers_never_make_the_matching_crash(number, supplier_type, supplier_id, seller):
    status = InvoiceStatus("01", number, None, supplier_type=supplier_type, supplier_id=supplier_id)
    assert isinstance(same_invoice(status, Facts(number=number, seller_id=seller)), Match)


CDAR_STATUS = InvoiceStatus(
    "210",
    "F202500003",
    None,
    invoice_date=date(2025, 7, 1),
    supplier_type="0002",
    supplier_id="732829320",
    dialect="cdar",
)
CDAR_FACTS = Facts(
    number="F202500003",
    issue_date=date(2025, 7, 1),
    seller_id="732829320",
    seller_scheme="0002",
    seller_vat="FR44732829320",
)


@pytest.mark.parametrize(
    ("supplier_type", "supplier_id", "seller"),
    [
        ("0002", "732829320", {}),
        ("0002", "732829320", {"seller_id": "73282932000074", "seller_scheme": "0009"}),
        ("0009", "73282932000074", {}),
        ("0009", "732 829 320 00074", {"seller_id": None}),
        ("0223", "DE123456789", {"seller_id": "DE123456789", "seller_vat": None}),
    ],
)
def test_an_afnor_message_names_the_seller_by_siren_siret_or_as_written(supplier_type, supplier_id, seller):
    status = replace(CDAR_STATUS, supplier_type=supplier_type, supplier_id=supplier_id)
    assert same_invoice(status, replace(CDAR_FACTS, **seller)) is Match.EXACT


@pytest.mark.parametrize(
    "part",
    [
        {"supplier_id": "552100554"},
        {"supplier_type": "0223", "supplier_id": "732829320"},
        {"number": "F202500004"},
        {"invoice_date": date(2024, 7, 1)},
        {"number": "X" * 20},
        {"invoice_date": date(1900, 1, 1)},
        {"supplier_id": "000000000"},
        {"supplier_type": "0009", "supplier_id": "00000000000000"},
    ],
)
def test_an_afnor_message_about_something_else_or_about_nothing_readable_matches_nothing(part):
    status = replace(CDAR_STATUS, **part)
    assert same_invoice(status, replace(CDAR_FACTS, seller_id="73282932000074")) is Match.NONE
    unreadable = Facts(number=status.number, issue_date=status.invoice_date, seller_id=status.supplier_id)
    if set(part.get("supplier_id", "")) == {"0"}:
        assert same_invoice(status, unreadable) is Match.NONE


def test_a_message_that_refuses_a_whole_file_names_neither_date_nor_seller():
    status = replace(CDAR_STATUS, supplier_type=None, supplier_id=None, invoice_date=None)
    assert same_invoice(status, CDAR_FACTS) is Match.NUMBER_ONLY


OURS = build("FSO1116A", "ABC123", 42)


@pytest.mark.parametrize(
    ("flow_id", "envelope", "keys"),
    [
        (flow_identifier(OURS), None, [flow_identifier(OURS)]),
        (OURS, None, [flow_identifier(OURS), OURS]),
        (f"{OURS}.tar.gz", None, [flow_identifier(OURS), OURS]),
        ("1000000000", "1000000000", ["1000000000"]),
        (f" {OURS}\n", flow_identifier(OURS), [flow_identifier(OURS), OURS]),
        ("CPP0011110000000000001557", "CPP0020036000000000000004",
         ["CPP0011110000000000001557", "CPP0020036000000000000004"]),
        ("FSO1116A_JMRPOR_JMRPOR1116000000179.xml", None,
         ["JMRPOR1116000000179", "FSO1116A_JMRPOR_JMRPOR1116000000179"]),
        ("", None, []),
        ("  ", " ", []),
    ],
)  # fmt: skip
def test_a_flow_is_looked_up_by_identifier_and_by_name(flow_id, envelope, keys):
    assert flow_keys(FlowStatus("90", flow_id, None), envelope) == keys
