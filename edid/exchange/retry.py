"""When a failed exchange is tried again: exponential backoff with jitter; the journal remembers."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from edid.config.sheet import Retry

_DICE = random.SystemRandom()


def next_attempt(retry: Retry, failures: int, now: datetime) -> datetime:
    """Return when to try again after `failures` (>= 1) failed attempts in a row."""
    exponent = min(failures - 1, 64)
    delay = min(retry.first.total_seconds() * retry.factor**exponent, retry.longest.total_seconds())
    return now + spread(retry, timedelta(seconds=delay))


def spread(retry: Retry, delay: timedelta) -> timedelta:
    """Return `delay` with the random share that `retry` asks for, so that not everybody comes at the same moment."""
    return delay * (1 + retry.jitter * _DICE.uniform(-1, 1))


def longest_pause(retry: Retry) -> timedelta:
    """Return the longest time that one failure may make anybody wait; more says that the clock was set back."""
    return max(retry.longest, retry.refused) * (1 + retry.jitter)
