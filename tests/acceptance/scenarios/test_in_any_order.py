"""Answers that come late, twice and in any order end in the same state."""

from __future__ import annotations

from tests.acceptance.scenarios.world import World

CODES = ["01", "02", "03", "07", "08", "09", "10", "11"]


def test_statuses_out_of_order_and_doubled_end_as_those_in_order(world: World) -> None:
    for sheet, number in (("ventes", "PAID-V"), ("desordre", "PAID-O"), ("deux-fois", "PAID-D")):
        world.drop(sheet, number)
    for sheet, number in (("ventes", "PAID-V"), ("desordre", "PAID-O"), ("deux-fois", "PAID-D")):
        world.wait_for(sheet, {number: "MISE_EN_PAIEMENT"})
    for sheet, number, expected in (
        ("desordre", "PAID-O", 8),
        ("deux-fois", "PAID-D", 16),
    ):
        (document,) = world.documents(sheet, number)
        world.wait_until_said(document.id, expected)
        words = world.words(document.id)
        assert sorted({word.code for word in words}) == CODES
        (document,) = world.documents(sheet, number)
        assert (document.status, document.acts) == ("MISE_EN_PAIEMENT", None)
        (flow,) = world.company.flows(sheet=sheet, direction="out")
        assert flow.report == "integrated"
