"""A partner that fails is left alone for longer and longer, then asked by one; the journal remembers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from edid.config.sheet import SenderSheet
from edid.errors import OperatorError, TransientError
from edid.exchange.breaker import Breaker
from edid.exchange.standing_of_partner import BreakerState
from edid.journal.events import PARTNER_HEALED, PARTNER_PAUSED
from edid.journal.states import Direction
from edid.journal.tables import partners
from tests.unit.exchange.corridor import Corridor, crash_at

AWAY = TransientError("nobody answers.")
REFUSED = OperatorError("our key is refused.", remedy="Ask the partner.")
RETRY = {"first": "5s", "factor": 2, "longest": "1m", "refused": "15m", "jitter": 0, "failures": 3}


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 9, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sheet(corridor: Corridor) -> SenderSheet:
    return corridor.sender(retry=RETRY)


@pytest.fixture
def breaker(corridor: Corridor, sheet: SenderSheet, clock: Clock) -> Breaker:
    return Breaker(corridor.house.journal, sheet, Direction.OUT, clock)


def again(corridor: Corridor, sheet: SenderSheet, clock: Clock) -> Breaker:
    """Return the breaker as the next start finds it."""
    return Breaker(corridor.house.journal, sheet, Direction.OUT, clock)


def elsewhere(work: Any) -> Any:
    """Return what `work` returns in another thread: another session."""
    answers: list[Any] = []
    thread = Thread(target=lambda: answers.append(work()))
    thread.start()
    thread.join()
    return answers[0]


def failures(breaker: Breaker, clock: Clock, count: int, error: Exception = AWAY) -> Iterator[float]:
    """Fail so often, each time as soon as it may; yield the pauses."""
    for _ in range(count):
        assert breaker.begin() == 0
        breaker.end(spoke=False, error=error)
        pause = breaker.begin()
        yield pause
        clock.pass_(pause)


def test_nothing_is_written_and_nobody_waits_while_all_goes_well(breaker: Breaker, corridor: Corridor) -> None:
    for _ in range(3):
        assert breaker.begin() == 0
        assert elsewhere(breaker.begin) == 0, "sessions do not wait for one another"
        breaker.end(spoke=True)
    with corridor.house.journal.reading() as view:
        assert view.execute(select(partners)).all() == []


def test_each_failure_in_a_row_makes_a_longer_pause_up_to_the_longest(breaker: Breaker, clock: Clock) -> None:
    assert list(failures(breaker, clock, 6)) == [5, 10, 20, 40, 60, 60]


def test_after_some_failures_one_session_finds_out_and_the_others_wait(breaker: Breaker, clock: Clock) -> None:
    assert list(failures(breaker, clock, 2)) == [5, 10]
    assert breaker.standing.state is BreakerState.CLOSED
    assert list(failures(breaker, clock, 1)) == [20]
    assert breaker.standing.state is BreakerState.OPEN
    assert breaker.begin() == 0
    assert breaker.standing.state is BreakerState.HALF_OPEN
    assert elsewhere(breaker.begin) > 0
    breaker.end(spoke=True)
    assert breaker.standing.state is BreakerState.CLOSED
    assert elsewhere(breaker.begin) == 0


def test_one_that_found_out_nothing_lets_another_try(breaker: Breaker, clock: Clock) -> None:
    list(failures(breaker, clock, 3))
    assert breaker.begin() == 0
    breaker.end(spoke=False)
    assert breaker.standing.state is BreakerState.OPEN
    assert elsewhere(breaker.begin) == 0


def test_a_failure_while_finding_out_makes_the_next_pause_longer(breaker: Breaker, clock: Clock) -> None:
    assert list(failures(breaker, clock, 4))[-1] == 40
    assert breaker.standing.state is BreakerState.OPEN


def test_a_success_of_a_session_that_was_under_way_closes_it(breaker: Breaker, clock: Clock) -> None:
    breaker.begin()
    elsewhere(lambda: list(failures(breaker, clock, 3)))
    breaker.end(spoke=True)
    assert breaker.standing.state is BreakerState.CLOSED
    assert breaker.standing.failures == 0


def test_a_refusal_pauses_at_once_and_for_longer_than_an_outage(breaker: Breaker, clock: Clock) -> None:
    assert list(failures(breaker, clock, 2, REFUSED)) == [900, 900]
    assert breaker.standing.state is BreakerState.OPEN
    assert breaker.standing.error == "our key is refused. Ask the partner."


def test_one_success_before_the_failure_starts_the_count_anew(breaker: Breaker, clock: Clock) -> None:
    list(failures(breaker, clock, 2))
    breaker.begin()
    breaker.end(spoke=True, error=AWAY)
    assert (breaker.standing.state, breaker.standing.failures) == (BreakerState.CLOSED, 1)


def test_a_pause_outlives_a_restart(breaker: Breaker, corridor: Corridor, sheet: SenderSheet, clock: Clock) -> None:
    list(failures(breaker, clock, 3))
    clock.pass_(-12)
    fresh = again(corridor, sheet, clock)
    assert fresh.begin() == 12
    assert fresh.standing == breaker.standing


def test_who_was_finding_out_when_the_daemon_died_is_forgotten(
    breaker: Breaker, corridor: Corridor, sheet: SenderSheet, clock: Clock
) -> None:
    list(failures(breaker, clock, 3))
    assert breaker.begin() == 0
    fresh = again(corridor, sheet, clock)
    assert fresh.standing.state is BreakerState.OPEN
    assert fresh.begin() == 0


def test_a_refusal_is_tried_again_at_the_next_start(
    breaker: Breaker, corridor: Corridor, sheet: SenderSheet, clock: Clock
) -> None:
    breaker.begin()
    breaker.end(spoke=False, error=REFUSED)
    assert breaker.begin() == 900
    assert again(corridor, sheet, clock).begin() == 0


def test_a_person_may_hurry(breaker: Breaker, clock: Clock) -> None:
    list(failures(breaker, clock, 3))
    clock.pass_(-20)
    assert breaker.begin() == 20
    breaker.hurry()
    assert breaker.begin() == 0
    assert breaker.standing.state is BreakerState.HALF_OPEN, "one finds out, not all"


def test_a_clock_that_was_set_back_does_not_make_it_wait_for_ever(breaker: Breaker, clock: Clock) -> None:
    list(failures(breaker, clock, 3))
    clock.pass_(-1_000_000)
    assert breaker.begin() == 0


def test_one_flow_in_doubt_lets_another_find_out_and_many_do_not(breaker: Breaker) -> None:
    assert not breaker.doubtful
    breaker.begin()
    breaker.end(spoke=False, error=REFUSED, suspects=(1,))
    assert breaker.doubtful
    assert breaker.begin() > 0
    breaker.hurry_once()
    assert breaker.begin() == 0
    breaker.end(spoke=False, error=REFUSED, suspects=(2, 3, 4, 5))
    assert not breaker.doubtful, "it is the partner"


def test_without_a_session_no_flow_is_in_doubt(breaker: Breaker) -> None:
    breaker.begin()
    breaker.end(spoke=False, error=AWAY)
    assert not breaker.doubtful


@pytest.mark.parametrize("place", ["begin", "end"])
def test_a_journal_that_fails_for_a_moment_is_told_later_and_stops_nobody(
    breaker: Breaker, corridor: Corridor, sheet: SenderSheet, clock: Clock, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    list(failures(breaker, clock, 3))
    outage = OperationalError("DELETE", {}, Exception("database or disk is full"))
    if place == "begin":
        crash_at(monkeypatch, "edid.exchange.breaker_rows.delete", error=outage)
    assert breaker.begin() == 0
    if place == "end":
        crash_at(monkeypatch, "edid.exchange.breaker_rows.delete", error=outage)
    breaker.end(spoke=True)
    assert breaker.standing.state is BreakerState.CLOSED
    breaker.begin()
    breaker.end(spoke=True)
    assert again(corridor, sheet, clock).standing.state is BreakerState.CLOSED
    assert len(corridor.events(PARTNER_HEALED)) == 1


def test_who_fell_over_while_finding_out_may_go_on(breaker: Breaker, clock: Clock) -> None:
    list(failures(breaker, clock, 3))
    assert breaker.begin() == 0
    assert breaker.begin() == 0, "the same session, which never said how it ended"


def test_pause_and_end_are_told_once_each(breaker: Breaker, corridor: Corridor, clock: Clock) -> None:
    list(failures(breaker, clock, 5))
    breaker.begin()
    breaker.end(spoke=True)
    [paused], [healed] = corridor.events(PARTNER_PAUSED), corridor.events(PARTNER_HEALED)
    assert paused.data["failures"] == 3
    assert paused.data["error"] == "nobody answers."
    assert healed.id > paused.id


def test_the_other_direction_hears_when_it_is_well_again(breaker: Breaker, clock: Clock) -> None:
    heard: list[bool] = []
    breaker.on_healed = lambda: heard.append(True)
    breaker.begin()
    breaker.end(spoke=True)
    assert heard == [], "it was never ill"
    list(failures(breaker, clock, 1))
    breaker.begin()
    breaker.end(spoke=True)
    assert heard == [True]


def test_the_two_directions_do_not_share_their_failures(
    breaker: Breaker, corridor: Corridor, sheet: SenderSheet, clock: Clock
) -> None:
    list(failures(breaker, clock, 3))
    assert Breaker(corridor.house.journal, sheet, Direction.IN, clock).begin() == 0
