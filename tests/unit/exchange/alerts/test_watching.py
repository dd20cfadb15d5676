"""One look: told once, logged, journalled; a fault of one judge leaves the others."""

from __future__ import annotations

import pytest
import structlog.testing
from sqlalchemy.exc import OperationalError

from edid.errors import PermanentError
from edid.exchange.alerts import rows, watching
from edid.exchange.alerts.cause import AlertKind, Cause, named
from edid.exchange.alerts.watching import Watch, look_at
from edid.exchange.pulse import Pulse
from edid.service import alerting
from edid.service.alerting import Alerting, alerting_loop
from tests.unit.exchange.alerts.conftest import DAY, HOUR, Open, Watched


@pytest.fixture
def ending(open_corridor: Open) -> Watched:
    """A sheet whose certificate has ended, and whose files stay at the partner."""
    watched = Watched(open_corridor(certificate={"ends_on": "2020-01-01"}))
    watched.polled(unfetched=["X"])
    watched.polled(6 * DAY, ["X"])
    return watched


def test_what_is_raised_and_cleared_is_logged_once_in_the_language_of_the_house(ending):
    with structlog.testing.capture_logs() as said:
        ending.look(6 * DAY)
        ending.look(6 * DAY + HOUR)
        ending.polled(7 * DAY)
        ending.look(7 * DAY)
    told = [entry for entry in said if entry["event"].startswith("alert.")]
    assert [(entry["event"], entry["log_level"], entry["kind"]) for entry in told] == [
        ("alert.raised", "error", "unfetched"),
        ("alert.raised", "error", "expiry"),
        ("alert.cleared", "info", "unfetched"),
    ]
    assert told[0]["text"].startswith("Fiche emetteur : le fichier X")


def test_the_history_keeps_the_words_that_were_told(ending):
    ending.look(6 * DAY)
    raised = ending.corridor.events("alert.raised")
    assert {event.sheet for event in raised} == {"emetteur"}
    assert all(event.data["text_fr"] and event.data["text_en"] for event in raised)
    assert [event.entity_id for event in raised] == [row.id for row in _all(ending)]


def test_a_quiet_look_writes_nothing(ending):
    ending.look(6 * DAY)
    before = len(ending.corridor.rows(watching.rows.events))
    ending.look(6 * DAY + HOUR)
    assert len(ending.corridor.rows(watching.rows.events)) == before


def test_a_fault_of_one_judge_leaves_its_kind_as_it_stands_and_the_others_at_work(ending, monkeypatch):
    ending.look(6 * DAY)
    monkeypatch.setattr(watching, "unfetched", _broken)
    ending.reconfigure(certificate={})
    changes = ending.look(7 * DAY)
    assert [row.kind for row in changes.cleared] == ["expiry"]
    assert ending.standing() == [("unfetched", "X")]


def test_a_journal_that_fails_is_the_loop_s_to_wait_for(ending, monkeypatch):
    monkeypatch.setattr(watching, "unfetched", _outage)
    with pytest.raises(OperationalError):
        ending.look(6 * DAY)


def test_a_cause_that_comes_back_is_told_again(ending):
    ending.look(6 * DAY)
    ending.polled(7 * DAY)
    ending.look(7 * DAY)
    ending.polled(8 * DAY, ["X"])
    ending.polled(14 * DAY, ["X"])
    assert [cause.kind for cause in ending.look(14 * DAY).raised] == ["unfetched"]


def test_alerts_of_sheets_that_are_gone_are_cleared(ending):
    ending.look(6 * DAY)
    journal = ending.corridor.house.journal
    assert rows.retire(journal, {"emetteur"}) == 0
    assert rows.retire(journal, {"other"}) == 2
    assert ending.standing() == []


def test_what_goes_on_cannot_be_dismissed(ending):
    ending.look(6 * DAY)
    for row in _all(ending):
        with pytest.raises(PermanentError, match="goes when its cause is gone"):
            rows.dismiss(ending.corridor.house.journal, row.id, "never mind")
    with pytest.raises(PermanentError, match="there is no alert"):
        rows.dismiss(ending.corridor.house.journal, 999, "?")


def test_alerts_are_counted_by_sheet(ending):
    with ending.corridor.house.journal.reading() as view:
        assert rows.count(view) == {}
    ending.look(6 * DAY)
    with ending.corridor.house.journal.reading() as view:
        assert rows.count(view) == {"emetteur": 2}


def test_an_alert_of_a_later_edid_is_left_alone(ending):
    with ending.corridor.house.journal.writing() as tx:
        values = {"sheet": "emetteur", "kind": "unheard-of", "subject": "x", "text_fr": "x", "text_en": "x"}
        tx.execute(watching.rows.alerts.insert().values(**values, raised_at=ending.start))
    ending.look(6 * DAY)
    assert ("unheard-of", "x") in ending.standing()


def test_two_sheets_do_not_mix(ending):
    ending.look(6 * DAY)
    other = ending.corridor.receiver()
    changes = look_at(ending.corridor.house, other, Watch(), ending.start + 6 * DAY)
    assert (changes.raised, changes.cleared) == ((), ())


def test_the_loop_looks_at_its_start_and_then_now_and_then(ending, monkeypatch):
    looks = []
    monkeypatch.setattr(alerting, "look_at", lambda *_: looks.append(1))
    step = Alerting(ending.corridor.house, ending.sheet).step
    scan = ending.corridor.house.settings.schedules.scan.total_seconds()
    assert [step(Pulse()), step(Pulse())] == [scan, scan], "it comes back often, to prove its life"
    assert len(looks) == 1
    monkeypatch.setattr(alerting, "EVERY", 0.0)
    step(Pulse())
    assert len(looks) == 2


def test_the_loop_of_a_sheet_bears_its_name(ending):
    assert alerting_loop(ending.corridor.house, ending.sheet).name == "emetteur/alerting"


def test_standing_ones_are_named_first_even_beyond_the_bound():
    causes = [Cause(AlertKind.REPORT, f"{number:02d}", "", "") for number in range(50)]
    more = Cause(AlertKind.REPORT, "more", "", "")
    late = {f"{number}" for number in range(20, 50)}
    chosen = named(causes, late, more)
    assert {cause.subject for cause in chosen} == late | {"more"}


def _all(watched: Watched):
    with watched.corridor.house.journal.reading() as view:
        return rows.standing(view, watched.sheet.name)


def _broken(_look):
    raise ValueError("never foreseen")


def _outage(_look):
    raise OperationalError("select", {}, Exception("gone"))
