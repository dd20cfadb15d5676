from __future__ import annotations

import string
from datetime import date
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edid.config.filing import PLACEHOLDERS, Filing
from edid.documents.kinds import Facts, Kind
from edid.documents.names import safe_name
from edid.routing.filing import Naming, day_folder, routed_folder

DAY = date(2026, 11, 23)
FACTS = Facts(
    number="2026/7",
    issue_date=date(2026, 10, 5),
    type_code="380",
    seller_id="73282932000074",
    seller_name="Vendeur & Fils",
    service_code="SERV 1",
    engagement="EJ-9",
)


def naming(**filing: str | None) -> Naming:
    return Naming(Filing.model_validate(filing), "recepteur", DAY)


def test_an_invoice_is_filed_by_day_supplier_and_number() -> None:
    assert naming().folder(FACTS) == PurePosixPath("2026-11-23/732829320_2026-7")
    assert naming().folder(FACTS, copy="2") == PurePosixPath("2026-11-23/732829320_2026-7_2")


def test_what_is_missing_is_said_so() -> None:
    assert naming().folder(Facts()).name == "unknown-supplier_without-number"
    assert naming().folder(Facts(number="1", seller_name="Vendeur & Fils")).name == "Vendeur & Fils_1"
    bare = naming(folder="{service}/{engagement}/{date}/{type}/{platform_id}").folder(Facts())
    assert bare == PurePosixPath("without-service/without-engagement/without-date/without-type/without-platform-id")


def test_a_template_may_use_every_placeholder() -> None:
    template = "/".join(f"{{{name}}}" for name in PLACEHOLDERS[:7]) + "/{service}-{engagement}-{type}-{platform_id}"
    assert naming(folder=template).folder(FACTS, "9001") == PurePosixPath(
        "2026-11-23/2026/11/732829320/Vendeur & Fils/2026-7/2026-10-05/SERV 1-EJ-9-380-9001"
    )
    assert naming(folder="{sheet}/{number}").folder(FACTS) == PurePosixPath("recepteur/2026-7")


@pytest.mark.parametrize(
    ("chosen", "excluded", "folder"),
    [
        (None, False, "in"),
        (None, True, "excluded"),
        ("in", False, "in"),
        ("in/compta", False, "in/compta"),
        ("regies/agence x", True, "regies/agence x"),
        ("", True, "excluded"),
        ("../../etc/./x//", False, "etc/x"),
        ("/etc", True, "etc"),
    ],
)
def test_a_routed_invoice_stands_in_the_folder_of_its_rule(chosen: str | None, excluded: bool, folder: str) -> None:
    assert routed_folder(chosen, excluded=excluded) == PurePosixPath(folder)


@pytest.mark.parametrize("number", ["returns", "Flows", "unknown", *Kind, "2026-11-23"])
def test_no_invoice_takes_the_name_of_a_folder_of_edids_own(number: str) -> None:
    assert naming(folder="{day}/{number}").folder(Facts(number=number)).name == f"{number}_"


def test_file_names_come_from_templates_too() -> None:
    named = naming(invoice="{supplier}-{number}", readable="{number}.pdf")
    assert named.invoice(FACTS, ".xml") == "732829320-2026-7.xml"
    assert named.readable(FACTS) == "2026-7.pdf"
    assert (naming().invoice(FACTS, ".pdf"), naming().readable(FACTS)) == ("invoice.pdf", "readable.pdf")
    assert naming(readable=None).readable(FACTS) is None


_PARTS = st.lists(
    st.tuples(st.sampled_from(["", "a", "x-"]), st.sampled_from(PLACEHOLDERS)), min_size=1, max_size=5
).map(lambda parts: "".join(f"{literal}{{{name}}}" for literal, name in parts))
_TEMPLATES = st.tuples(st.lists(_PARTS, max_size=3), st.sampled_from(["{number}", "{platform_id}-{service}"])).map(
    lambda made: "/".join([*made[0], made[1]])
)
_TEXT = st.text(max_size=400)


@given(_TEMPLATES, _TEXT, _TEXT, _TEXT, _TEXT, st.sampled_from(["", "2", "12-345678"]))
def test_no_content_adds_a_folder_or_leaves_its_own(
    template: str, number: str, seller: str, service: str, platform_id: str, copy: str
) -> None:
    facts = Facts(number=number, seller_id=seller, seller_name=seller, service_code=service, type_code=seller)
    folder = naming(folder=template).folder(facts, platform_id, copy=copy)
    assert not folder.is_absolute()
    assert len(folder.parts) == template.count("/") + 1
    for part in folder.parts:
        assert not part.startswith(".")
        assert part == safe_name(part, limit=255), "a plain name on Unix and on Windows shares"
        assert len(part.encode()) <= 255
        assert "\0" not in part


@given(_TEXT, _TEXT)
def test_no_content_leads_out_of_the_folder_of_the_day(number: str, seller: str) -> None:
    folder = naming().folder(Facts(number=number, seller_id=seller))
    assert folder.parent == day_folder(DAY)


@given(_TEXT, _TEXT)
def test_file_names_are_plain_whatever_the_invoice_says(number: str, seller: str) -> None:
    named = naming(invoice="{supplier_name}_{number}_{engagement}_{service}", readable="{number}{supplier}.pdf")
    facts = Facts(number=number, seller_name=seller, engagement=seller, service_code=number)
    for name in (named.invoice(facts, ".xml"), named.readable(facts)):
        assert name == safe_name(name, limit=200)


@given(st.text(alphabet=string.printable + "é{}", max_size=60))
def test_a_template_is_refused_or_makes_plain_folders(template: str) -> None:
    try:
        filing = Filing(folder=template)
    except ValidationError:
        return
    folder = Naming(filing, "s", DAY).folder(FACTS, "9001")
    assert all(part == safe_name(part, limit=255) for part in folder.parts)
    assert len(folder.parts) == template.count("/") + 1
