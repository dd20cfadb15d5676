"""What the routing section of a receiver sheet takes, and how it refuses the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from edid.config.loader import load
from edid.config.problems import InvalidConfigError, Problem
from edid.config.routing import Routing
from edid.config.routing_reach import unreachable
from edid.config.routing_values import frames, is_gln
from edid.config.sheet import ReceiverSheet
from tests.unit.config.conftest import MAIN, RECEIVER
from tests.unit.routing.subjects import GLN, OTHER_SIRET, SIRET, agency, routing, rule


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    (tmp_path / "sheets").mkdir()
    (tmp_path / "edid.yaml").write_text(MAIN, encoding="utf-8")
    return tmp_path


def _sheet(etc: Path, routing_yaml: str) -> Path:
    (etc / "sheets" / "inbox.yaml").write_text(f"{RECEIVER}routing:\n{routing_yaml}", encoding="utf-8")
    return etc / "edid.yaml"


def _problem(etc: Path, routing_yaml: str) -> Problem:
    with pytest.raises(InvalidConfigError) as refusal:
        load(_sheet(etc, routing_yaml))
    (problem,) = refusal.value.problems
    return problem


def _refusal(data: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        Routing.model_validate(data)
    return str(refusal.value)


def test_a_sheet_without_routing_has_no_rules(etc: Path):
    (etc / "sheets" / "inbox.yaml").write_text(RECEIVER, encoding="utf-8")
    sheet = load(etc / "edid.yaml").sheets["inbox"]
    assert isinstance(sheet, ReceiverSheet)
    assert sheet.routing == Routing()
    assert (sheet.routing.agencies, sheet.routing.rules) == ((), ())


def test_rules_keep_their_order_and_one_value_needs_no_list(etc: Path):
    text = f"""\
  agencies:
    - {{name: Alpha, service_codes: ["{GLN}"], folder: agences/alpha}}
  rules:
    - {{name: z, when: {{frames: A9, awaiting: first-validator}}, folder: a-valider}}
    - {{name: a, when: {{amount: {{min: 1000.50}}, document_types: "380"}}, folder: gros}}
