"""Chorus Pro: who sends the invoice, who receives it."""

from __future__ import annotations

import pytest

STATE = "11000201100044"
LA_POSTE = "35600000049837"


def test_a_good_invoice_has_no_finding(draft, credit):
    assert draft.findings() == []
    assert credit.findings() == []


@pytest.mark.parametrize("scheme", ["1", "0009", "SIRET", "siret"])
def test_a_siret_may_be_announced_in_several_ways(draft, scheme):
    draft.write("supplier", "73282932000074", schemeID=scheme)
    draft.write("recipient", "73282932000074", schemeID=scheme)
    assert draft.findings() == []


def test_a_ubl_scheme_name_counts_as_well(draft):
    draft.write("supplier", "73282932000074", schemeName="1")
    draft.write("recipient", "73282932000074", schemeName="1")
    assert draft.findings() == []


def test_a_supplier_without_identifier_is_refused(draft, rules):
    draft.erase("supplier")
    assert rules(draft.findings()) == {"CPP-SUPPLIER-ID": "fatal"}


@pytest.mark.parametrize("scheme", ["SEPA", "0224", "0225", "0231"])
def test_what_names_no_company_is_no_identifier_of_the_supplier(draft, rules, scheme):
    draft.write("supplier", "73282932000074", schemeID=scheme)
    assert rules(draft.findings()) == {"CPP-SUPPLIER-ID": "fatal"}


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("2", "BE0429958042"),
        ("0223", "BE0429958042"),
        ("3", "CHE-123.456.789"),
        ("ETR", "whatever"),
        ("0227", "US-1"),
        ("RIDET", "1234567890"),
        ("4", "1234567890"),
        ("TAHITI", "123456"),
        ("5", "123456"),
        ("6", "X"),
        ("7", "DUPONT"),
    ],
)
def test_suppliers_outside_france_are_taken(draft, scheme, value):
    draft.write("supplier", value, schemeID=scheme)
    assert draft.findings() == []


@pytest.mark.parametrize("attributes", [{"schemeID": "0002"}, {"schemeID": "DUNS"}, {"schemeID": "8"}, {"other": "1"}])
def test_an_unknown_type_of_supplier_is_a_warning(draft, rules, attributes):
    draft.write("supplier", "732829320", **attributes)
    assert rules(draft.findings()) == {"CPP-SUPPLIER-TYPE": "warning"}


@pytest.mark.parametrize(
    "value", ["732829320", "732 829 320 00074", "7328293200007", "732829320000740", "73282932OOOO74"]
)
def test_a_siret_of_the_supplier_has_14_digits(draft, rules, value):
    draft.write("supplier", value, schemeID="1")
    (finding,) = draft.findings()
    assert (finding.rule, str(finding.severity), finding.found) == ("CPP-SUPPLIER-SIRET", "fatal", value)


def test_digits_of_other_alphabets_are_no_siret(draft, rules):
    draft.write("supplier", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤", schemeID="1")
    draft.write("recipient", "７３２８２９３２００００７４", schemeID="1")
    assert set(rules(draft.findings())) == {"CPP-SUPPLIER-SIRET", "CPP-RECIPIENT-SIRET"}


@pytest.mark.parametrize(("place", "rule"), [("supplier", "CPP-SUPPLIER-LUHN"), ("recipient", "CPP-RECIPIENT-LUHN")])
def test_wrong_check_digits_are_refused_in_production_and_told_in_qualification(draft, rules, place, rule):
    draft.write(place, "73282932000075", schemeID="1")
    assert rules(draft.findings()) == {rule: "fatal"}
    assert rules(draft.findings(environment="qualification")) == {rule: "warning"}


@pytest.mark.parametrize("place", ["supplier", "recipient"])
def test_the_offices_of_la_poste_have_check_digits_of_their_own(draft, place):
    draft.write(place, LA_POSTE, schemeID="1")
    assert draft.findings() == []


@pytest.mark.parametrize("value", ["0429958042", "FR44732829320", "be0429958042", "BE", "BE0429958042 TVA"])
def test_a_european_supplier_goes_by_its_vat_number(draft, rules, value):
    draft.write("supplier", value, schemeID="2")
    assert rules(draft.findings()) == {"CPP-SUPPLIER-VAT": "warning"}


@pytest.mark.parametrize("scheme", ["1", "0002", "0009", None])
def test_a_siren_is_no_recipient(draft, rules, scheme):
    draft.write("recipient", "732829320", **({"schemeID": scheme} if scheme else {"other": "1"}))
    (finding,) = draft.findings()
    assert (finding.rule, str(finding.severity), finding.found) == ("CPP-RECIPIENT-SIRET", "fatal", "732829320")
    assert "SIREN" in finding.message
    assert finding.line
    assert finding.path.endswith("ID")


def test_a_recipient_without_identifier_is_refused_at_its_place(draft, rules):
    draft.erase("recipient")
    (finding,) = draft.findings()
    assert (finding.rule, str(finding.severity)) == ("CPP-RECIPIENT-SIRET", "fatal")
    assert finding.path.endswith("Party")


@pytest.mark.parametrize("attributes", [{"schemeID": "0002"}, {"other": "1"}])
def test_a_siret_that_does_not_say_so_is_a_warning(draft, rules, attributes):
    draft.write("recipient", "73282932000074", **attributes)
    assert rules(draft.findings()) == {"CPP-RECIPIENT-TYPE": "warning"}


@pytest.mark.parametrize(("place", "rule"), [("supplier", "CPP-SUPPLIER-PLACE"), ("recipient", "CPP-RECIPIENT-PLACE")])
def test_an_identifier_elsewhere_than_chorus_pro_reads_it_is_a_warning(draft, rules, place, rule):
    node = draft.node(place)
    holder = node.getparent().getparent()
    node.getparent().remove(node)
    if draft.syntax == "ubl":
        other = holder.find("{*}PartyLegalEntity").makeelement(node.tag.replace("}ID", "}CompanyID"), node.attrib)
        holder.find("{*}PartyLegalEntity").append(other)
    else:
        other = holder.makeelement(node.tag.replace("}ID", "}GlobalID"), node.attrib)
        holder.append(other)
    other.text = node.text
    assert rules(draft.findings()) == {rule: "warning"}


def test_the_state_wants_service_and_engagement(draft, rules):
    draft.write("recipient", STATE, schemeID="1")
    assert draft.findings() == []
    draft.erase("service")
    assert rules(draft.findings()) == {"CPP-STATE-SERVICE": "fatal"}
    draft.erase("engagement")
    assert rules(draft.findings()) == {"CPP-STATE-SERVICE": "fatal", "CPP-STATE-ENGAGEMENT": "fatal"}


def test_others_may_do_without_service_and_engagement(draft):
    draft.erase("service")
    draft.erase("engagement")
    assert draft.findings() == []
