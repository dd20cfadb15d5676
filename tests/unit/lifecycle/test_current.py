from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edid.lifecycle.current import current, timeline

T0 = datetime(2026, 11, 23, 7, tzinfo=UTC)


@dataclass(frozen=True)
class Word:
    code: str
    at: datetime | None
    arrival: int


def words(*rows: tuple[str, int | None]) -> list[Word]:
    return [
        Word(code, None if minute is None else T0 + timedelta(minutes=minute), arrival)
        for arrival, (code, minute) in enumerate(rows)
    ]


def codes(history: list[Word]) -> list[str]:
    return [word.code for word in timeline(history)]


def test_nothing_said_means_no_state():
    assert current([]) is None


def test_the_newest_own_timestamp_wins_over_the_last_arrival():
    assert current(words(("03", 5), ("01", 1), ("02", 3))).code == "03"
    assert codes(words(("03", 5), ("01", 1), ("02", 3))) == ["01", "02", "03"]


def test_equal_timestamps_are_decided_by_arrival():
    assert current(words(("01", 1), ("03", 1))).code == "03"


def test_any_status_may_follow_any_other():
    assert codes(words(("11", 1), ("06", 2), ("12", 3), ("06", 4))) == ["11", "06", "12", "06"]


def test_a_late_repetition_does_not_bring_an_old_state_back():
    assert current(words(("01", 1), ("03", 1), ("01", 1))).code == "03"


def test_an_undated_word_never_outranks_a_dated_one():
    assert current(words(("01", 1), ("05", None))).code == "01"
    assert current(words(("05", None), ("06", None))).code == "06"


def test_zones_are_compared_as_moments():
    paris = Word("07", datetime.fromisoformat("2018-12-18T16:51:55.000+01:00"), 0)
    utc = Word("08", datetime(2018, 12, 18, 16, 0, tzinfo=UTC), 1)
    naive = Word("09", datetime(2018, 12, 18, 15, 55), 2)  # noqa: DTZ001
    assert [word.code for word in timeline([utc, naive, paris])] == ["07", "09", "08"]


histories = st.lists(
    st.tuples(st.sampled_from(["01", "03", "06", "12"]), st.none() | st.integers(0, 5)), max_size=12
).map(lambda rows: words(*rows))


@given(histories, st.randoms())
def test_the_order_in_which_the_history_is_read_never_matters(history, shuffler: random.Random):
    shuffled = list(history)
    shuffler.shuffle(shuffled)
    assert timeline(shuffled) == timeline(history)


@given(histories, st.data())
def test_repetitions_never_matter(history, data):
    if not history:
        return
    again = data.draw(st.lists(st.sampled_from(history)))
    repeated = [*history, *(replace(word, arrival=100 + n) for n, word in enumerate(again))]
    assert timeline(repeated) == timeline(history)


@dataclass(frozen=True)
class Marked(Word):
    disregarded: str | None = None


def marked(code: str, minute: int | None, arrival: int, why: str | None = None) -> Marked:
    return Marked(code, None if minute is None else T0 + timedelta(minutes=minute), arrival, why)


def test_a_word_that_is_disregarded_stays_in_the_history_and_decides_nothing():
    history = [marked("203", 1, 0), marked("213", 5, 1, "double")]
    assert current(history).code == "203"
    assert [word.code for word in timeline(history)] == ["203", "213"]


def test_a_word_that_counts_is_not_hidden_by_the_same_word_that_does_not():
    history = [marked("213", 1, 0, "double"), marked("213", 1, 1)]
    assert current(history).arrival == 1
    assert len(timeline(history)) == 2


def test_when_nothing_counts_nothing_holds():
    assert current([marked("213", 1, 0, "double")]) is None


@given(st.lists(st.tuples(st.sampled_from(["200", "203", "213"]), st.integers(0, 99)), unique_by=lambda row: row[1]))
def test_with_distinct_timestamps_the_order_of_arrival_never_matters(rows):
    forwards = words(*rows)
    backwards = words(*reversed(rows))
    newest, again = current(forwards), current(backwards)
    assert (newest and newest.code) == (again and again.code)
    assert codes(forwards) == codes(backwards) == [code for code, _ in sorted(rows, key=lambda row: row[1])]