"""
    sheet = load(_sheet(etc, text)).sheets["inbox"]
    assert isinstance(sheet, ReceiverSheet)
    first, second = sheet.routing.rules
    assert (first.name, second.name) == ("z", "a")
    assert first.when is not None
    assert first.when.frames == ("A9",)
    assert second.when is not None
    assert second.when.amount is not None
    assert str(second.when.amount.min) == "1000.5"


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        ("recipients: 12345678200010", "routing.rules[0].when.recipients"),
        ("recipients: ['12345678200010', 12345678200010]", "routing.rules[0].when.recipients[1]"),
        ("service_codes: 012", "routing.rules[0].when.service_codes"),
        ("service_codes: [12.50]", "routing.rules[0].when.service_codes[0]"),
        ("service_codes: true", "routing.rules[0].when.service_codes"),
        ("suppliers: [732829320]", "routing.rules[0].when.suppliers[0]"),
        ("document_types: 380", "routing.rules[0].when.document_types"),
    ],
)
def test_what_yaml_made_a_number_of_is_refused_with_its_place(etc: Path, condition: str, key: str):
    problem = _problem(etc, f"  rules:\n    - {{name: r, when: {{{condition}}}, folder: x}}\n")
    assert "put the value between quotes" in problem.message
    assert problem.key == key
    assert problem.line == len(RECEIVER.splitlines()) + 3


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("recipients: '123'", "not a SIRET"),
        ("recipients: ['123']", "not a SIRET"),
        ("service_codes: []", "the list is empty"),
        ("service_codes: null", "nothing stands here"),
        ("service_codes: '-'", "a code has at least one letter or digit"),
        ("service_codes: ' A'", "blanks at an end"),
        ("frames: facture", "not a frame"),
        ("frames: A8-A4", "not a frame"),
        ("frames: A4-B8", "not a frame"),
        ("document_types: avoir", "not a document type"),
        ("amount: {min: '1 000,50'}", "not an amount"),
        ("amount: {min: .nan}", "not an amount"),
        ("amount: {max: true}", "not an amount"),
        ("amount: {currency: EUR}", "give 'min', 'max' or both"),
        ("amount: {min: 2, max: 1}", "'min' is above 'max'"),
        ("kinds: [pdf]", "not one of the allowed words"),
        ("awaiting: nobody", "give one or more of: first-validator"),
        ("kinds: []", "give one or more of: cpp-pivot"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused(etc: Path, condition: str, says: str):
    problem = _problem(etc, f"  rules:\n    - {{name: r, when: {{{condition}}}, folder: x}}\n")
    assert says in problem.message
    assert problem.key.startswith("routing.rules[0].when")


@pytest.mark.parametrize("when", ["when:", "when: {}"])
def test_conditions_that_were_all_removed_do_not_take_every_invoice(etc: Path, when: str):
    problem = _problem(etc, f"  rules:\n    - name: r\n      folder: x\n      {when}\n")
    assert "no condition stands here" in problem.message


@pytest.mark.parametrize(
    "folder",
    [
        *("/etc", "../x", "a/../b", "a//b", ".hidden", "a/.b", "a\\b", "a/", "", " a", "a.", "con", "a/NUL.txt"),
        *("a\nb", "a" * 61, "a/b/c/d/e/f", "~a", "a:b"),
    ],
)
@pytest.mark.parametrize("keys", [{"folder": "{}"}, {"exclude": "x", "exclude_to": "{}"}], ids=str)
def test_a_folder_that_could_lead_astray_is_refused(folder: str, keys: dict[str, str]):
    given = {key: value.format(folder) for key, value in keys.items()}
    assert "not a usable folder" in _refusal({"rules": [{"name": "r", **given}]})


@pytest.mark.parametrize("folder", ["achats", "erp-2/Paris 15e", "a.b_c", "Été"])
def test_an_ordinary_folder_is_taken(folder: str):
    assert routing(rule(folder=folder)).rules[0].folder == folder


def test_the_folders_of_days_stay_edid_s_own():
    assert "folders of days" in _refusal({"rules": [{"name": "r", "folder": "2026-11-23/x"}]})


@pytest.mark.parametrize(
    ("actions", "says"),
    [
        ({}, "exactly one action"),
        ({"folder": "a", "exclude": "b"}, "exactly one action"),
        ({"folder": "a", "exclude_to": "b"}, "'exclude_to' goes with 'exclude'"),
    ],
)
def test_a_rule_does_exactly_one_thing(actions: dict[str, str], says: str):
    assert says in _refusal({"rules": [{"name": "r", **actions}]})


def test_names_are_unique_whatever_their_capitals():
    assert "stands twice" in _refusal({"rules": [rule("a"), rule("A")]})
    assert "stands twice" in _refusal({"rules": [rule("a")], "agencies": [agency("A", gln=True)]})


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({}, "give 'service_codes'"),
        ({"recipients": SIRET}, "give 'service_codes'"),
        ({"whole_recipient": True}, "needs 'recipients'"),
        ({"service_codes": "X", "folder": "../x"}, "not a usable folder"),
    ],
)
def test_an_agency_can_be_told(keys: dict[str, Any], says: str):
    assert says in _refusal({"agencies": [agency(**keys)]})


def test_two_agencies_do_not_share_a_code_where_both_receive():
    assert "two agencies" in _refusal({"agencies": [agency("A", service_codes="1"), agency("B", service_codes="1")]})
    apart = [
        agency("A", recipients=SIRET, service_codes="1"),
        agency("B", recipients=OTHER_SIRET, service_codes="1"),
    ]
    assert len(routing(agencies=apart).agencies) == 2


def test_what_is_shown_of_a_sheet_can_be_read_back():
    given = routing(rule(frames=["A4-A8"], amount={"min": "0.10"}), agencies=[agency(gln=True)])
    assert Routing.model_validate(given.model_dump(mode="json", exclude_none=True)) == given
    assert "service_codes" not in given.model_dump(mode="json")["rules"][0]["when"]


def test_a_gln_has_thirteen_digits_and_a_check_digit():
    assert is_gln(GLN)
    assert not any(is_gln(value) for value in ("", GLN[:-1], f"0{GLN}", GLN[:-1] + "9", "²012345000000", "٣" * 13))


def test_a_span_of_frames_is_each_of_them():
    assert frames(["A4-A6", "A9", "S1"]) == {"A4", "A5", "A6", "A9", "S1"}


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({}, {"frames": "A9"}),
        ({"frames": "A4-A8"}, {"frames": ["A5", "A6"], "service_codes": "X"}),
        ({"service_prefixes": "AG"}, {"service_codes": ["AG1", "AG2"]}),
        ({"service_prefixes": "AG"}, {"service_prefixes": "AG-"}),
        ({"gln": True}, {"service_codes": GLN}),
        ({"gln": False}, {"service_codes": "X"}),
        ({"suppliers": SIRET[:9]}, {"suppliers": SIRET}),
        ({"amount": {"min": 100}}, {"amount": {"min": 1000, "max": 2000}}),
        ({"engagement": True}, {"engagement_prefixes": "CDE"}),
        ({"awaiting": ["none", "first-validator"]}, {"awaiting": "none"}),
        ({"validator": "Martin"}, {"validator": "Martin", "frames": "A9"}),
    ],
    ids=str,
)
def test_a_rule_behind_a_wider_one_is_never_reached(earlier: dict[str, Any], later: dict[str, Any]):
    ((place, message),) = unreachable(routing(rule("wide", **earlier), rule("narrow", **later)))
    assert place == ("rules", 1)
    assert "'wide'" in message
    assert list(unreachable(routing(rule("narrow", **later), rule("wide", **earlier)))) == []


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"frames": "A9"}, {}),
        ({"frames": "A9", "service_codes": "X"}, {"frames": "A9"}),
        ({"service_prefixes": "AG"}, {"service_codes": ["AG1", "B"]}),
        ({"service_prefixes": "AG"}, {"frames": "A9"}),
        ({"gln": True}, {"gln": False}),
        ({"suppliers": SIRET}, {"suppliers": SIRET[:9]}),
        ({"amount": {"min": 100}}, {"amount": {"max": 2000}}),
        ({"amount": {"min": 100, "of": "payable"}}, {"amount": {"min": 100}}),
        ({"engagement": False}, {"engagement_prefixes": "CDE"}),
    ],
    ids=str,
)
def test_a_rule_that_can_be_reached_is_not_warned_about(earlier: dict[str, Any], later: dict[str, Any]):
    assert list(unreachable(routing(rule("one", **earlier), rule("two", **later)))) == []


@pytest.mark.parametrize(
    "keys",
    [
        {"service_codes": GLN},
        {"gln": True},
        {"service_prefixes": GLN[:4]},
        {"recipients": SIRET, "whole_recipient": True},
    ],
    ids=str,
)
def test_a_rule_for_what_an_agency_keeps_is_never_reached(keys: dict[str, Any]):
    shadowed = rule("late", recipients=SIRET, service_codes=GLN)
    ((place, message),) = unreachable(routing(shadowed, agencies=[agency(**keys)]))
    assert place == ("rules", 0)
    assert "'Alpha'" in message
    assert list(unreachable(routing(rule("fine", service_codes="ACHATS"), agencies=[agency(**keys)]))) == []
