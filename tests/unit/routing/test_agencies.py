"""Invoices of media agencies never reach the advertiser's ERP."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edid.documents.kinds import Facts
from edid.routing.decision import route
from tests.unit.routing.subjects import GLN, OTHER_SIRET, SIRET, agency, ask, routing, rule

CODE = "AG-Été 01"
CATCH_ALL = rule("everything", "erp")
CODED = routing(CATCH_ALL, agencies=[agency(service_codes=[CODE, GLN], folder="alpha")])
WHOLE = routing(
    CATCH_ALL,
    agencies=[
        agency("Alpha", recipients=SIRET, service_codes=GLN, whole_recipient=True, folder="alpha"),
        agency("Beta", recipients=SIRET, service_codes="RP-7", whole_recipient=True),
    ],
)


def test_no_earlier_rule_takes_an_invoice_of_an_agency():
    shadow = rule("first of all", "erp", service_codes=CODE)
    settings_ = routing(shadow, CATCH_ALL, agencies=[agency(service_codes=CODE)])
    told = ask(settings_, service_code=CODE)
    assert (told.action, told.rule, told.by) == ("exclude", "Alpha", "agency")
    assert [trace.of for trace in told.trail] == ["agency"]


def test_an_invoice_of_an_agency_goes_to_its_folder_or_beside_in():
    assert ask(CODED, service_code=GLN).folder == "excluded/alpha"
    told = ask(routing(agencies=[agency(service_codes=GLN)]), service_code=GLN)
    assert (told.action, told.folder) == ("exclude", "excluded")
    assert told.because_fr.startswith(f"facture de l'agence média « Alpha » (code service {GLN})")


def test_other_service_codes_go_on_to_the_rules_and_the_trail_says_so():
    told = ask(CODED, service_code="ACHATS")
    assert (told.action, told.folder) == ("folder", "in/erp")
    assert [(trace.of, trace.fits) for trace in told.trail] == [("agencies", False), ("rule", True)]


@pytest.mark.parametrize(
    "written",
    ["ag-été 01", "AG-ÉTÉ  01", "AG-Été01", "AG‑Été 01", "AG_Été_01", "AG-Ete 01", "ＡＧ-Été 01", "AG-Été\u200b 01"],
)
def test_a_code_that_is_nearly_an_agency_s_is_kept_back_but_not_given_to_the_agency(written: str):
    told = ask(CODED, service_code=written)
    assert (told.action, told.folder) == ("exclude", "excluded")
    assert told.near
    assert "ressemble" in told.because_fr


@pytest.mark.parametrize("written", ["rp-7", "R P-7", " RP -7"])
def test_a_beginning_that_is_nearly_an_agency_s_is_kept_back(written: str):
    told = ask(routing(CATCH_ALL, agencies=[agency(service_prefixes="RP-", folder="a")]), service_code=written)
    assert (told.action, told.folder) == ("exclude", "excluded")


def test_a_beginning_is_not_seen_where_its_sign_is_missing():
    told = ask(routing(CATCH_ALL, agencies=[agency(service_prefixes="AG-")]), service_code="AGRICULTURE")
    assert told.action == "folder"


def test_every_gln_can_be_an_agency_s_and_one_with_blanks_is_kept_back():
    any_gln = routing(CATCH_ALL, agencies=[agency(gln=True, folder="agencies")])
    assert ask(any_gln, service_code=GLN).folder == "excluded/agencies"
    spaced = ask(any_gln, service_code=f"{GLN[:7]} {GLN[7:]}")
    assert (spaced.action, spaced.folder) == ("exclude", "excluded")
    assert ask(any_gln, service_code="1234567890123").action == "folder"


def test_an_agency_named_by_its_code_comes_before_one_that_takes_every_gln():
    both = [agency("Others", gln=True, folder="others"), agency("Alpha", service_codes=GLN, folder="alpha")]
    assert ask(routing(agencies=both), service_code=GLN).folder == "excluded/alpha"


def test_one_code_can_be_of_two_agencies_in_two_recipients():
    two = [
        agency("Alpha", recipients=SIRET, service_codes="1", folder="alpha"),
        agency("Beta", recipients=OTHER_SIRET, service_codes="1", folder="beta"),
    ]
    settings_ = routing(CATCH_ALL, agencies=two)
    assert ask(settings_, service_code="1", buyer_id=OTHER_SIRET).folder == "excluded/beta"
    assert ask(settings_, service_code="1", buyer_id="99999999900014").action == "folder"


@pytest.mark.parametrize("recipient", [None, "", SIRET[:9], f"FR44{SIRET[:9]}", "GLN 301"])
def test_an_agency_s_code_for_a_recipient_that_cannot_be_told_is_kept_back(recipient: str | None):
    settings_ = routing(CATCH_ALL, agencies=[agency(recipients=SIRET, service_codes="RP", folder="a")])
    told = ask(settings_, service_code="RP", buyer_id=recipient)
    assert (told.action, told.folder) == ("exclude", "excluded")


def test_a_siret_for_sales_houses_keeps_everything_back():
    assert ask(WHOLE, buyer_id=SIRET, service_code=GLN).folder == "excluded/alpha"
    for code in (None, "", "ACHATS", "rp-7", "RP-7"):
        told = ask(WHOLE, buyer_id=SIRET, service_code=code)
        assert (told.action, told.folder) == ("exclude", "excluded"), code


def test_a_siret_for_sales_houses_of_one_agency_without_codes_fills_its_folder():
    one = routing(CATCH_ALL, agencies=[agency(recipients=SIRET, whole_recipient=True, folder="sales-houses")])
    assert ask(one, buyer_id=SIRET).folder == "excluded/sales-houses"
    assert ask(one, buyer_id=OTHER_SIRET).action == "folder"


def test_the_other_recipients_of_the_advertiser_are_served():
    assert ask(WHOLE, buyer_id=SIRET[:9] + "00099", service_code="ACHATS").action == "folder"
    assert ask(WHOLE, buyer_id=OTHER_SIRET[:9], service_code="ACHATS").action == "folder"


@pytest.mark.parametrize("recipient", [None, SIRET[:9]])
def test_where_a_siret_is_for_sales_houses_a_recipient_that_cannot_be_told_is_kept_back(recipient: str | None):
    told = ask(WHOLE, buyer_id=recipient, service_code="ACHATS")
    assert (told.action, told.folder) == ("exclude", "excluded")
    assert "ne peut pas être établi" in told.because_fr


def _written_otherwise(code: str, form: int, blanks: list[int], case: str) -> str:
    text = unicodedata.normalize(("NFC", "NFD", "NFKC", "NFKD")[form], getattr(code, case)())
    for place in blanks:
        text = f"{text[:place]} {text[place:]}"
    return text


@given(
    code=st.text(st.characters(categories=("L", "N", "Pd"), max_codepoint=0x2015), min_size=1, max_size=12),
    form=st.integers(0, 3),
    blanks=st.lists(st.integers(0, 14), max_size=4),
    case=st.sampled_from(["upper", "lower", "swapcase", "title", "strip"]),
    recipient=st.none() | st.text(max_size=14),
    frame=st.none() | st.sampled_from(["A1", "A9"]),
)
@settings(deadline=None)
def test_an_agency_s_code_never_reaches_the_erp_however_it_is_written(code, form, blanks, case, recipient, frame):
    if not any(sign.isalnum() for sign in code):
        code += "1"
    closed = routing(rule("a", frames="A9"), CATCH_ALL, agencies=[agency(service_codes=code)])
    facts = Facts(service_code=_written_otherwise(code, form, blanks, case), buyer_id=recipient, frame=frame)
    assert route(closed, facts, kind="cpp-pivot").action == "exclude"
