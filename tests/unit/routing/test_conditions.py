from __future__ import annotations

from decimal import Decimal

import pytest

from edid.documents.kinds import Kind, ValidationStep
from edid.routing.conditions import CREDIT_NOTES
from tests.unit.routing.subjects import GLN, OTHER_SIRET, SIRET, ask, fits, routing, rule

WRONG_GLN = GLN[:-1] + str((int(GLN[-1]) + 1) % 10)


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        ({"recipients": SIRET}, {"buyer_id": SIRET}),
        ({"recipients": [OTHER_SIRET, SIRET]}, {"buyer_id": "732 829 320 00074"}),
        ({"service_codes": "ACHATS"}, {"service_code": " ACHATS "}),
        ({"service_codes": ["A", "B 1"]}, {"service_code": "B 1"}),
        ({"service_prefixes": "AG-"}, {"service_code": "AG-12"}),
        ({"gln": True}, {"service_code": GLN}),
        ({"gln": False}, {"service_code": WRONG_GLN}),
        ({"suppliers": SIRET}, {"seller_id": SIRET}),
        ({"suppliers": SIRET[:9]}, {"seller_id": SIRET}),
        ({"suppliers": SIRET[:9]}, {"seller_vat": f"FR44{SIRET[:9]}"}),
        ({"suppliers": "BE0123456789"}, {"seller_vat": "BE 0123456789"}),
        ({"suppliers": "RIDET 1234"}, {"seller_id": "RIDET 1234"}),
        ({"frames": "A9"}, {"frame": "A9"}),
        ({"frames": ["A1", "A4-A8"]}, {"frame": "A6"}),
        ({"frames": "A4-8"}, {"frame": "a8 "}),
        ({"document_types": "380"}, {"type_code": "380"}),
        ({"document_types": "invoice"}, {"type_code": "386"}),
        ({"document_types": ["384", "credit-note"]}, {"type_code": "261"}),
        ({"amount": {"min": 1000}}, {"gross_total": Decimal("1000.00"), "currency": "EUR"}),
        ({"amount": {"max": "999.99", "of": "payable"}}, {"payable": Decimal(-5), "currency": "EUR"}),
        ({"amount": {"min": 1, "currency": "XPF"}}, {"gross_total": Decimal(2), "currency": "XPF"}),
        ({"engagement": True}, {"engagement": "CDE-1"}),
        ({"engagement": False}, {"engagement": None}),
        ({"engagement_prefixes": ["X", "CDE"]}, {"engagement": "CDE-1"}),
        ({"kinds": "cpp-pivot"}, {}),
        ({"awaiting": "first-validator"}, {"frame": "A9"}),
        ({"awaiting": ["second-validator", "none"]}, {"frame": "A1"}),
        ({"frames": "A1", "service_codes": "X"}, {"frame": "A1", "service_code": "X"}),
    ],
)
def test_a_rule_takes_what_meets_its_conditions(when, facts):
    assert fits(when=when, **facts)


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        ({"recipients": SIRET}, {"buyer_id": OTHER_SIRET}),
        ({"recipients": SIRET}, {"buyer_id": SIRET[:9]}),
        ({"service_codes": "ACHATS"}, {"service_code": "achats"}),
        ({"service_codes": "ACHATS"}, {"service_code": "ACHATS2"}),
        ({"service_prefixes": "AG-"}, {"service_code": "AGRICULTURE"}),
        ({"gln": True}, {"service_code": WRONG_GLN}),
        ({"gln": False}, {"service_code": GLN}),
        ({"suppliers": SIRET}, {"seller_id": SIRET[:9] + "00099"}),
        ({"suppliers": SIRET[:9]}, {"seller_id": OTHER_SIRET}),
        ({"frames": "A4-A8"}, {"frame": "A9"}),
        ({"frames": "A1"}, {"frame": "A12"}),
        ({"document_types": "380"}, {"type_code": "381"}),
        ({"document_types": "invoice"}, {"type_code": "381"}),
        ({"document_types": "credit-note"}, {"type_code": "384"}),
        ({"amount": {"min": 1000}}, {"gross_total": Decimal("999.99"), "currency": "EUR"}),
        ({"amount": {"max": 1000}}, {"gross_total": Decimal("1000.01"), "currency": "EUR"}),
        ({"amount": {"max": 1000}}, {"gross_total": Decimal(1), "currency": "JPY"}),
        ({"amount": {"max": 1000}}, {"gross_total": Decimal("NaN"), "currency": "EUR"}),
        ({"engagement": True}, {"engagement": "  "}),
        ({"engagement": False}, {"engagement": "CDE-1"}),
        ({"engagement_prefixes": "CDE"}, {"engagement": "XCDE"}),
        ({"kinds": ["cii", "factur-x"]}, {}),
        ({"frames": "A1", "service_codes": "X"}, {"frame": "A1", "service_code": "Y"}),
    ],
)
def test_a_rule_leaves_what_misses_one_condition(when, facts):
    assert not fits(when=when, **facts)


@pytest.mark.parametrize(
    "when",
    [
        {"recipients": SIRET},
        {"service_codes": "X"},
        {"service_prefixes": "X"},
        {"gln": True},
        {"gln": False},
        {"suppliers": "X"},
        {"frames": "A1"},
        {"document_types": ["380", "invoice", "credit-note"]},
        {"kinds": "cii"},
        {"amount": {"max": 1}},
        {"engagement": True},
        {"engagement_prefixes": "X"},
        {"validator": "X"},
    ],
    ids=str,
)
def test_what_an_invoice_does_not_say_fits_nothing(when):
    assert not fits(when=when, kind=None)


def test_a_ubl_credit_note_is_one_even_without_its_code():
    assert fits(when={"document_types": "credit-note"}, kind=Kind.UBL_CREDIT_NOTE)
    assert fits(when={"document_types": "invoice"}, kind=Kind.UBL_INVOICE)
    assert {"381", "261"} <= CREDIT_NOTES


def test_a_validator_is_found_by_identifier_or_part_of_the_name():
    steps = (ValidationStep("13", actor_id=SIRET, actor_name="Société Générale de Travaux"),)
    assert fits(steps, when={"validator": "732 829 320 00074"})
    assert fits(steps, when={"validator": "generale de travaux"})
    assert not fits(steps, when={"validator": "Martin"})


def test_a_code_written_in_another_way_does_not_fit_and_is_told():
    route = ask(routing(rule("buying", service_codes="ACHATS 1")), service_code="achats-1")
    assert route.rule is None
    ((trace, check),) = route.near
    assert (trace.name, check.condition, check.found) == ("buying", "service_codes", "achats-1")
    assert "proche de ACHATS 1" in route.as_json()["warnings_fr"][0]
    assert "near ACHATS 1" in route.as_json()["warnings_en"][0]


def test_the_words_for_kinds_are_kinds_that_exist():
    from typing import get_args

    from edid.config.routing import KindWord

    assert set(get_args(KindWord)) <= set(Kind)
