from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edid.config.routing import Conditions
from edid.documents.kinds import Facts, ValidationStep
from edid.routing.decision import route
from tests.unit.routing.subjects import GLN, OTHER_SIRET, SIRET, agency, ask, routing, rule

EVERYTHING = {
    "recipients": [SIRET],
    "service_codes": ["ACHATS", GLN],
    "service_prefixes": ["AG-", "A"],
    "gln": True,
    "suppliers": [SIRET[:9], "X"],
    "frames": ["A1-A12"],
    "document_types": ["380", "invoice"],
    "kinds": ["cpp-pivot", "cii"],
    "amount": {"min": 1, "max": 1000},
    "engagement": True,
    "engagement_prefixes": ["CDE"],
    "awaiting": ["none", "first-validator"],
    "validator": "Martin",
}
ONE_BY_ONE = [rule(name, name.replace("_", "-"), **{name: value}) for name, value in EVERYTHING.items()]
TEXTS = st.none() | st.text(max_size=30) | st.sampled_from([SIRET, SIRET[:9], GLN, "A9", "ACHATS", "EUR", "380"])
AMOUNTS = st.none() | st.decimals()
ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=14))])
MOMENTS = st.none() | st.builds(datetime.replace, st.datetimes(), tzinfo=ZONES)
CODES = st.sampled_from(["13", "14", "17", "18", "018"]) | TEXTS
STEPS = st.lists(st.builds(ValidationStep, CODES, MOMENTS, TEXTS, TEXTS, TEXTS, TEXTS), max_size=6)
TEXT_FIELDS = [
    name
    for name, field in Facts.__dataclass_fields__.items()
    if name not in {"issue_date", "net_total", "vat_total", "gross_total", "payable"}
]
FACTS = st.builds(
    Facts,
    **dict.fromkeys(TEXT_FIELDS, TEXTS),
    issue_date=st.none() | st.dates(),
    **dict.fromkeys(["net_total", "vat_total", "gross_total", "payable"], AMOUNTS),
)
BUSY = routing(
    *ONE_BY_ONE[:5],
    {"name": "refused", "when": {"frames": "A2"}, "exclude": "paid already"},
    *ONE_BY_ONE[5:],
    agencies=[agency("Alpha", service_codes=GLN, folder="alpha"), agency("Beta", service_prefixes="RP-")],
)


def test_the_settings_used_here_ask_every_condition():
    assert set(EVERYTHING) == set(Conditions.model_fields)


def test_nothing_set_is_filed_as_ever():
    told = ask(routing(), number="1")
    assert (told.action, told.folder, told.rule, told.by, told.trail) == ("folder", "in", None, "default", ())


def test_nothing_that_fits_is_filed_as_ever_and_the_trail_says_what_failed():
    told = ask(routing(rule(frames="A9", service_codes="X")), frame="A9")
    assert (told.action, told.folder, told.rule) == ("folder", "in", None)
    (trace,) = told.trail
    assert [(check.condition, check.found, check.fits) for check in trace.checks] == [
        ("service_codes", None, False),
        ("frames", "A9", True),
    ]


def test_the_first_rule_that_fits_wins_and_later_ones_are_not_looked_at():
    told = ask(routing(rule("no", frames="A2"), rule("yes", frames="A1"), rule("late", frames="A1")), frame="A1")
    assert told.rule == "yes"
    assert [trace.name for trace in told.trail] == ["no", "yes"]


def test_a_folder_lies_below_in():
    told = ask(routing(rule(folder="achats/paris")))
    assert (told.action, told.folder) == ("folder", "in/achats/paris")


def test_what_a_rule_excludes_is_kept_beside_in():
    told = ask(routing({"name": "paid", "when": {"frames": "A2"}, "exclude": "déjà payée"}), frame="A2")
    assert (told.action, told.folder, told.by) == ("exclude", "excluded", "rule")
    assert told.because_fr == "règle « paid » exclut cette facture : déjà payée (cadre de facturation A2)"
    assert told.because_en == "rule 'paid' keeps this invoice back: déjà payée (frame A2)"
    assert ask(routing({"name": "all", "exclude": "x", "exclude_to": "paid"})).folder == "excluded/paid"


def test_a_rule_without_conditions_takes_every_invoice():
    told = ask(routing(rule("rest")))
    assert told.rule == "rest"
    assert told.because_fr == "règle « rest » (elle prend toutes les factures)"


@given(FACTS, st.none() | st.sampled_from(["cpp-pivot", "ubl-credit-note"]), STEPS)
@settings(deadline=None)
def test_any_invoice_has_a_route_that_can_be_written_down(facts: Facts, kind: str | None, steps: list[Any]):
    told = route(BUSY, facts, kind=kind, steps=steps)
    assert told.action in {"folder", "exclude"}
    assert told.folder.split("/")[0] == ("in" if told.action == "folder" else "excluded")
    json.dumps(told.as_json())


@given(FACTS, STEPS)
@settings(deadline=None)
def test_the_first_fitting_rule_always_wins(facts: Facts, steps: list[Any]):
    told = route(BUSY, facts, kind="cpp-pivot", steps=steps)
    alone = [
        one.name
        for one in BUSY.rules
        if route(BUSY.model_copy(update={"rules": (one,)}), facts, kind="cpp-pivot", steps=steps).by == "rule"
    ]
    if told.by == "agency":
        assert alone == []
    else:
        assert told.rule == (alone[0] if alone else None)


def test_a_value_as_long_as_a_book_is_cut_in_what_is_told():
    told = ask(routing(rule(service_codes="X")), service_code="Y\n" * 1_000_000, buyer_id=OTHER_SIRET)
    assert len(json.dumps(told.as_json())) < 2_000
    assert "\n" not in (told.trail[0].checks[0].found or "")
