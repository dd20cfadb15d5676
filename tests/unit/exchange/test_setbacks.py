from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, OperationalError

from edid.errors import EdidError, OperatorError, PermanentError, TransientError
from edid.exchange.pulse import StopRequestedError
from edid.exchange.setbacks import MOST_TRIES, Setback, Setbacks, is_outage


def _raise(error: BaseException):
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize("error", [ValueError("odd"), EdidError("lost."), PermanentError("no.")])
def test_an_item_has_so_many_tries_and_no_more(error: Exception) -> None:
    setbacks = Setbacks(first=0)
    tries = [setbacks.attempt("file", 1, _raise(error)) for _ in range(MOST_TRIES)]
    assert [one.hopeless for one in tries if one] == [False] * (MOST_TRIES - 1) + [True]


@pytest.mark.parametrize("error", [TransientError("full."), OperatorError("no right."), OSError(28, "No space left")])
def test_the_surroundings_are_waited_for_without_end(error: Exception) -> None:
    setbacks = Setbacks(first=0)
    tries = [setbacks.attempt("file", 1, _raise(error)) for _ in range(10 * MOST_TRIES)]
    assert not any(one.hopeless for one in tries if one)


def test_success_gives_an_item_all_its_tries_again() -> None:
    setbacks = Setbacks()
    setbacks.attempt("file", 1, _raise(ValueError()))
    assert setbacks.resting("file") == {1}
    assert setbacks.attempt("file", 1, lambda: None) is None
    assert setbacks.resting("file") == set()
    assert setbacks.attempt("file", 1, _raise(ValueError("x"))) == Setback("ValueError: x", hopeless=False)


def test_kinds_do_not_mix() -> None:
    setbacks = Setbacks()
    setbacks.attempt("file", 1, _raise(ValueError()))
    assert setbacks.resting("flow") == set()


@pytest.mark.parametrize("error", [StopRequestedError(), KeyboardInterrupt(), OperationalError("x", {}, Exception())])
def test_stops_and_outages_blame_no_item(error: BaseException) -> None:
    setbacks = Setbacks()
    with pytest.raises(type(error)):
        setbacks.attempt("file", 1, _raise(error))
    assert setbacks.resting("file") == set()


def test_a_refused_row_is_no_outage() -> None:
    assert not is_outage(IntegrityError("INSERT", {}, Exception()))


@given(st.integers(1, 2000))
def test_waits_grow_and_stay_bounded(tries: int) -> None:
    setbacks = Setbacks(first=5, longest=300)
    setbacks._tries["file", 1] = tries - 1
    setbacks.record("file", 1, TransientError("x"))
    left = setbacks._due["file", 1] - time.monotonic()
    assert 4 < left <= 300
