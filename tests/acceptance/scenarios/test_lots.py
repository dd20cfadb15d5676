"""A flow of which the platform takes a part: only what it refused by name is sent again."""

from __future__ import annotations

import pytest

from tests.acceptance.scenarios.world import World, eventually, ubl

SHEET = "lots"


@pytest.fixture(scope="module")
def talk(world: World) -> World:
    """Three invoices leave in one flow; the one that is refused is dropped again, as it was, with the others."""
    numbers = ("LOT-1", "LOT-2-REFUSED", "LOT-3")
    for number in numbers:
        world.drop(SHEET, number)
    world.wait_for(SHEET, {"LOT-1": "MISE_A_DISPOSITION", "LOT-3": "MISE_A_DISPOSITION"})
    for number in numbers:
        world.company.drop(SHEET, f"{number}-encore.xml", ubl(number))
    world.wait_for(SHEET, {"LOT-2-REFUSED": "MISE_A_DISPOSITION"})
    eventually(lambda: len(world.documents(SHEET)) == 6, lambda: f"six documents: {world.documents(SHEET)}")
    return world


def test_only_the_refused_invoice_leaves_again(talk: World) -> None:
    states = [(row.number, row.state) for row in talk.documents(SHEET)[3:]]
    assert sorted(states) == [("LOT-1", "duplicate"), ("LOT-2-REFUSED", "sent"), ("LOT-3", "duplicate")]


def test_the_flow_is_partly_integrated_and_the_second_one_whole(talk: World) -> None:
    reports = [flow.report for flow in talk.company.flows(sheet=SHEET, direction="out")]
    assert reports == ["partly-integrated", "integrated"]


def test_nothing_is_left_to_do(talk: World) -> None:
    assert talk.todo(SHEET) == {}
