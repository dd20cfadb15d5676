"""The list of what needs someone: the longest waiting first, with the motive and what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edid.errors import PermanentError
from edid.exchange import todo
from edid.sandbox.answers import Fault, StatusLine, flow_report, invoice_statuses
from edid.sandbox.invoices import ubl_invoice
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.pivots import Unit, pivot_with
from tests.unit.exchange.returned import AT, DAY, FACTS, flow_name, parsed


@pytest.fixture
def corridor(open_corridor) -> Corridor:
    return open_corridor(validation={"profile": "xsd-only"})


def listed(corridor: Corridor, language: todo.Language = "fr", **wanted: object) -> list[dict[str, object]]:
    with corridor.house.journal.reading() as view:
        return todo.waiting(view, todo.Wanted(**wanted), language)


def said(corridor: Corridor, code: str, *, number: int = 1, hours: int = 0, comment: str | None = None) -> None:
    flow = flow_name("FEN1200A", number)
    line = StatusLine(code, FACTS, comment)
    corridor.inbound(str(flow), invoice_statuses(flow, [line], AT + timedelta(hours=hours)))


def test_nothing_waits_when_all_is_well(corridor):
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY)))
    said(corridor, "11")
    assert listed(corridor) == []


def test_a_suspended_invoice_says_why_and_what_to_do(corridor):
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY)))
    said(corridor, "06", comment="il manque le bon de livraison")
    (row,) = listed(corridor)
    assert (row["number"], row["status"], row["comment"]) == ("F-1", "Suspendue", "il manque le bon de livraison")
    assert row["since"] == AT
    assert "pièce" in str(row["what"])
    assert "attachment" in str(listed(corridor, "en")[0]["what"])


def test_the_longest_waiting_comes_first(corridor):
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY)), ("bad.xml", b"<Invoice"))
    said(corridor, "06")  # of this morning
    assert [row["file_name"] for row in listed(corridor)] == ["f1.xml", "bad.xml"]
    assert [row["file_name"] for row in listed(corridor, limit=1)] == ["f1.xml"]


def test_what_edid_refused_lists_its_findings(corridor):
    corridor.outbound(("bad.xml", b"<Invoice"))
    (row,) = listed(corridor)
    assert row["state"] == "rejected"
    assert str(row["motive"]).startswith("IRR_TYPE_F : ")


def test_a_refused_flow_lists_its_errors(corridor):
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY)))
    answer = flow_name("CSO1100A", 7)
    fault = Fault("IRR_TAILLE_F", "fichier trop gros", "120 Mo au plus")
    corridor.inbound(str(answer), flow_report(answer, parsed(corridor.flows()[0].name), "93", AT, [fault]))
    (row,) = listed(corridor)
    assert row["status"] == "Erreur de réception"
    assert row["motive"] == "IRR_TAILLE_F : fichier trop gros : 120 Mo au plus"


def test_the_list_of_another_who_is_another_list(corridor):
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY)))
    said(corridor, "03")
    assert listed(corridor) == []
    assert [row["who"] for row in listed(corridor, who="recipient")] == ["recipient"]
    assert len(listed(corridor, who=None)) == 1
    assert listed(corridor, who=None, sheet="another") == []


def test_what_a_person_settled_is_off_the_list_until_the_platform_speaks_again(corridor):
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY)))
    said(corridor, "06")
    todo.settle(corridor.house.journal, 1, "completed on the portal")
    assert listed(corridor) == []
    assert corridor.events("document.settled")[0].data == {"comment": "completed on the portal"}
    said(corridor, "06", number=2, hours=1)
    assert len(listed(corridor)) == 1


def test_what_waits_for_nobody_cannot_be_settled(corridor):
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY)))
    with pytest.raises(PermanentError, match="waits for nobody"):
        todo.settle(corridor.house.journal, 1, "")
    with pytest.raises(PermanentError, match="no document 99"):
        todo.settle(corridor.house.journal, 99, "")


def test_an_invoice_that_is_made_available_again_is_on_the_list(corridor):
    receiver = corridor.receiver()
    corridor.inbound(str(flow_name("FEN0036A", 1)), pivot_with(Unit("R-1", "1")), receiver)
    corridor.inbound(str(flow_name("FEN0036A", 2)), pivot_with(Unit("R-1", "1", "Complétée")), receiver)
    (row,) = listed(corridor)
    assert (row["id"], row["direction"], row["number"]) == (2, "in", "R-1")
