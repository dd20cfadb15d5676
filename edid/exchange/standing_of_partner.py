"""How the exchange with one partner goes, in one direction, and what one more failure makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from edid.config.sheet import Retry
from edid.errors import OperatorError
from edid.exchange.retry import next_attempt, spread
from edid.exchange.setbacks import told


class BreakerState(StrEnum):
    """Whether a partner is asked."""

    CLOSED = "closed"
    """Yes, by everybody, but for a pause after a failure."""
    OPEN = "open"
    """Not before the next try is due."""
    HALF_OPEN = "half-open"
    """By one session, which finds out."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the exchange with one partner goes, in one direction."""

    state: BreakerState
    since: datetime
    failures: int = 0
    next_try_at: datetime | None = None
    refused: bool = False
    error: str | None = None

    def failed(self, error: Exception, retry: Retry, at: datetime) -> Standing:
        """Return what holds after one more failure."""
        refused = isinstance(error, OperatorError)
        failures = self.failures + 1
        again = at + spread(retry, retry.refused) if refused else next_attempt(retry, failures, at)
        opens = refused or failures >= retry.failures or self.state is not BreakerState.CLOSED
        state = BreakerState.OPEN if opens else BreakerState.CLOSED
        return Standing(state, self.since if self.failures else at, failures, again, refused, told(error))
