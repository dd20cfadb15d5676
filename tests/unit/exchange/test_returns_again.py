"""An invoice that comes twice is never posted twice; one that is made available again says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.config.sheet import ReceiverSheet
from edid.exchange.earlier import made_available_again
from tests.unit.exchange.corridor import Corridor, Crash, crash_at
from tests.unit.exchange.pivots import PJ, Unit, pivot_with
from tests.unit.exchange.returned import Invoice


def note(corridor: Corridor, sheet: ReceiverSheet, index: int) -> dict[str, Any]:
    folder = corridor.house.folders(sheet).incoming / corridor.documents("in")[index].filed_as
    data: dict[str, Any] = json.loads((folder / "facts.json").read_text())
    return data


def states(corridor: Corridor) -> list[str]:
    return [row.state for row in corridor.documents("in")]


def invoices_in(corridor: Corridor, sheet: ReceiverSheet, folder: str) -> list[Path]:
    return sorted((corridor.house.folders(sheet).root / folder).rglob("facts.json"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Complétée", "completed"),
        ("Completee", "completed"),
        ("COMPLÉTÉE", "completed"),
        ("Recyclée", "recycled"),
        ("Recycl\ufffde", "recycled"),
        (" Recyclee ", "recycled"),
        ("Comple\u0301te\u0301e", "completed"),
        ("Non", None),
        ("", None),
        (None, None),
        ("Autre", None),
    ],
)
def test_the_platform_says_whether_it_makes_an_invoice_available_again(written: str | None, meant: str | None) -> None:
    assert made_available_again(written) == meant


@given(st.text())
def test_any_word_is_taken(written: str) -> None:
    assert made_available_again(written) in {None, "completed", "recycled"}


@pytest.mark.parametrize(
    "again",
    [
        Unit(),
        Unit(number="other number"),
        Unit(resend=None),
        Unit(resend="Autre"),
        Unit(platform_id=None),
        Unit(platform_id=None, date="2026-03-02", supplier="732829320"),
    ],
    ids=["the same", "same IdCPRO", "no word", "unknown word", "no IdCPRO", "same SIREN, number and year"],
)
def test_an_invoice_that_was_filed_is_not_filed_again_as_new(
    corridor: Corridor, receiver: ReceiverSheet, again: Unit
) -> None:
    corridor.inbound("A", pivot_with(Unit()), receiver)
    flow = corridor.inbound("B", pivot_with(again), receiver)
    assert (flow.state, flow.document_count) == ("filed", 1)
    assert states(corridor) == ["filed", "duplicate"]
    first, second = corridor.documents("in")
    assert (second.duplicate_of, second.answers_id) == (first.id, None)
    assert (first.platform_id, second.platform_id) == ("9001", again.platform_id)
    assert len(invoices_in(corridor, receiver, "in")) == 1
    assert len(invoices_in(corridor, receiver, "duplicates")) == 1
    assert second.filed_as.startswith("../duplicates/")
    told = note(corridor, receiver, 1)["making_available"]
    assert (told["new"], told["as"]) == (False, "duplicate")
    assert told["earlier"] == {"document_id": first.id, "flow_id": first.flow_id, "filed_as": first.filed_as}
    (event,) = corridor.events("document.duplicate")
    assert (event.entity_id, event.data["duplicate_of"]) == (second.id, first.id)


@pytest.mark.parametrize(
    "other",
    [
        Unit(platform_id="9002"),
        Unit(platform_id=None, date="2025-11-01"),
        Unit(platform_id=None, supplier="35600000000048"),
        Unit(platform_id=None, number="R-2"),
        Unit(platform_id=None, date=""),
    ],
    ids=["other IdCPRO", "other year", "other supplier", "other number", "no date"],
)
def test_another_invoice_is_none(corridor: Corridor, receiver: ReceiverSheet, other: Unit) -> None:
    corridor.inbound("A", pivot_with(Unit()), receiver)
    corridor.inbound("B", pivot_with(other), receiver)
    assert states(corridor) == ["filed", "filed"]
    assert note(corridor, receiver, 1)["making_available"] == {"new": True, "as": None, "earlier": None}


def test_the_invoice_of_another_sheet_is_not_the_same(corridor: Corridor, receiver: ReceiverSheet) -> None:
    corridor.inbound("A", pivot_with(Unit()), receiver)
    other = corridor.receiver(name="recepteur-2")
    corridor.inbound("B", pivot_with(Unit()), other)
    assert states(corridor) == ["filed", "filed"]


@pytest.mark.parametrize(("word", "answers_as"), [("Complétée", "completed"), ("Recyclée", "recycled")])
def test_one_made_available_again_is_filed_and_says_what_it_answers(
    corridor: Corridor, receiver: ReceiverSheet, word: str, answers_as: str
) -> None:
    corridor.inbound("A", pivot_with(Unit()), receiver)
    corridor.inbound("B", pivot_with(Unit(resend=word)), receiver)
    corridor.inbound("C", pivot_with(Unit(resend=word, attachments=(PJ("bon.pdf", b"2"),))), receiver)
    first, second, third = corridor.documents("in")
    assert states(corridor) == ["filed"] * 3
    assert [(row.answers_id, row.answers_as) for row in (first, second, third)] == [
        (None, None),
        (first.id, answers_as),
        (second.id, answers_as),
    ]
    told = note(corridor, receiver, 1)
    assert (told["making_available"]["new"], told["making_available"]["as"]) == (False, answers_as)
    assert told["making_available"]["earlier"]["filed_as"] == first.filed_as
    assert told["resend"] == word
    assert len(invoices_in(corridor, receiver, "in")) == 3


def test_one_made_available_again_that_never_came_before_is_new(corridor: Corridor, receiver: ReceiverSheet) -> None:
    corridor.inbound("A", pivot_with(Unit(resend="Recyclée")), receiver)
    assert note(corridor, receiver, 0)["making_available"] == {"new": True, "as": "recycled", "earlier": None}
    (row,) = corridor.documents("in")
    assert (row.state, row.answers_id, row.answers_as) == ("filed", None, "recycled")


def test_one_flow_may_hold_an_invoice_several_times(corridor: Corridor, receiver: ReceiverSheet) -> None:
    corridor.inbound("A", pivot_with(Unit(), Unit(), Unit(resend="Complétée"), Unit()), receiver)
    first, second, third, fourth = corridor.documents("in")
    assert states(corridor) == ["filed", "duplicate", "filed", "duplicate"]
    assert (second.duplicate_of, third.answers_id, fourth.duplicate_of) == (first.id, first.id, third.id)
    assert note(corridor, receiver, 1)["making_available"]["earlier"]["document_id"] is None
    assert note(corridor, receiver, 1)["making_available"]["earlier"]["filed_as"] == first.filed_as
    assert [event.data["duplicate_of"] for event in corridor.events("document.duplicate")] == [first.id, third.id]


def test_an_invoice_that_came_as_such_before_is_a_duplicate_in_a_pivot(
    corridor: Corridor, receiver: ReceiverSheet, invoice: Invoice
) -> None:
    corridor.inbound("A", invoice("R-1"), receiver)
    (first,) = corridor.documents("in")
    again = Unit(supplier=first.seller_key, date=str(first.issue_date))
    corridor.inbound("B", pivot_with(again), receiver)
    assert states(corridor) == ["filed", "duplicate"]


@pytest.mark.parametrize("place", ["edid.exchange.returns._journal", "edid.exchange.returns.journal_statuses"])
def test_a_flow_repeated_after_a_crash_is_no_duplicate_of_itself(
    corridor: Corridor, receiver: ReceiverSheet, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    corridor.offer("A", pivot_with(Unit(), Unit(resend="Recyclée")))
    corridor.fetch(receiver)
    crash_at(monkeypatch, place)
    with pytest.raises(Crash):
        corridor.file(receiver)
    before = invoices_in(corridor, receiver, "in")
    corridor.restart()
    corridor.file(receiver)
    assert states(corridor) == ["filed", "filed"]
    assert invoices_in(corridor, receiver, "in") == before
    assert invoices_in(corridor, receiver, "duplicates") == []


def test_what_a_crash_left_is_withdrawn_when_another_flow_was_faster(
    corridor: Corridor, receiver: ReceiverSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    corridor.offer("A", pivot_with(Unit()))
    corridor.offer("B", pivot_with(Unit(attachments=(PJ("x", b"1"),))))
    corridor.fetch(receiver)
    crash_at(monkeypatch, "edid.exchange.returns._journal", error=ValueError("once"))
    corridor.file(receiver)
    slow, fast = corridor.flows()
    assert [row.flow_id for row in corridor.documents("in")] == [fast.id, slow.id]
    assert states(corridor) == ["filed", "duplicate"]
    (kept,) = invoices_in(corridor, receiver, "in")
    assert json.loads(kept.read_text())["origin"]["flow_id"] == fast.id
    assert len(invoices_in(corridor, receiver, "duplicates")) == 1


def test_many_invoices_of_one_number_are_told_apart_by_the_platform(
    corridor: Corridor, receiver: ReceiverSheet
) -> None:
    units = [Unit(platform_id=str(number)) for number in range(60)]
    corridor.inbound("A", pivot_with(*units), receiver)
    assert states(corridor) == ["filed"] * 60
