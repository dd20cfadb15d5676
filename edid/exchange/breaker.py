"""The circuit breaker: a partner that fails is left alone for a while, then asked by one session at a time.

Closed, everybody may go; failures in a row make longer and longer pauses. Open, nobody goes before the pause is over.
Half-open, one goes and the others wait for how it ends. The journal keeps it, so that a pause outlives a restart and
people see it (`edid partners`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog
from sqlalchemy import delete, insert, select

from edid.clock import iso, now
from edid.config.sheet import Retry
from edid.errors import OperatorError
from edid.exchange.house import AnySheet
from edid.exchange.retry import next_attempt, spread
from edid.exchange.setbacks import told
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.states import Direction
from edid.journal.tables import partners

log = structlog.get_logger()
PAUSED: Final = "partner.paused"
HEALED: Final = "partner.healed"


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


class Breaker:
    """The breaker of one sheet and direction. Safe from any thread; one process at a time (the state folder's lock)."""

    def __init__(
        self, journal: Journal, sheet: AnySheet, direction: Direction, clock: Callable[[], datetime] = now
    ) -> None:
        """Read what the journal knows; a refusal is tried again at once, because somebody may have mended it."""
        self._journal = journal
        self._sheet = sheet
        self._direction = direction
        self._now = clock
        self._lock = threading.Lock()
        self._trier: int | None = None
        """The thread that finds out, when half-open."""
        self._standing = self._read()
        self.suspect: int | None = None
        """The only flow that the pause is due to, though the partner could be reached: another one may get through."""
        self.on_healed: Callable[[], None] = lambda: None
        self.mended()

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return self._standing

    def begin(self) -> float:
        """Return the seconds until the partner may be asked; 0.0: now, and the caller must call `end` afterwards."""
        with self._lock:
            standing = self._standing
            if standing.next_try_at is not None:
                rest = (standing.next_try_at - self._now()).total_seconds()
                if rest > 0:
                    return min(rest, self._longest())  # a clock that was set back must not make it wait for ever
            if standing.state is BreakerState.CLOSED:
                return 0.0
            if self._trier is not None:
                return self._sheet.retry.first.total_seconds()
            self._trier = threading.get_ident()
            self._standing = replace(standing, state=BreakerState.HALF_OPEN)
        self._write(self._standing)
        return 0.0

    def end(self, *, spoke: bool, error: Exception | None = None, suspect: int | None = None) -> None:
        """Say how it went: `error` is why the partner could not be used; `spoke`: something went well before that."""
        self.suspect = suspect
        with self._lock:
            found_out = self._trier == threading.get_ident()
            if found_out:
                self._trier = None
            before = self._standing
            if not spoke and error is None:
                if not found_out or before.state is not BreakerState.HALF_OPEN:
                    return
                after = replace(before, state=BreakerState.OPEN)  # nothing was asked: the next one finds out
            else:
                well = Standing(BreakerState.CLOSED, self._now()) if spoke and before.failures else before
                after = well if error is None else well.failed(error, self._sheet.retry, self._now())
                if after == before:
                    return
            self._standing = after
        self._tell(before, after)

    def hurry(self) -> None:
        """Let the next one find out now: a person asks for it, or the other direction is well again."""
        with self._lock:
            self._standing = after = replace(self._standing, next_try_at=None)
        if after.failures:
            self._write(after)

    def mended(self) -> None:
        """Say that somebody may have mended what the partner refused us for: a start, a new configuration."""
        if self._standing.refused:
            self.hurry()

    def _longest(self) -> float:
        retry = self._sheet.retry
        return (max(retry.longest, retry.refused) * (1 + retry.jitter)).total_seconds()

    def _tell(self, before: Standing, after: Standing) -> None:
        event = None
        if after.state is BreakerState.OPEN and before.state is BreakerState.CLOSED:
            event = Event(PAUSED, "sheet", sheet=self._sheet.name, data=self._facts(after))
        elif after.state is BreakerState.CLOSED and before.state is not BreakerState.CLOSED:
            event = Event(HEALED, "sheet", sheet=self._sheet.name, data={"direction": self._direction})
        self._write(after, event)
        if event is not None:
            say = log.error if event.name == PAUSED else log.info
            say(event.name, sheet=self._sheet.name, **event.data)
        if after.state is BreakerState.CLOSED and not after.failures:
            self.on_healed()

    def _facts(self, standing: Standing) -> dict[str, object]:
        assert standing.next_try_at is not None
        return {
            "direction": str(self._direction),
            "failures": standing.failures,
            "refused": standing.refused,
            "next_try_at": iso(standing.next_try_at),
            "error": standing.error,
        }

    def _write(self, standing: Standing, event: Event | None = None) -> None:
        columns = partners.c
        with self._journal.writing() as tx:
            tx.execute(delete(partners).where(columns.sheet == self._sheet.name, columns.direction == self._direction))
            values = {name: getattr(standing, name) for name in standing.__slots__}
            tx.execute(insert(partners).values(sheet=self._sheet.name, direction=self._direction, **values))
            record(tx, [event] if event is not None else [])

    def _read(self) -> Standing:
        columns = partners.c
        query = select(partners).where(columns.sheet == self._sheet.name, columns.direction == self._direction)
        with self._journal.reading() as view:
            row = view.execute(query).first()
        if row is None or (row.state == BreakerState.CLOSED and not row.failures):
            return Standing(BreakerState.CLOSED, self._now() if row is None else row.since)
        state = BreakerState.OPEN if row.state == BreakerState.HALF_OPEN else BreakerState(row.state)
        return Standing(state, row.since, row.failures, row.next_try_at, row.refused, row.error)
