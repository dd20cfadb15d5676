from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edid.config.sheet import Retry
from edid.exchange.retry import next_attempt

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_retries = st.builds(
    lambda first, factor, longest, jitter: Retry.model_validate(
        {"first": f"{first}s", "factor": factor, "longest": f"{longest}s", "jitter": jitter}
    ),
    st.integers(1, 3600),
    st.floats(1, 10),
    st.integers(1, 86_400),
    st.floats(0, 1),
)


@given(_retries, st.integers(1, 10**6))
def test_a_delay_is_never_longer_than_the_longest_and_its_jitter(retry: Retry, failures: int) -> None:
    delay = next_attempt(retry, failures, NOW) - NOW
    longest = retry.longest.total_seconds() * (1 + retry.jitter)
    assert timedelta(0) <= delay <= timedelta(seconds=longest + 0.001)


@given(st.integers(1, 30))
def test_without_jitter_delays_double_up_to_the_longest(failures: int) -> None:
    retry = Retry.model_validate({"first": "5s", "factor": 2, "longest": "30m", "jitter": 0})
    expected = min(5 * 2 ** (failures - 1), 1800)
    assert next_attempt(retry, failures, NOW) - NOW == timedelta(seconds=expected)


@given(st.integers(1, 12))
def test_jitter_spreads_by_its_share_and_no_more(failures: int) -> None:
    retry = Retry.model_validate({"first": "10s", "factor": 2, "longest": "1h", "jitter": 0.2})
    middle = min(10 * 2 ** (failures - 1), 3600)
    delay = (next_attempt(retry, failures, NOW) - NOW).total_seconds()
    assert 0.8 * middle - 0.001 <= delay <= 1.2 * middle + 0.001
