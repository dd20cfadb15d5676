"""A corrected file is recognised as the answer to what did not make it, linked to it, and may leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from edid.sandbox.answers import Fault, flow_report
from edid.sandbox.invoices import ubl_credit_note, ubl_invoice
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.returned import AT, DAY, flow_name, parsed, statuses_message

FIRST = ubl_invoice("F-1", DAY)
CORRECTED = ubl_invoice("F-1", DAY, lines=2)
BROKEN = FIRST.replace(b"<cbc:IssueDate>", b"<cbc:IssueDay>").replace(b"</cbc:IssueDate>", b"</cbc:IssueDay>")
FIRST_LINE = b"<cac:AccountingSupplierParty>"
CITING = (
    b"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>F-1</cbc:ID></cac:InvoiceDocumentReference>"
    b"</cac:BillingReference><cac:AccountingSupplierParty>"
)


@pytest.fixture
def sent(open_corridor) -> Corridor:
    corridor = open_corridor(validation={"profile": "xsd-only"})
    corridor.outbound(("f1.xml", FIRST))
    return corridor


def said(corridor: Corridor, code: str, number: int = 1) -> None:
    corridor.inbound(*statuses_message(code, number=number, at=AT + timedelta(minutes=number)))


def reported(corridor: Corridor, code: str, *faults: Fault) -> None:
    answer = flow_name("CSO1100A", 7)
    corridor.inbound(str(answer), flow_report(answer, parsed(corridor.flows()[0].name), code, AT, faults))


def until_2025(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("corrections", "standing", "todo"):
        monkeypatch.setattr(f"edid.exchange.{place}.now", lambda: datetime(2025, 6, 1, tzinfo=UTC))


def outcome(corridor: Corridor) -> list[tuple[str, int | None, str | None]]:
    return [(row.state, row.answers_id, row.answers_as) for row in corridor.documents()[1:]]


def test_under_the_old_rule_a_recycled_invoice_comes_again_under_its_number(sent, monkeypatch):
    until_2025(monkeypatch)
    said(sent, "04")
    assert (sent.documents()[0].status, sent.documents()[0].acts) == ("A_RECYCLER", "us")
    sent.outbound(("f1-corrigee.xml", CORRECTED))
    assert outcome(sent) == [("sent", 1, "recycled")]
    assert sent.documents()[0].acts is None
    assert [row.data for row in sent.events("document.answered")] == [{"by": 2, "as": "recycled"}]


def test_the_same_bytes_correct_nothing(sent, monkeypatch):
    until_2025(monkeypatch)
    said(sent, "04")
    sent.outbound(("again.xml", FIRST))
    assert outcome(sent) == [("duplicate", None, None)]
    assert sent.documents()[0].acts == "us"


def test_since_2026_a_recycled_invoice_needs_a_new_number(sent):
    said(sent, "04")
    sent.outbound(("f1-corrigee.xml", CORRECTED))
    assert outcome(sent) == [("duplicate", None, None)]
    sent.outbound(("f2.xml", ubl_invoice("F-2", DAY).replace(FIRST_LINE, CITING)))
    assert outcome(sent)[1] == ("sent", 1, "replaced")


def test_a_suspended_invoice_is_completed_under_its_number(sent):
    said(sent, "06")
    sent.outbound(("f1-avec-pj.xml", CORRECTED))
    assert outcome(sent) == [("sent", 1, "completed")]


def test_a_second_completion_answers_the_first(sent):
    said(sent, "06")
    sent.outbound(("f1-avec-pj.xml", CORRECTED))
    said(sent, "06", number=2)
    sent.outbound(("f1-encore.xml", ubl_invoice("F-1", DAY, lines=3)))
    assert outcome(sent) == [("sent", 1, "completed"), ("sent", 2, "completed")]


def test_an_invoice_that_is_well_stays_the_only_one_of_its_number(sent):
    said(sent, "07")
    sent.outbound(("f1-autre.xml", CORRECTED))
    assert outcome(sent) == [("duplicate", None, None)]


def test_of_two_corrections_one_leaves(sent):
    said(sent, "06")
    sent.outbound(("a.xml", CORRECTED), ("b.xml", ubl_invoice("F-1", DAY, lines=3)))
    assert outcome(sent) == [("sent", 1, "completed"), ("duplicate", None, None)]


def test_a_rejected_invoice_is_replaced_by_one_that_cites_it(sent):
    said(sent, "05")
    sent.outbound(("f2.xml", ubl_invoice("F-2", DAY).replace(FIRST_LINE, CITING)))
    assert outcome(sent) == [("sent", 1, "replaced")]
    assert sent.documents()[0].acts is None


def test_a_credit_note_replaces_nothing(sent):
    said(sent, "05")
    sent.outbound(("a1.xml", ubl_credit_note("A-1", DAY, credit_of="F-1")))
    assert outcome(sent) == [("sent", None, None)]
    assert sent.documents()[0].acts == "us"


def test_what_a_refused_flow_held_may_come_again_as_it_was(sent):
    reported(sent, "93", Fault("IRR_SYNTAX", "fichier illisible"))
    assert sent.documents()[0].acts == "us"
    sent.outbound(("f1.xml", FIRST))
    assert outcome(sent) == [("sent", 1, "resent")]
    assert sent.documents()[0].acts is None


def test_a_flow_that_was_there_already_is_no_reason_to_send_again(sent):
    reported(sent, "92")
    reported(sent, "93", Fault("IRR_UNCITE", "flux déjà reçu"))
    sent.outbound(("f1.xml", FIRST))
    assert outcome(sent) == [("duplicate", None, None)]


def test_what_edid_refused_is_answered_by_the_mended_file(open_corridor):
    corridor = open_corridor(validation={"profile": "xsd-only"})
    corridor.outbound(("f1.xml", BROKEN))
    assert [(row.state, row.acts) for row in corridor.documents()] == [("rejected", "us")]
    corridor.outbound(("f1-mieux.xml", FIRST))
    assert outcome(corridor) == [("sent", 1, "replaced")]
    assert corridor.documents()[0].acts is None


def test_what_could_not_be_read_is_answered_by_the_file_of_the_same_name(open_corridor):
    corridor = open_corridor(validation={"profile": "xsd-only"})
    corridor.outbound(("f1.xml", b"<Invoice"))
    assert corridor.documents()[0].acts == "us"
    corridor.outbound(("f1.xml", FIRST))
    assert outcome(corridor) == [("sent", 1, "replaced")]


def test_a_refused_part_of_a_flow_is_sent_again_and_the_rest_is_not(open_corridor):
    corridor = open_corridor(validation={"profile": "xsd-only"}, batch={"max_documents": 10})
    corridor.outbound(("f1.xml", FIRST), ("f2.xml", ubl_invoice("F-2", DAY)))
    reported(corridor, "96", Fault("REJ_SEMAN", "La facture F-2 n'est pas conforme", nature="Fonctionnel"))
    assert [row.acts for row in corridor.documents()] == [None, "us"]
    corridor.outbound(("f1-bis.xml", CORRECTED), ("f2-bis.xml", ubl_invoice("F-2", DAY, lines=2)))
    again = {row.number: (row.state, row.answers_as) for row in corridor.documents()[2:]}
    assert again == {"F-1": ("duplicate", None), "F-2": ("sent", "resent")}


def test_a_report_that_names_no_invoice_asks_for_all(open_corridor):
    corridor = open_corridor(validation={"profile": "xsd-only"}, batch={"max_documents": 10})
    corridor.outbound(("f1.xml", FIRST), ("f2.xml", ubl_invoice("F-2", DAY)))
    reported(corridor, "96", Fault("REJ_SEMAN", "une facture n'est pas conforme", nature="Fonctionnel"))
    assert [row.acts for row in corridor.documents()] == ["us", "us"]
    corridor.outbound(("f1-bis.xml", CORRECTED))
    assert corridor.documents()[2].state == "duplicate"
    said(corridor, "01")
    assert [row.acts for row in corridor.documents()[:2]] == ["platform", "us"]
