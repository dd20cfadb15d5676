"""Chorus Pro: references of the order, payment, currency, amounts."""

from __future__ import annotations

import pytest
from lxml import etree

only_ubl = pytest.mark.parametrize("syntax", ["ubl"], indirect=True)
only_cii = pytest.mark.parametrize("syntax", ["cii"], indirect=True)


@pytest.mark.parametrize(
    ("place", "limit", "rule"),
    [
        ("service", 100, "CPP-SERVICE-LENGTH"),
        ("engagement", 50, "CPP-ENGAGEMENT-LENGTH"),
        ("contract", 50, "CPP-CONTRACT-LENGTH"),
        ("prior invoice", 20, "CPP-PRECEDING-LENGTH"),
    ],
)
def test_references_have_a_greatest_length(draft, rules, place, limit, rule):
    draft.write(place, "É" * limit)
    assert draft.findings() == []
    draft.write(place, "É" * (limit + 1))
    assert rules(draft.findings()) == {rule: "fatal"}


@pytest.mark.parametrize("code", ["ACHATS_2", "Régie-Été", "SERVICE 1"])
def test_service_codes_have_letters_digits_and_a_few_signs(draft, code):
    draft.write("service", code)
    assert draft.findings() == []


@pytest.mark.parametrize("code", ["A/1", "A.1", "#1", "A\u20281"])
def test_unusual_service_codes_are_only_remarked(draft, rules, code):
    draft.write("service", code)
    assert rules(draft.findings()) == {"CPP-SERVICE-CHARACTERS": "information"}


@only_cii
@pytest.mark.parametrize(("written", "broken"), [("CT", False), ("BC", False), (None, False), ("MARCHE", True)])
def test_a_cii_contract_is_a_contract_or_a_marche(draft, rules, written, broken):
    draft.write("contract", "M-1")
    if written is not None:
        reference = draft.node("contract").getparent()
        etree.SubElement(reference, f"{{{etree.QName(reference).namespace}}}ReferenceTypeCode").text = written
    assert rules(draft.findings()) == ({"CPP-CONTRACT-TYPE": "warning"} if broken else {})


@only_ubl
def test_the_type_of_a_ubl_contract_is_free(draft):
    draft.write("contract", "M-1")
    reference = draft.node("contract").getparent()
    etree.SubElement(reference, draft.node("number").tag.replace("}ID", "}DocumentType")).text = "Marche public"
    assert draft.findings() == []


@only_ubl
def test_the_contact_of_a_ubl_customer_may_carry_the_service(draft, rules):
    draft.erase("service")
    draft.write("recipient", "11000201100044", schemeID="1")
    assert rules(draft.findings()) == {"CPP-STATE-SERVICE": "fatal"}
    contact = draft.root.find("{*}AccountingCustomerParty/{*}Party/{*}Contact")
    etree.SubElement(contact, draft.node("number").tag).text = "SERV1"
    assert draft.findings() == []


def test_an_invoice_without_payment_means_is_refused_and_a_credit_note_is_not(draft, credit, rules):
    draft.erase("means")
    assert rules(draft.findings()) == {"CPP-PAYMENT-MEANS": "fatal"}
    credit.erase("means")
    assert credit.findings() == []


@pytest.mark.parametrize("code", ["01", "10", "20", "30", "31", "42", "48", "49", "58", "59", "97"])
def test_the_payment_codes_of_chorus_pro_are_taken(draft, code):
    draft.write("means", code)
    assert draft.findings() == []


@pytest.mark.parametrize("code", ["1", "ZZZ", "57", "3O"])
def test_other_payment_codes_are_refused(draft, rules, code):
    draft.write("means", code)
    assert rules(draft.findings()) == {"CPP-PAYMENT-CODE": "fatal"}


@pytest.mark.parametrize("code", ["eur", "EURO", "E1R", "€"])
def test_a_currency_is_three_capital_letters(draft, rules, code):
    draft.write("currency", code)
    assert rules(draft.findings())["CPP-CURRENCY-CODE"] == "fatal"


def test_an_amount_in_another_currency_is_a_warning(draft, rules):
    draft.node("payable").set("currencyID", "USD")
    (finding,) = draft.findings()
    assert (finding.rule, str(finding.severity)) == ("CPP-CURRENCY-MIXED", "warning")
    assert (finding.found, finding.expected) == ("USD", "EUR")
    assert finding.path.split(":")[-1] == draft.node("payable").tag.rpartition("}")[2]


def test_each_foreign_currency_is_told_once(draft):
    for node in draft.root.iter("{*}LineExtensionAmount", "{*}LineTotalAmount"):
        node.set("currencyID", "USD")
    draft.node("payable").set("currencyID", "GBP")
    assert sorted(finding.found for finding in draft.findings()) == ["GBP", "USD"]


def test_vat_in_the_accounting_currency_is_no_second_currency(draft):
    name = "TaxCurrencyCode"
    draft.node("currency").addnext(draft.root.makeelement(draft.node("currency").tag.rpartition("}")[0] + "}" + name))
    draft.root.find(f".//{{*}}{name}").text = "USD"
    total = next(draft.root.iter("{*}TaxTotal" if draft.syntax == "ubl" else "{*}TaxTotalAmount"))
    again = etree.fromstring(etree.tostring(total))
    if draft.syntax == "ubl":
        for child in list(again)[1:]:
            again.remove(child)
        again[0].set("currencyID", "USD")
    else:
        again.set("currencyID", "USD")
    total.addnext(again)
    assert draft.findings() == []


def test_an_invoice_without_currency_is_measured_by_its_first_amount(draft, rules):
    draft.erase("currency")
    assert draft.findings() == []
    draft.node("payable").set("currencyID", "USD")
    for node in draft.root.iter("{*}TaxTotalAmount", "{*}TaxAmount"):
        node.set("currencyID", "EUR")
    assert rules(draft.findings()) == {"CPP-CURRENCY-MIXED": "warning"}


@pytest.mark.parametrize("amount", ["1" * 19, "1" * 13 + "." + "2" * 6, "-" + "1" * 19, "0.000001"])
def test_amounts_of_19_digits_and_6_decimals_are_taken(draft, amount):
    draft.write("payable", amount)
    assert draft.findings() == []


@pytest.mark.parametrize("amount", ["1" * 20, "1" * 18 + ".22", "1.1234567", "9" * 40])
def test_longer_amounts_are_a_warning(draft, rules, amount):
    draft.write("payable", amount)
    assert rules(draft.findings()) == {"CPP-AMOUNT-LENGTH": "warning"}


@pytest.mark.parametrize("amount", ["1 234,56", "one hundred thousand euros", "1e5"])
def test_what_is_no_number_is_left_to_the_schema(draft, amount):
    draft.write("payable", amount)
    assert draft.findings() == []
