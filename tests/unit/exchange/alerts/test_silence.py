"""Silence after sending: what counts as proof, what does not, and whose absence it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from edid.exchange.alerts.cause import MOST_NAMED
from edid.journal import tables
from edid.sandbox.answers import StatusLine, flow_report, invoice_statuses
from edid.sandbox.invoices import ubl_invoice
from tests.unit.exchange.alerts.conftest import DAY, HOUR, Watched
from tests.unit.exchange.returned import FACTS, flow_name, parsed

ISSUED = date(2026, 9, 1)
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def sent(watched: Watched) -> Watched:
    """One flow with the invoice F-1 that the partner has."""
    watched.corridor.outbound(("a.xml", ubl_invoice("F-1", ISSUED)))
    return watched


def _flow(watched: Watched) -> str:
    return str(watched.corridor.flows()[0].name)


def _report(watched: Watched, code: str = "92") -> None:
    name = flow_name("CSO1100A")
    watched.corridor.inbound(str(name), flow_report(name, parsed(_flow(watched)), code, AT))


def _status(watched: Watched, code: str = "11", number: int = 1) -> None:
    name = flow_name("FEN1200A", number)
    watched.corridor.inbound(str(name), invoice_statuses(name, [StatusLine(code, FACTS)], AT))


def test_a_flow_of_which_nothing_is_heard_is_told_once(sent):
    sent.polled(2 * DAY - HOUR)
    assert sent.look(2 * DAY - HOUR).raised == ()
    sent.polled(2 * DAY + HOUR)
    (cause,) = sent.look(2 * DAY + HOUR).raised
    assert (cause.kind, cause.subject) == ("report", _flow(sent))
    assert "ni compte rendu d'intégration ni statut" in cause.fr
    assert "neither an integration report nor a status" in cause.en
    sent.polled(3 * DAY)
    assert sent.look(3 * DAY).raised == ()
    sent.restart()
    assert sent.look(3 * DAY + HOUR).raised == ()
    assert sent.history() == [("alert.raised", _flow(sent))]


@pytest.mark.parametrize("code", ["90", "92", "94", "96"])
def test_any_report_is_proof_good_or_bad(sent, code):
    _report(sent, code)
    sent.polled(3 * DAY)
    assert sent.look(3 * DAY).raised == ()


@pytest.mark.parametrize("code", ["11", "06", "03"])
def test_any_status_of_one_of_its_documents_is_proof(sent, code):
    _status(sent, code)
    sent.polled(30 * DAY)
    assert sent.look(30 * DAY).raised == ()


def test_one_status_is_proof_for_a_flow_of_many(open_corridor):
    watched = Watched(open_corridor(validation={"profile": "xsd-only"}, batch={"max_documents": 2, "wait": "0s"}))
    watched.corridor.outbound(("a.xml", ubl_invoice("F-1", ISSUED)), ("b.xml", ubl_invoice("F-2", ISSUED)))
    assert len(watched.corridor.flows()) == 1
    _status(watched)
    watched.polled(3 * DAY)
    assert watched.look(3 * DAY).raised == ()


def test_it_is_cleared_when_an_answer_comes_late(sent):
    sent.polled(3 * DAY)
    sent.look(3 * DAY)
    _status(sent)
    sent.polled(3 * DAY + HOUR)
    (cleared,) = sent.look(3 * DAY + HOUR).cleared
    assert cleared.subject == _flow(sent)
    assert sent.standing() == []
    assert sent.history() == [("alert.raised", _flow(sent)), ("alert.cleared", _flow(sent))]


def test_our_own_absence_is_no_silence(sent):
    sent.polled(HOUR)
    sent.look(HOUR)
    sent.restart()
    assert sent.look(9 * DAY).raised == (), "down for days, and not polled yet"
    _status(sent)
    sent.polled(9 * DAY)
    assert sent.look(9 * DAY + timedelta(minutes=5)).raised == ()


def test_what_is_silent_after_a_poll_that_brought_all_is_told_whatever_the_absence(sent):
    sent.polled(HOUR)
    sent.look(HOUR)
    sent.restart()
    sent.polled(9 * DAY)
    assert [cause.kind for cause in sent.look(9 * DAY).raised] == ["report"]


def test_a_partner_that_cannot_be_read_is_not_silent(sent):
    sent.polled(HOUR)
    for days in range(1, 6):
        sent.not_polled(days * DAY)
        assert "report" not in [cause.kind for cause in sent.look(days * DAY).raised]


def test_before_the_first_poll_nothing_is_known(sent):
    assert sent.look(30 * DAY).raised == ()


def test_a_file_that_could_not_be_fetched_just_now_may_hold_the_answer(sent):
    sent.polled(3 * DAY, unfetched=["CSO1100A_X"])
    assert sent.look(3 * DAY).raised == ()
    sent.polled(3 * DAY + HOUR, unfetched=["CSO1100A_X"])
    assert [cause.kind for cause in sent.look(3 * DAY + HOUR).raised] == ["report"], "it fails for long"


def test_a_fetched_flow_that_is_not_read_yet_may_hold_the_answer(sent):
    name = flow_name("FEN1200A")
    sent.corridor.offer(str(name), invoice_statuses(name, [StatusLine("11", FACTS)], AT))
    sent.corridor.fetch()
    sent.polled(3 * DAY)
    with sent.corridor.house.journal.writing() as tx:
        tx.execute(update(tables.flows).where(tables.flows.c.direction == "in").values(created_at=sent.start + 3 * DAY))
    assert sent.look(3 * DAY).raised == ()
    sent.corridor.file()
    assert sent.look(3 * DAY + HOUR).raised == ()


def test_a_reported_flow_whose_invoice_gets_no_status_is_told_later(sent):
    _report(sent)
    sent.polled(4 * DAY - HOUR)
    assert sent.look(4 * DAY - HOUR).raised == ()
    sent.polled(4 * DAY + HOUR)
    (cause,) = sent.look(4 * DAY + HOUR).raised
    assert (cause.kind, cause.subject) == ("status", f"document {sent.corridor.documents()[0].id}")
    assert "F-1" in cause.fr
    assert "F-1" in cause.en
    _status(sent)
    sent.polled(5 * DAY)
    assert [row.kind for row in sent.look(5 * DAY).cleared] == ["status"]


def test_the_invoices_of_a_refused_flow_wait_for_us_and_not_for_a_status(sent):
    _report(sent, "94")
    sent.polled(9 * DAY)
    assert sent.look(9 * DAY).raised == ()


def test_an_invoice_that_a_later_one_answers_is_not_missed(sent):
    _report(sent)
    sent.corridor.outbound(("b.xml", ubl_invoice("F-2", ISSUED)))
    first, second = sent.corridor.documents()
    with sent.corridor.house.journal.writing() as tx:
        tx.execute(update(tables.documents).where(tables.documents.c.id == second.id).values(answers_id=first.id))
    sent.polled(9 * DAY)
    assert [cause.kind for cause in sent.look(9 * DAY).raised] == ["report"], "only the second flow"


def test_a_delay_of_null_turns_it_off_and_takes_back_what_stands(sent):
    sent.polled(3 * DAY)
    sent.look(3 * DAY)
    sent.reconfigure(alerts={"report": None, "status": None})
    assert [row.kind for row in sent.look(3 * DAY).cleared] == ["report"]
    assert sent.look(9 * DAY).raised == ()


def test_many_silent_flows_are_named_up_to_a_bound(sent):
    _copies(sent, 3 * MOST_NAMED)
    sent.polled(3 * DAY)
    raised = sent.look(3 * DAY).raised
    assert len(raised) == MOST_NAMED + 1
    assert raised[-1].subject == "more"
    assert raised[0].subject == _flow(sent), "the oldest first"
    _status(sent)
    sent.polled(3 * DAY + HOUR)
    changes = sent.look(3 * DAY + HOUR)
    assert [row.subject for row in changes.cleared] == [_flow(sent)]
    assert len(changes.raised) == 1, "the next one takes its place"


def test_one_that_stands_is_not_pushed_out_by_an_older_one(sent):
    _copies(sent, 2 * MOST_NAMED)
    sent.polled(3 * DAY)
    before = {cause.subject for cause in sent.look(3 * DAY).raised}
    flows = tables.flows.c
    with sent.corridor.house.journal.writing() as tx:
        last = max(flow.id for flow in sent.corridor.flows())
        tx.execute(update(tables.flows).where(flows.id == last).values(sent_at=sent.start - DAY))
    changes = sent.look(3 * DAY + HOUR)
    assert (changes.raised, changes.cleared) == ((), ())
    assert {subject for _, subject in sent.standing()} == before


def test_flows_of_messages_are_not_waited_for(sent):
    with sent.corridor.house.journal.writing() as tx:
        tx.execute(update(tables.documents).values(kind="cpp-statut"))
    sent.polled(9 * DAY)
    assert sent.look(9 * DAY).raised == ()


def _copies(watched: Watched, many: int) -> None:
    """Put `many` more sent flows with one invoice each in the journal."""
    flow, document = dict(watched.corridor.flows()[0]._mapping), dict(watched.corridor.documents()[0]._mapping)
    flows, documents = [], []
    for number in range(1, many + 1):
        ids = {"id": flow["id"] + number}
        flows.append({**flow, **ids, "name": f"{flow['name'][:-3]}{number + 1:03d}"})
        own = {"bytes_key": None, "invoice_key": None, "flow_id": ids["id"], "number": f"F-1{number}"}
        documents.append({**document, **own, "id": document["id"] + number})
    with watched.corridor.house.journal.writing() as tx:
        tx.execute(tables.flows.insert(), flows)
        tx.execute(tables.documents.insert(), documents)
