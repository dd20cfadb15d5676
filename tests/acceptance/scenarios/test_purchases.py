"""Invoices that we receive: filed or kept from the ERP, acknowledged, decided upon, and handed over again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edid.documents.kinds import FlowStatus, InvoiceStatus
from edid.sandbox.invoices import CUSTOMER, example_invoice
from edid.sandbox.pivot import Handover
from edid.sandbox.receiver import deposit_pivot, mixed_invoices
from tests.acceptance.scenarios.world import DAY, World, eventually, invoice

SHEET, APPLICATION = "achats", "APP008"
OURS, AGENCY = "AGENCE-ALPHA-NON", "AGENCE-ALPHA"
SOLD = "VENDUE-1"


@dataclass
class Conversation:
    """What came, and in which flows."""

    world: World
    numbers: list[str]
    """Invoices of the mixed flow, the agency's at the odd places."""
    flows: list[str]

    @property
    def incoming(self) -> Path:
        return self.world.company.spool / SHEET / "in"

    def document(self, number: str) -> Any:
        return self.world.documents(SHEET, number, "in")[-1]

    def note(self, document: Any) -> dict[str, Any]:
        data: dict[str, Any] = json.loads((self.incoming / document.filed_as / "facts.json").read_text())
        return data


@pytest.fixture(scope="module")
def talk(world: World) -> Conversation:
    """A mixed flow comes; the ERP decides; an invoice is completed by its supplier and handed over twice more."""
    mixed = mixed_invoices(4, DAY, [AGENCY])
    validated = example_invoice("COTRAITANT-1", DAY, frame="A12", buyer=CUSTOMER)
    offers = world.platforms[SHEET].offers
    world.drop("ventes", SOLD)
    world.wait_for("ventes", {SOLD: "MISE_A_DISPOSITION"})
    flows = [deposit_pivot(offers, APPLICATION, [*mixed, validated, Handover(invoice(SOLD), 4711)])]
    eventually(lambda: len(world.documents(SHEET, direction="in")) == 6, lambda: "six invoices are filed")
    world.decide(
        SHEET,
        {"number": mixed[0].number, "status": "07"},
        {"number": SOLD, "status": "suspendue", "comment": "Joignez le bon de livraison."},
        {"number": "INCONNUE", "status": "05"},
    )
    world.wait_for("ventes", {SOLD: "SUSPENDUE"})
    flows.append(deposit_pivot(offers, APPLICATION, [Handover(invoice(SOLD), 4711, resend="Complétée")]))
    eventually(lambda: len(world.documents(SHEET, direction="in")) == 7, lambda: "the completed invoice is filed")
    flows.append(deposit_pivot(offers, APPLICATION, [Handover(invoice(SOLD), 4711)]))
    eventually(lambda: len(world.documents(SHEET, direction="in")) == 8, lambda: "the repetition is known")
    eventually(lambda: len(world.reports(SHEET, "FSO1300A")) == 3, lambda: "three flows are acknowledged")
    eventually(
        lambda: world.reports(SHEET, "FSO1300A") == ["integrated"] * 3, lambda: str(world.reports(SHEET, "FSO1300A"))
    )
    return Conversation(world, [each.number for each in mixed], flows)


def test_an_invoice_of_an_agency_never_reaches_the_erp(talk: Conversation) -> None:
    theirs = talk.numbers[1::2]
    assert {talk.document(number).routed_by for number in theirs} == {"Agence Alpha"}
    kept = sorted((talk.world.company.spool / SHEET / "excluded" / "alpha").rglob("facts.json"))
    assert sorted(json.loads(path.read_text())["facts"]["number"] for path in kept) == sorted(theirs)
    for path in talk.incoming.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [number for number in theirs if number.encode() in content], path


def test_the_other_invoices_of_the_same_flow_are_filed(talk: Conversation) -> None:
    for number in (*talk.numbers[::2], "COTRAITANT-1"):
        document = talk.document(number)
        assert document.state == "filed"
        assert talk.note(document)["facts"]["number"] == number


def test_the_cycle_of_validation_stands_beside_the_invoice(talk: Conversation) -> None:
    (step,) = talk.note(talk.document("COTRAITANT-1"))["steps"]
    assert (step["code"], step["actor_name"]) == ("13", CUSTOMER.name)


def test_every_received_flow_is_acknowledged_by_its_identifier(talk: Conversation) -> None:
    said = [word for word in talk.world.given(SHEET, "FSO1300A") if isinstance(word, FlowStatus)]
    assert [(word.code, word.flow_id) for word in said] == [("92", name[16:]) for name in talk.flows]


def test_decisions_leave_in_one_message_that_the_platform_takes(talk: Conversation) -> None:
    given = [word for word in talk.world.given(SHEET, "FSO1301A") if isinstance(word, InvoiceStatus)]
    assert [(word.number, word.code) for word in given] == [(talk.numbers[0], "07"), (SOLD, "06")]
    assert talk.world.reports(SHEET, "FSO1301A") == ["integrated"]


def test_a_decision_that_fits_nothing_is_refused_with_its_reason(talk: Conversation) -> None:
    (note,) = (talk.world.company.spool / SHEET / "rejected").glob("*.verdict.txt")
    assert "INCONNUE" in note.read_text()


def test_the_supplier_learns_what_was_decided(talk: Conversation) -> None:
    (document,) = talk.world.documents("ventes", SOLD)
    assert talk.world.words(document.id)[-1].comment == "Joignez le bon de livraison."
    assert "Ajoutez la pièce" in talk.world.todo("ventes")[SOLD]["what"]


def test_a_completed_invoice_is_handed_to_the_erp_as_the_one_it_has(talk: Conversation) -> None:
    first, completed, _ = talk.world.documents(SHEET, SOLD, "in")
    assert (completed.state, completed.answers_id, completed.answers_as) == ("filed", first.id, "completed")
    making = talk.note(completed)["making_available"]
    assert (making["new"], making["as"], making["earlier"]["filed_as"]) == (False, "completed", first.filed_as)


def test_a_mere_repetition_is_not_posted_twice(talk: Conversation) -> None:
    *_, repeated = talk.world.documents(SHEET, SOLD, "in")
    assert repeated.state == "duplicate"
    filed = [
        path for path in talk.incoming.rglob("facts.json") if json.loads(path.read_text())["facts"]["number"] == SOLD
    ]
    assert len(filed) == 2


def test_the_erp_is_told_what_came_and_what_it_decided(talk: Conversation) -> None:
    world, (first, second, *_) = talk.world, talk.numbers
    eventually(lambda: world.told(SHEET, first) == ["filed", "SERVICE_FAIT"], lambda: str(world.told(SHEET, first)))
    eventually(lambda: world.told(SHEET, second) == ["excluded"], lambda: str(world.told(SHEET, second)))
