from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from edid.documents.kinds import Facts
from edid.routing.filing import day_folder, invoice_folder

DAY = date(2026, 11, 23)


def test_an_invoice_is_filed_by_day_supplier_and_number() -> None:
    facts = Facts(number="2026/7", seller_id="73282932000074", seller_name="Vendeur")
    assert invoice_folder(DAY, facts) == PurePosixPath("2026-11-23/732829320_2026-7")
    assert invoice_folder(DAY, facts, "2") == PurePosixPath("2026-11-23/732829320_2026-7_2")


def test_what_is_missing_is_said_so() -> None:
    assert invoice_folder(DAY, Facts()).name == "unknown-supplier_without-number"
    assert invoice_folder(DAY, Facts(number="1", seller_name="Vendeur & Fils")).name == "Vendeur & Fils_1"


@given(st.text(), st.text(), st.text())
def test_no_content_leads_out_of_the_folder_of_the_day(number: str, seller: str, name: str) -> None:
    folder = invoice_folder(DAY, Facts(number=number, seller_id=seller, seller_name=name))
    assert folder.parent == day_folder(DAY)
    assert folder.name not in {"", ".", ".."}
    assert "/" not in folder.name
    assert "\0" not in folder.name
    assert len(folder.name.encode()) <= 130
