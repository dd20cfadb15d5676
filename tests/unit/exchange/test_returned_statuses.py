from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from edid.documents.kinds import Facts
from edid.sandbox.answers import Fault, flow_report
from edid.sandbox.invoices import SELLER
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.returned import (
    AT,
    DAY,
    FACTS,
    Invoice,
    flow_name,
    parsed,
    statuses_message,
)

# --- reports about flows


@pytest.mark.parametrize(
    ("code", "report"), [("90", "received"), ("92", "integrated"), ("93", "refused"), ("96", "partly-integrated")]
)
def test_a_report_finds_its_flow(sent: Corridor, code: str, report: str) -> None:
    ours = sent.flows()[0]
    name = flow_name("CSO1100A")
    content = flow_report(name, parsed(ours.name), code, AT, [Fault("IRR_FORM", "forme")])
    flow = sent.inbound(str(name), content)
    assert (flow.state, flow.document_count) == ("filed", 1)
    assert sent.flows()[0].report == report
    assert sent.flows()[0].state == "sent", "what we know of the delivery is not rewritten"
    (status,) = sent.statuses()
    assert (status.subject, status.flow_id, status.code, status.source_flow_id) == ("flow", ours.id, code, flow.id)
    assert status.about["errors"][0][1] == "IRR_FORM"
    day = flow.created_at.date().isoformat()
    assert sent.kept("in") == [f"{day}/returns/{name}", f"{day}/returns/{name}.json"]


def test_a_report_about_nothing_of_ours_is_kept_visible(sent: Corridor) -> None:
    name = flow_name("CSO1100A")
    stranger = parsed("FSO1100A_XYZ999_XYZ9991100000000000000007")
    flow = sent.inbound(str(name), flow_report(name, stranger, "93", AT))
    assert flow.state == "filed"
    assert sent.flows()[0].report is None
    assert [(row.flow_id, row.document_id) for row in sent.statuses()] == [(None, None)]


# --- statuses of invoices


def test_a_status_finds_its_invoice(sent: Corridor) -> None:
    sent.inbound(*statuses_message("07"))
    (document,) = sent.documents()
    assert document.status == "SERVICE_FAIT"
    (status,) = sent.statuses()
    assert (status.document_id, status.status_at, status.dialect) == (document.id, AT, "cpp-statut")
    assert sent.events("document.status")[0].entity_id == document.id


@pytest.mark.parametrize(
    "facts",
    [
        Facts(number="F-2", issue_date=DAY, seller_id=SELLER.siret),
        Facts(number="F-1", issue_date=date(2025, 9, 1), seller_id=SELLER.siret),
        Facts(number="F-1", issue_date=DAY, seller_id="73282932000074"),
        Facts(number="X" * 20, issue_date=date(1900, 1, 1), seller_id="00000000000000"),
    ],
    ids=["number", "year", "supplier", "placeholder"],
)
def test_a_status_of_no_invoice_of_ours_is_an_orphan(sent: Corridor, facts: Facts) -> None:
    flow = sent.inbound(*statuses_message("07", facts))
    assert flow.state == "filed"
    assert sent.documents()[0].status is None
    assert [row.document_id for row in sent.statuses()] == [None]
    assert sent.statuses()[0].about["number"] == facts.number


def test_of_an_invoice_that_was_sent_twice_the_later_gets_the_status(sent: Corridor, invoice: Invoice) -> None:
    sent.drop("again.xml", invoice("F-1"))
    sent.take()
    sent.judge()
    from edid.exchange.forcing import force

    force(sent.house.journal, sent.settings.spool, sent.documents()[-1].id)
    sent.pack()
    sent.send()
    sent.inbound(*statuses_message("07"))
    assert [row.status for row in sent.documents()] == [None, "SERVICE_FAIT"]


def test_two_equally_sure_candidates_that_may_be_different_invoices_give_none(sent: Corridor, invoice: Invoice) -> None:
    sent.outbound(("last-year.xml", invoice("F-1", DAY.replace(year=DAY.year - 1))))
    sent.inbound(*statuses_message("07", replace(FACTS, issue_date=None)))
    assert [row.status for row in sent.documents()] == [None, None]
    assert sent.statuses()[0].document_id is None


def test_an_invoice_that_never_left_gets_no_status(corridor: Corridor, invoice: Invoice) -> None:
    corridor.drop("a.xml", invoice("F-1"))
    corridor.take()
    corridor.judge()
    corridor.inbound(*statuses_message("07"))
    assert corridor.documents()[0].status is None


def test_a_number_of_two_meanings_is_shown_as_written(sent: Corridor) -> None:
    name, content = statuses_message("07")
    content = content.replace(b"<IdStatut>07<", b"<IdStatut>17<").replace(b"Service fait", b"")
    sent.inbound(name, content)
    (status,) = sent.statuses()
    assert (status.code, status.canonical) == ("17", None)
    assert " ou " in status.label
    assert sent.documents()[0].status == "17"


def test_an_unknown_status_of_any_length_stops_nothing(sent: Corridor) -> None:
    name, content = statuses_message("07")
    content = content.replace(b"<IdStatut>07<", b"<IdStatut>" + b"9" * 5000 + b"<").replace(b"V1_19", b"V" * 5000)
    assert sent.inbound(name, content).state == "filed"
    assert sent.statuses()[0].code == "9" * 5000
    assert sent.documents()[0].status == "9" * 40
    assert len(sent.statuses()[0].version) == 60


def test_the_newest_own_timestamp_holds_whatever_comes_last(sent: Corridor) -> None:
    sent.inbound(*statuses_message("11", number=1, at=AT + timedelta(days=1)))
    sent.inbound(*statuses_message("03", number=2, at=AT))
    assert sent.documents()[0].status == "MISE_EN_PAIEMENT"


def test_statuses_for_a_sheet_are_not_looked_for_in_another(sent: Corridor) -> None:
    other = sent.sender(name="autre", application_code="XYZ999")
    name, content = statuses_message("07")
    sent.inbound(name, content, other)
    assert sent.documents()[0].status is None
