"""Invoices that we send to Chorus Pro, from their deposit to what the ERP reads and the accountant has to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from edid.journal import queries
from edid.lifecycle.flow_reports import FlowReport
from tests.acceptance.scenarios.world import World, eventually, ubl

SHEET = "ventes"
TROUBLES = ("SUSPENDUE-1", "A-RECYCLER-1", "REJETEE-1", "REFUSED-1")
FIRST = {
    "PAID-1": "MISE_EN_PAIEMENT",
    "SUSPENDUE-1": "SUSPENDUE",
    "A-RECYCLER-1": "A_RECYCLER",
    "REJETEE-1": "REJETEE",
    "DOUBLON-1": "MISE_A_DISPOSITION",
    "ILLISIBLE-1": None,
}
ALL = {*FIRST, "REFUSED-1", "NEUVE-1", "NEUVE-2"}


@dataclass
class Conversation:
    """What was to be done after the first answers, and after the corrections."""

    world: World
    todo: dict[str, dict[str, Any]]
    todo_afterwards: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def talk(world: World) -> Conversation:
    """Invoices are sent, come back with troubles, and are answered by what the ERP drops next."""
    for number in (*FIRST, "REFUSED-1"):
        world.drop(SHEET, number)
    world.wait_for(SHEET, FIRST)
    eventually(lambda: report(world, "REFUSED-1") == FlowReport.REFUSED, lambda: "the flow is refused")
    todo = {number: row for number, row in world.todo(SHEET).items() if number in ALL}
    world.drop(SHEET, "SUSPENDUE-1", lines=2)
    world.drop(SHEET, "NEUVE-1", replaces="A-RECYCLER-1")
    world.drop(SHEET, "NEUVE-2", replaces="REJETEE-1")
    world.company.drop(SHEET, "encore.xml", ubl("REFUSED-1"))
    last = {"NEUVE-1": "MISE_A_DISPOSITION", "NEUVE-2": "MISE_A_DISPOSITION", "REFUSED-1": "MISE_A_DISPOSITION"}
    world.wait_for(SHEET, {"SUSPENDUE-1": "MISE_EN_PAIEMENT", **last})
    return Conversation(world, todo, listed(world))


def listed(world: World) -> dict[str, dict[str, Any]]:
    """Return what the command lists for the sheet, by invoice number."""
    done = world.company.edid("todo", "--sheet", SHEET, "--format", "json")
    assert done.returncode == 0, done.stderr
    return {row["number"]: row for row in json.loads(done.stdout) if row["number"] in ALL}


def report(world: World, number: str) -> str | None:
    """Return what the platform said of the flow that the first document `number` left in."""
    rows = world.documents(SHEET, number)
    flows = {flow.id: flow.report for flow in world.company.flows(sheet=SHEET, direction="out")}
    found: str | None = flows.get(rows[0].flow_id) if rows else None
    return found


def test_what_needs_us_is_listed_with_the_reason_and_what_to_do(talk: Conversation) -> None:
    assert set(talk.todo) == set(TROUBLES)
    assert "bon de livraison" in talk.todo["SUSPENDUE-1"]["comment"]
    assert "pièce" in talk.todo["SUSPENDUE-1"]["what"]
    assert "nouveau numéro" in talk.todo["A-RECYCLER-1"]["what"]
    assert "nouveau numéro" in talk.todo["REJETEE-1"]["what"]
    assert "CREANCIER_ERR" in talk.todo["REFUSED-1"]["motive"]


def test_what_was_answered_is_listed_no_more(talk: Conversation) -> None:
    assert talk.todo_afterwards == {}


@pytest.mark.parametrize(
    ("number", "answered", "how"),
    [
        ("SUSPENDUE-1", "SUSPENDUE-1", "completed"),
        ("NEUVE-1", "A-RECYCLER-1", "replaced"),
        ("NEUVE-2", "REJETEE-1", "replaced"),
        ("REFUSED-1", "REFUSED-1", "resent"),
    ],
)
def test_a_corrected_invoice_is_known_as_the_answer_to_the_earlier_one(
    talk: Conversation, number: str, answered: str, how: str
) -> None:
    earlier = talk.world.documents(SHEET, answered)[0]
    later = talk.world.documents(SHEET, number)[-1]
    assert (later.answers_id, later.answers_as) == (earlier.id, how)
    assert later.state == "sent"


def test_a_corrected_invoice_leaves_in_a_flow_of_its_own(talk: Conversation) -> None:
    first, second = talk.world.documents(SHEET, "SUSPENDUE-1")
    names = {flow.id: flow.name for flow in talk.world.company.flows(sheet=SHEET, direction="out")}
    assert names[first.flow_id] != names[second.flow_id]


def test_a_message_with_placeholders_is_nobodys_and_shown_as_such(talk: Conversation) -> None:
    (document,) = talk.world.documents(SHEET, "ILLISIBLE-1")
    assert talk.world.words(document.id) == []
    orphans = talk.world.company.ask(queries.orphan_statuses)
    assert {orphan.about["number"] for orphan in orphans if orphan.dialect == "cpp-statut"} == {"X" * 20}


def test_a_double_delivery_takes_nothing_from_the_good_answer(talk: Conversation) -> None:
    (document,) = talk.world.documents(SHEET, "DOUBLON-1")
    assert document.status == "MISE_A_DISPOSITION"
    assert report(talk.world, "DOUBLON-1") == FlowReport.INTEGRATED
    said = talk.world.company.ask(queries.statuses_of, flow_id=document.flow_id)
    assert sorted(word.code for word in said) == ["92", "93"]


def test_the_erp_is_told_each_step_of_an_invoice(talk: Conversation) -> None:
    told = until_told(talk.world, "PAID-1", "MISE_EN_PAIEMENT")
    assert told[:2] == ["sent", "integrated"]
    assert "MISE_A_DISPOSITION" in told


def test_the_erp_is_told_what_to_do_about_a_suspended_invoice(talk: Conversation) -> None:
    until_told(talk.world, "SUSPENDUE-1", "MISE_EN_PAIEMENT")
    rows = [row for row in talk.world.answers(SHEET) if row.get("number") == "SUSPENDUE-1"]
    (suspended,) = [row for row in rows if row.get("status") == "SUSPENDUE"]
    assert (suspended["acts"], suspended["answer"]) == ("us", "attachment")
    assert "bon de livraison" in suspended["comment"]
    assert "answered" in {row["event"] for row in rows}


def until_told(world: World, number: str, last: str) -> list[str]:
    """Wait until the ERP is told the word `last` of an invoice; return all that it was told."""
    eventually(lambda: world.told(SHEET, number)[-1:] == [last], lambda: str(world.told(SHEET, number)))
    return world.told(SHEET, number)
