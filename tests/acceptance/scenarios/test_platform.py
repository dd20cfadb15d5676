"""Invoices that leave through an approved platform: its lifecycle messages, and ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from edid.documents.kinds import InvoiceStatus
from edid.sandbox.ledger import ANSWERED
from tests.acceptance.scenarios.world import World, eventually

SHEET = "pa"
FIRST = {
    "PA-PAID-1": "PAIEMENT_TRANSMIS",
    "PA-SUSPENDUE-1": "SUSPENDUE",
    "PA-EN-LITIGE-1": "EN_LITIGE",
    "PA-REJETEE-1": "REFUSEE",
    "PA-REFUSED-1": "REJETEE_PLATEFORME",
    "PA-DOUBLON-1": "MISE_A_DISPOSITION",
    "PA-ILLISIBLE-1": None,
}


@dataclass
class Conversation:
    """What was to be done after the first answers."""

    world: World
    todo: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def talk(world: World) -> Conversation:
    """Invoices are sent and answered; the suspended one is completed, the paid one is said to be cashed."""
    for number in FIRST:
        world.drop(SHEET, number, frame="B1")
    world.drop("pa-sourde", "PA-SOURDE-1", frame="B1")
    world.wait_for(SHEET, FIRST)
    (double,) = world.documents(SHEET, "PA-DOUBLON-1")
    world.wait_until_said(double.id, 4)
    todo = world.todo(SHEET)
    world.drop(SHEET, "PA-SUSPENDUE-1", frame="B1", lines=2)
    world.drop(SHEET, "PA-NEUVE-1", frame="B1", replaces="PA-REJETEE-1")
    cashed = {"number": "PA-PAID-1", "status": "212", "amount": "29.88", "vat_rate": "20"}
    world.decide(SHEET, cashed)
    world.wait_for("pa-sourde", {"PA-SOURDE-1": "MISE_A_DISPOSITION"})
    world.decide("pa-sourde", {**cashed, "number": "PA-SOURDE-1"})
    world.wait_for(SHEET, {"PA-SUSPENDUE-1": "PAIEMENT_TRANSMIS", "PA-NEUVE-1": "MISE_A_DISPOSITION"})
    world.wait_for(SHEET, {"PA-PAID-1": "ENCAISSEE"})
    return Conversation(world, todo)


def test_the_reasons_of_a_status_are_kept_and_shown(talk: Conversation) -> None:
    assert set(talk.todo) == {"PA-PAID-1", "PA-SUSPENDUE-1", "PA-EN-LITIGE-1", "PA-REJETEE-1", "PA-REFUSED-1"}
    assert talk.todo["PA-SUSPENDUE-1"]["motive"].startswith("JUSTIF_ABS")
    assert talk.todo["PA-EN-LITIGE-1"]["motive"].startswith("TX_TVA_ERR")
    assert talk.todo["PA-REJETEE-1"]["motive"].startswith("MONTANTTOTAL_ERR")
    assert talk.todo["PA-REFUSED-1"]["motive"].startswith("REJ_COH")
    assert "argent" in talk.todo["PA-PAID-1"]["what"]


def test_the_rejection_of_a_double_never_overwrites_the_good_status(talk: Conversation) -> None:
    (document,) = talk.world.documents(SHEET, "PA-DOUBLON-1")
    words = talk.world.words(document.id)
    assert (document.status, document.acts) == ("MISE_A_DISPOSITION", "recipient")
    assert [(word.code, word.disregarded) for word in words if word.code == "213"] == [("213", "double")]


def test_placeholders_match_no_invoice(talk: Conversation) -> None:
    (document,) = talk.world.documents(SHEET, "PA-ILLISIBLE-1")
    assert talk.world.words(document.id) == []


def test_a_suspended_invoice_is_completed_by_dropping_it_again(talk: Conversation) -> None:
    first, second = talk.world.documents(SHEET, "PA-SUSPENDUE-1")
    assert (second.answers_id, second.answers_as, second.status) == (first.id, "completed", "PAIEMENT_TRANSMIS")


def test_a_refused_invoice_is_replaced_under_a_new_number(talk: Conversation) -> None:
    (refused,) = talk.world.documents(SHEET, "PA-REJETEE-1")
    (replacement,) = talk.world.documents(SHEET, "PA-NEUVE-1")
    assert (replacement.answers_id, replacement.answers_as) == (refused.id, "replaced")


def test_our_word_that_money_came_leaves_and_is_acknowledged(talk: Conversation) -> None:
    (status,) = talk.world.given(SHEET, "FSO1304A")
    assert isinstance(status, InvoiceStatus)
    assert (status.code, status.number) == ("212", "PA-PAID-1")
    assert [str(each.amount) for each in status.reasons[0].characteristics] == ["29.88"]
    eventually(
        lambda: talk.world.reports(SHEET, "FSO1304A") == ["received"],
        lambda: f"500 about our message: {talk.world.reports(SHEET, 'FSO1304A')}",
    )


def test_a_message_of_ours_that_is_refused_does_not_count(talk: Conversation) -> None:
    world = talk.world

    def taken_back() -> bool:
        (document,) = world.documents("pa-sourde", "PA-SOURDE-1")
        said = {word.code: word.disregarded for word in world.words(document.id)}
        return said.get("212") == "refused" and document.status == "MISE_A_DISPOSITION"

    eventually(taken_back, lambda: f"212 is taken back: {world.platforms['pa-sourde'].ledger.events(ANSWERED)[-3:]}")
    (message,) = [row for row in world.documents("pa-sourde") if row.kind == "cdar"]
    assert [word.code for word in world.words(message.id)] == ["601"]
    assert (message.status, message.acts) == ("STATUT_REJETE", "us")
