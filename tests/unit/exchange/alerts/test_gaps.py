"""Missing numbers among the flows received."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from edid.exchange.alerts import rows
from edid.exchange.alerts.cause import MOST_NAMED
from edid.journal import tables
from tests.unit.exchange.alerts.conftest import DAY, HOUR, Open, Watched


def name(number: int, interface: str = "FEN1200A", sender: str = "CPP001") -> str:
    return f"{interface}_ABC123_{sender}{interface[3:7]}{number:015d}"


def late(watched: Watched, after=DAY + HOUR):
    """Look when everything received so far is late."""
    watched.polled(after)
    return watched.look(after)


def test_a_missing_number_is_told_once_it_is_late(watched):
    watched.received(name(41), name(42), name(45), name(46), name(48))
    watched.polled(DAY - HOUR)
    assert watched.look(DAY - HOUR).raised == ()
    (cause,) = late(watched).raised
    assert (cause.kind, cause.subject) == ("gap", "CPP001 1200 43-44,47-47")
    assert "3 flux" in cause.fr
    assert "43 à 44, 47" in cause.fr
    assert "43 to 44, 47" in cause.en
    assert late(watched).raised == ()


def test_out_of_order_is_normal(watched):
    watched.received(name(3), name(1), name(4), name(2))
    assert late(watched).raised == ()


def test_numbers_before_the_first_one_are_not_missing(watched):
    watched.received(name(1557))
    assert late(watched).raised == ()


def test_each_sender_and_interface_counts_apart(watched):
    watched.received(name(1), name(2, "FEN0036A"), name(3, sender="CPP002"), name(2))
    assert late(watched).raised == ()
    watched.received(name(4, "FEN0036A"), name(9, sender="CPP002"))
    assert [cause.subject for cause in late(watched).raised] == ["CPP001 0036 3-3", "CPP002 1200 4-8"]


def test_names_that_are_not_made_by_the_rule_have_no_number(watched):
    watched.received(
        name(1),
        "FEN1200A_ABC123_CPP0019999000000000000009",  # digits of another interface
        "FEN1200A_ABC123_CPP00112000000000000000A9",
        "FEN1200A_ABC123_CPP0011200000000009",
        "what is this?",
    )
    assert late(watched).raised == ()


def test_it_stands_until_the_last_number_came_and_says_which_are_still_missing(watched):
    watched.received(name(1), name(5))
    late(watched)
    watched.received(name(3))
    changes = late(watched)
    assert (changes.raised, changes.cleared) == ((), ())
    french, english = watched.texts()
    assert "2 flux" in french
    assert "2, 4" in english
    watched.received(name(2), name(4))
    assert [row.subject for row in late(watched).cleared] == ["CPP001 1200 2-4"]
    assert watched.standing() == []


def test_what_is_missing_next_is_told_apart(watched):
    watched.received(name(1), name(3))
    late(watched)
    watched.received(name(5), at=DAY)
    assert [cause.subject for cause in late(watched, 2 * DAY + HOUR).raised] == ["CPP001 1200 4-4"]
    assert len(watched.standing()) == 2


def test_the_same_is_known_after_a_restart(watched):
    watched.received(name(1), name(3))
    late(watched)
    watched.restart()
    assert late(watched).raised == ()
    watched.received(name(2))
    watched.restart()
    assert len(late(watched).cleared) == 1


def test_a_large_jump_is_told_in_one_line(watched):
    watched.received(name(1), name(90_000))
    (cause,) = late(watched).raised
    assert cause.subject == "CPP001 1200 2-89999"
    assert "89998 flux" in cause.fr
    assert len(cause.fr) < 400


def test_numbers_full_of_gaps_are_one_alert_that_says_how_to_end_it(watched):
    watched.received(*(name(number) for number in range(1, 10 * MOST_NAMED, 2)))
    (cause,) = late(watched).raised
    assert cause.subject == "CPP001 1200"
    assert "alerts.gap" in cause.en
    watched.received(*(name(number) for number in range(20 * MOST_NAMED, 30 * MOST_NAMED, 2)))
    changes = late(watched)
    assert (changes.raised, changes.cleared) == ((), ())


def test_the_one_alert_takes_the_place_of_the_many(watched):
    watched.received(name(1), name(3))
    late(watched)
    watched.received(*(name(number) for number in range(5, 10 * MOST_NAMED, 2)))
    changes = late(watched)
    assert [cause.subject for cause in changes.raised] == ["CPP001 1200"]
    assert changes.cleared == (), "nothing is well again"
    assert watched.standing() == [("gap", "CPP001 1200")]


def test_while_the_daemon_was_away_nothing_got_late(watched):
    watched.received(name(1), name(3))
    watched.polled(HOUR)
    watched.look(HOUR)
    watched.restart()
    assert watched.look(5 * DAY).raised == ()
    watched.received(name(2), at=5 * DAY)
    watched.polled(5 * DAY)
    assert watched.look(5 * DAY).raised == ()


def test_it_is_off_where_the_sheet_says_so(open_corridor: Open):
    watched = Watched(open_corridor(alerts={"gap": None}))
    watched.received(name(1), name(3))
    assert late(watched).raised == ()


def test_a_dismissed_gap_does_not_come_back_nor_do_its_parts(watched):
    watched.received(name(1), name(5))
    late(watched)
    with watched.corridor.house.journal.reading() as view:
        alert_id = view.execute(select(func.max(tables.alerts.c.id))).scalar_one()
    rows.dismiss(watched.corridor.house.journal, alert_id, "sent to another recipient")
    assert late(watched).raised == ()
    watched.received(name(3))
    watched.restart()
    assert late(watched).raised == ()
    assert watched.standing() == []


@pytest.mark.parametrize("sheets", [["emetteur"], ["emetteur", "other"]])
def test_another_sheet_has_its_own_numbers(watched, sheets):
    watched.received(name(1))
    watched.sheet = watched.corridor.sender(name=sheets[-1])
    watched.received(name(3))
    watched.sheet = watched.corridor.sheet
    assert len(late(watched).raised) == (1 if len(sheets) == 1 else 0)
