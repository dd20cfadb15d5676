"""What is missing in a sequence that arrives in any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.exchange.alerts import numbering
from edid.exchange.alerts.numbering import LONGEST_GAP, Numbering

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def _known(numbers: list[int]) -> Numbering:
    made = Numbering()
    for place, number in enumerate(numbers):
        made.add(number, AT + timedelta(minutes=place))
    return made


def _missing(made: Numbering) -> set[int]:
    return {number for gap in made.gaps() for number in range(gap.first, gap.last + 1)}


@given(st.lists(st.integers(1, 60), min_size=1, max_size=60))
def test_missing_is_what_lies_between_the_ones_received_and_was_not(numbers):
    assert _missing(_known(numbers)) == set(range(min(numbers), max(numbers))) - set(numbers)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=60))
def test_gaps_are_in_order_and_never_touch(numbers):
    gaps = list(_known(numbers).gaps())
    assert all(gap.first <= gap.last for gap in gaps)
    assert all(one.last + 1 < other.first for one, other in pairwise(gaps))


@given(st.lists(st.integers(1, 60), min_size=2, max_size=40))
def test_a_number_is_missing_since_the_first_arrival_that_showed_it(numbers):
    seen: list[int] = []
    since: dict[int, datetime] = {}
    for place, number in enumerate(numbers):
        seen.append(number)
        for missing in set(range(min(seen), max(seen))) - set(seen):
            since.setdefault(missing, AT + timedelta(minutes=place))
    for gap in _known(numbers).gaps():
        assert {since[number] for number in range(gap.first, gap.last + 1)} == {gap.since}


@given(st.permutations(list(range(1, 40))))
def test_when_all_have_come_nothing_is_missing_whatever_the_order(numbers):
    assert list(_known(numbers).gaps()) == []


def test_a_jump_that_no_loss_explains_begins_a_new_series():
    assert _missing(_known([20261123_0000001, 20261123_0000002, 20261124_0000001])) == set()
    made = _known([7, 7 + LONGEST_GAP])
    assert len(_missing(made)) == LONGEST_GAP - 1
    assert _missing(_known([7, 8 + LONGEST_GAP])) == set()


def test_both_series_of_a_jump_go_on():
    made = _known([1, 2, 10**9, 4, 10**9 + 2])
    assert _missing(made) == {3, 10**9 + 1}


@pytest.mark.parametrize("step", [LONGEST_GAP + 1, 2], ids=["always another series", "every other number"])
def test_numbers_that_do_not_follow_one_another_cost_bounded_work(step):
    made = Numbering()
    for place in range(20_000):
        made.add(place * step, AT)
    assert not made.is_sequence
    assert list(made.gaps()) == []
    assert len(made._series) <= numbering._MOST_SERIES
