"""Flows that do not leave, documents that wait for us."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from edid.errors import PermanentError
from edid.exchange.alerts import rows
from edid.exchange.alerts.cause import MORE, MOST_NAMED
from edid.journal import tables
from edid.sandbox.invoices import ubl_invoice
from tests.unit.exchange.alerts.conftest import DAY, HOUR, Open, Watched

ISSUED = date(2026, 9, 1)


def _packed(watched: Watched, number: str = "F-1") -> None:
    watched.corridor.drop(f"{number}.xml", ubl_invoice(number, ISSUED))
    watched.corridor.take()
    watched.corridor.judge()
    watched.corridor.pack()


@pytest.fixture
def queued(watched: Watched) -> Watched:
    """One flow that the partner does not take."""
    shutil.rmtree(watched.corridor.partner / "in")
    _packed(watched)
    return watched


@pytest.fixture
def failed(watched: Watched) -> Watched:
    """One flow that only a person can mend."""
    _packed(watched)
    watched.corridor.house.store.path(watched.corridor.documents()[0].sha256).unlink()
    watched.corridor.send()
    assert watched.corridor.flows()[0].state == "failed"
    return watched


def test_flows_that_wait_for_long_are_one_alert(queued):
    _packed(queued, "F-2")
    assert queued.stay(4 * HOUR) == []
    assert queued.stay(8 * HOUR, 4 * HOUR) == ["queue"]
    french, english = queued.texts()
    assert french.startswith("Fiche emetteur : 2 flux attendent")
    assert english.startswith("Sheet emetteur: 2 flow(s) wait")


def test_it_is_cleared_when_they_left(queued):
    queued.stay(5 * HOUR)
    (queued.corridor.partner / "in").mkdir()
    queued.corridor.send()
    assert [row.subject for row in queued.look(5 * HOUR).cleared] == ["queue"]


def test_the_queue_cannot_be_dismissed(queued):
    queued.stay(5 * HOUR)
    journal = queued.corridor.house.journal
    with journal.reading() as view:
        (row,) = rows.standing(view, "emetteur")
    with pytest.raises(PermanentError, match="goes when its cause is gone"):
        rows.dismiss(journal, row.id, "never mind")


def test_a_failed_flow_that_was_dismissed_is_not_told_again(failed):
    failed.stay(5 * HOUR)
    with failed.corridor.house.journal.reading() as view:
        (row,) = rows.standing(view, "emetteur")
    rows.dismiss(failed.corridor.house.journal, row.id, "sent by portal")
    assert failed.stay(6 * HOUR, 5 * HOUR) == []
    assert failed.standing() == []


def test_what_waited_while_the_daemon_was_down_gets_its_time_to_leave(queued):
    queued.look(HOUR)
    queued.restart()
    assert queued.look(3 * DAY).raised == ()
    assert queued.stay(3 * DAY + 3 * HOUR, 3 * DAY) == []
    assert queued.stay(3 * DAY + 5 * HOUR, 3 * DAY + 3 * HOUR) == ["queue"]


def test_a_restart_does_not_clear_what_still_waits(queued):
    queued.stay(5 * HOUR)
    queued.restart()
    changes = queued.look(3 * DAY)
    assert (changes.raised, changes.cleared) == ((), ())


def test_each_failed_flow_is_told_with_its_error(failed):
    (flow,) = failed.corridor.flows()
    assert failed.stay(5 * HOUR) == [flow.name]
    french, english = failed.texts()
    assert "n'est plus tenté" in french
    assert "edid held list" in english
    assert flow.reason.rstrip(".") in english


def test_many_failed_flows_are_named_up_to_a_bound(failed):
    flow = dict(failed.corridor.flows()[0]._mapping)
    copies = [{**flow, "id": 100 + n, "name": f"{flow['name'][:-3]}{n + 2:03d}"} for n in range(2 * MOST_NAMED)]
    with failed.corridor.house.journal.writing() as tx:
        tx.execute(tables.flows.insert(), copies)
    raised = failed.stay(5 * HOUR)
    assert len(raised) == MOST_NAMED + 1
    assert MORE in raised


def test_documents_that_wait_for_us_are_told_only_where_the_sheet_asks(watched):
    watched.corridor.drop("bad.xml", b"<Invoice")
    watched.corridor.take()
    watched.corridor.judge()
    watched.polled(30 * DAY)
    assert watched.look(30 * DAY).raised == ()
    watched.reconfigure(alerts={"todo": "7d"})
    (cause,) = watched.look(30 * DAY).raised
    assert (cause.kind, cause.subject) == ("todo", f"document {watched.corridor.documents()[0].id}")
    assert "edid todo" in cause.fr


def test_after_an_absence_the_first_poll_comes_before_any_reminder(open_corridor: Open):
    watched = Watched(open_corridor(alerts={"todo": "7d"}))
    watched.corridor.drop("bad.xml", b"<Invoice")
    watched.corridor.take()
    watched.corridor.judge()
    watched.polled(HOUR)
    watched.look(HOUR)
    watched.restart()
    assert watched.look(30 * DAY).raised == ()
    watched.polled(30 * DAY)
    assert [cause.kind for cause in watched.look(30 * DAY).raised] == ["todo"]


def test_it_is_off_where_the_sheet_says_so(open_corridor: Open):
    watched = Watched(open_corridor(alerts={"undelivered": None}))
    _packed(watched)
    assert watched.stay(8 * HOUR) == []
