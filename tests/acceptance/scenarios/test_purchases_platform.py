"""Received invoices of an approved platform: what we decide and what the supplier says, in CDAR."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from edid.clock import now
from edid.documents.kinds import Facts, InvoiceStatus
from edid.lifecycle.messages.amounts import cashed
from edid.sandbox.receiver import Syntax, deposit_direct, deposit_status, incoming_invoices
from tests.acceptance.scenarios.world import DAY, World, eventually

SHEET, APPLICATION = "achats-pa", "APP009"
HOUR = timedelta(hours=1)


def test_suspended_completed_approved_paid_and_cashed(world: World) -> None:
    """One conversation: each word of one side is answered by the other."""
    (bought,) = incoming_invoices(1, DAY)
    facts = Facts(
        number=bought.number,
        issue_date=DAY,
        seller_id=bought.seller.siren,
        seller_scheme="0002",
        buyer_id=bought.buyer.siren,
    )
    offers, time = world.platforms[SHEET].offers, now() - 24 * HOUR
    deposit_direct(offers, APPLICATION, [bought], Syntax.UBL, at=time)
    eventually(lambda: len(world.documents(SHEET, direction="in")) == 1, lambda: "the invoice is filed")

    def stands(status: str) -> bool:
        return world.standing(SHEET, "in")[bought.number] == status

    def decide(hours: int, status: str, **more: Any) -> None:
        row = {"number": bought.number, "status": status, "at": (time + hours * HOUR).isoformat(), **more}
        world.decide(SHEET, row, name=f"{status}.json")

    decide(1, "208", reason="JUSTIF_ABS", comment="Il manque le bon de livraison.")
    eventually(lambda: stands("SUSPENDUE"), lambda: "suspended")
    assert world.todo(SHEET) == {}
    deposit_status(offers, APPLICATION, facts, "209", at=time + 2 * HOUR)
    eventually(lambda: stands("COMPLETEE"), lambda: "completed")
    assert "reprenez le traitement" in world.todo(SHEET)[bought.number]["what"]
    decide(3, "205")
    decide(4, "211", amount="29.88", paid_on="2026-10-20")
    eventually(lambda: stands("PAIEMENT_TRANSMIS"), lambda: "paid")
    assert world.todo(SHEET) == {}
    deposit_status(
        offers,
        APPLICATION,
        facts,
        "212",
        characteristics=[cashed(Decimal("29.88"), Decimal(20))],
        at=time + 5 * HOUR,
    )
    eventually(lambda: stands("ENCAISSEE"), lambda: "cashed")
    eventually(lambda: len(world.given(SHEET, "FSO3301A")) == 3, lambda: "three messages of ours arrived")
    given = [word for word in world.given(SHEET, "FSO3301A") if isinstance(word, InvoiceStatus)]
    assert sorted(word.code for word in given) == ["205", "208", "211"]
    (suspended,) = [word for word in given if word.code == "208"]
    assert [reason.code for reason in suspended.reasons] == ["JUSTIF_ABS"]
    told = ["filed", "SUSPENDUE", "COMPLETEE", "APPROUVEE", "PAIEMENT_TRANSMIS", "ENCAISSEE"]
    eventually(lambda: world.told(SHEET, bought.number) == told, lambda: str(world.told(SHEET, bought.number)))
