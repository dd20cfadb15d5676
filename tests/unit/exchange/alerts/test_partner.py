"""The out folder of the partner: unreadable, or with files that stay there."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from edid.clock import now
from edid.errors import EdidError, OperatorError, TransientError
from edid.exchange import fetching
from edid.exchange.alerts.cause import MOST_NAMED
from edid.exchange.alerts.polls import Polls, load_polls
from tests.unit.exchange.alerts.conftest import DAY, HOUR, Open, Watched
from tests.unit.exchange.test_fetching import NAME, Partner

MINUTES = timedelta(minutes=1)


def failing(watched: Watched, since: timedelta, until: timedelta) -> list[str]:
    """Fail every poll, looking after each; return the subjects raised."""
    raised = []
    after = since
    while after <= until:
        watched.not_polled(after)
        raised += [cause.subject for cause in watched.look(after).raised]
        after += 20 * MINUTES
    return raised


def test_a_partner_that_cannot_be_read_for_long_is_told_once(watched):
    watched.polled()
    assert failing(watched, HOUR, 5 * HOUR) == []
    assert failing(watched, 5 * HOUR, 8 * HOUR) == ["out folder"]
    french, english = watched.texts()
    assert "illisible" in french
    assert "Dernière lecture réussie" in french
    assert english.endswith("Error: no route to host.")


def test_it_is_cleared_by_the_first_poll_that_works(watched):
    failing(watched, HOUR, 8 * HOUR)
    watched.polled(8 * HOUR + 5 * MINUTES)
    assert [row.kind for row in watched.look(8 * HOUR + 5 * MINUTES).cleared] == ["unreadable"]


def test_the_text_follows_the_newest_error(watched):
    failing(watched, HOUR, 8 * HOUR)
    watched.not_polled(8 * HOUR + 5 * MINUTES, "wrong key.")
    assert watched.look(8 * HOUR + 5 * MINUTES).raised == ()
    assert "wrong key." in watched.texts()[0]


def test_a_short_failure_before_and_after_an_absence_is_no_long_failure(watched):
    failing(watched, HOUR, HOUR + 20 * MINUTES)
    watched.restart()
    assert watched.look(3 * DAY).raised == ()
    assert failing(watched, 3 * DAY, 3 * DAY + 3 * HOUR) == []
    assert failing(watched, 3 * DAY + 3 * HOUR, 3 * DAY + 5 * HOUR) == ["out folder"]


def test_a_restart_in_the_midst_neither_clears_nor_repeats_it(watched):
    failing(watched, HOUR, 8 * HOUR)
    watched.restart()
    changes = watched.look(3 * DAY)
    assert (changes.raised, changes.cleared) == ((), ())
    assert failing(watched, 3 * DAY, 3 * DAY + 8 * HOUR) == []


def test_hours_without_polls_do_not_count(watched):
    watched.not_polled(HOUR)
    assert watched.stay(12 * HOUR, HOUR) == []


def test_a_file_that_is_never_fetched_is_told_before_it_is_purged(watched):
    watched.polled(unfetched=["CSO1100A_X"])
    watched.polled(5 * DAY - HOUR, ["CSO1100A_X"])
    assert watched.look(5 * DAY - HOUR).raised == ()
    watched.polled(5 * DAY + HOUR, ["CSO1100A_X"])
    (cause,) = watched.look(5 * DAY + HOUR).raised
    assert (cause.kind, cause.subject, cause.urgent) == ("unfetched", "CSO1100A_X", True)
    watched.polled(5 * DAY + 2 * HOUR)
    assert [row.kind for row in watched.look(5 * DAY + 2 * HOUR).cleared] == ["unfetched"]


def test_many_files_are_named_up_to_a_bound(watched):
    names = [f"FILE-{number:03d}" for number in range(3 * MOST_NAMED)]
    watched.polled(unfetched=names)
    watched.polled(6 * DAY, names)
    assert [cause.subject for cause in watched.look(6 * DAY).raised] == [*names[:MOST_NAMED], "more"]


def test_delays_of_null_turn_both_off(open_corridor: Open):
    watched = Watched(open_corridor(alerts={"unreadable": None, "unfetched": None}))
    watched.polled(unfetched=["X"])
    watched.polled(6 * DAY, ["X"])
    assert failing(watched, 6 * DAY, 6 * DAY + 5 * HOUR) == []


# --- what fetching remembers


def _polls(watched: Watched) -> Polls:
    return load_polls(watched.corridor.house.settings.state, "emetteur")


def test_fetching_remembers_since_when_a_file_is_not_fetched(watched):
    partner = Partner(watched.corridor)
    watched.corridor.offer("bad", b"x")
    watched.corridor.offer("good", b"x")
    partner.fails = {"bad": OperatorError("no right.")}
    watched.corridor.fetch(transport=partner)
    first = _polls(watched).unfetched
    assert set(first) == {"bad"}
    watched.corridor.fetch(transport=partner)
    assert _polls(watched).unfetched == first
    assert _polls(watched).read_at is None, "what is missing may be the very answer"
    partner.fails.clear()
    watched.corridor.fetch(transport=partner)
    assert _polls(watched).unfetched == {}
    assert _polls(watched).read_at == _polls(watched).listed_at


def test_files_after_a_dead_line_count_as_not_fetched(watched):
    partner = Partner(watched.corridor)
    for number in range(5):
        watched.corridor.offer(f"{number}", b"x")
        partner.fails[f"{number}"] = TransientError("dead.")
    watched.corridor.fetch(transport=partner)
    assert set(_polls(watched).unfetched) == set("01234")


def test_a_file_that_is_safe_here_counts_as_fetched_though_it_cannot_be_tidied(open_corridor: Open):
    watched = Watched(open_corridor(after_fetch={"action": "move", "folder": "missing"}))
    watched.corridor.offer(NAME, b"x")
    for _ in range(2):
        assert watched.corridor.fetch().failed == 1
        assert _polls(watched).unfetched == {}


def test_a_file_that_vanished_is_not_missed(watched):
    partner = Partner(watched.corridor)
    watched.corridor.offer("A", b"a")
    partner.vanish.add("A")
    watched.corridor.fetch(transport=partner)
    assert _polls(watched).unfetched == {}


def test_fetching_remembers_since_when_the_folder_is_unreadable(watched):
    before = now()
    shutil.rmtree(watched.corridor.partner / "out")
    for _ in range(2):
        with pytest.raises(EdidError):
            watched.corridor.fetch()
    polls = _polls(watched)
    assert polls.failing_since is not None
    assert polls.tried_at is not None
    assert before <= polls.failing_since < polls.tried_at
    assert "Create the folder" in (polls.error or "")
    (watched.corridor.partner / "out").mkdir()
    watched.corridor.fetch()
    assert _polls(watched).failing_since is None


def test_a_memory_that_cannot_be_written_stops_no_fetch(watched):
    (watched.corridor.house.settings.state / "watch").write_text("in the way")
    watched.corridor.offer(NAME, b"x")
    assert watched.corridor.fetch() == fetching.Fetched(1, 1, 0)
    assert watched.look().raised == ()


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"unfetched": [1], "tried_at": 7, "read_at": "x"}'])
def test_a_memory_that_cannot_be_read_is_begun_anew(watched, content):
    folder = watched.corridor.house.settings.state / "watch"
    folder.mkdir()
    for name in ("polls", "presence"):
        (folder / f"emetteur.{name}.json").write_bytes(content)
    assert _polls(watched) == Polls()
    assert watched.look(30 * DAY).raised == ()
