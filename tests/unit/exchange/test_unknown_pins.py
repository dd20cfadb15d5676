"""A pin that names no pack holds what goes out, and nothing of what comes in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edid.sandbox.answers import flow_report
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.returned import AT, Invoice, flow_name, parsed, pivot_of, statuses_message

PINS = {"pins": ["CPPStatut@V9_99"]}


@pytest.fixture
def pinned(open_corridor: Callable[..., Corridor], invoice: Invoice) -> Corridor:
    """A company that sent F-1 before somebody wrote a wrong pin."""
    corridor = open_corridor()
    corridor.outbound(("a.xml", invoice("F-1")))
    corridor.sheet = corridor.sender(validation=PINS)
    return corridor


def test_an_outgoing_document_is_held_with_its_facts(pinned: Corridor, invoice: Invoice) -> None:
    pinned.outbound(("b.xml", invoice("F-2")))
    assert pinned.states() == ["sent", "held"]
    held = pinned.documents()[-1]
    assert (held.kind, held.number) == ("ubl-invoice", "F-2")
    assert "there is no rule pack 'CPPStatut@V9_99'" in held.verdict["not_judged_because"]


def test_a_report_finds_its_flow_all_the_same(pinned: Corridor) -> None:
    name = flow_name("CSO1100A")
    flow = pinned.inbound(str(name), flow_report(name, parsed(pinned.flows()[0].name), "92", AT))
    assert flow.state == "filed"
    assert pinned.flows()[0].report == "integrated"


def test_a_status_finds_its_invoice_all_the_same(pinned: Corridor) -> None:
    flow = pinned.inbound(*statuses_message("07"))
    assert flow.state == "filed"
    assert pinned.documents()[0].status == "SERVICE_FAIT"
    assert not [path for path in pinned.kept("in") if "unknown" in path]


def test_received_invoices_are_filed_all_the_same(pinned: Corridor) -> None:
    receiver = pinned.receiver(validation=PINS)
    name = flow_name("FEN0036A")
    flow = pinned.inbound(str(name), pivot_of(("a.pdf", b"%PDF-1.7")), receiver)
    (document,) = pinned.documents("in")
    assert (flow.state, document.state, document.number) == ("filed", "filed", "R-1")
    assert document.verdict["outcome"] == "not judged"
