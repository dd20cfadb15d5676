"""The circuit breaker: a partner that fails is left alone for a while, then asked by one session at a time.

Closed, everybody may go; failures in a row make longer and longer pauses. Open, nobody goes before the pause is over.
Half-open, one goes and the others wait for how it ends. The journal keeps it (`edid.exchange.breaker_rows`), so that a
pause outlives a restart and people see it (`edid partners`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

import structlog

from edid.clock import iso, now
from edid.exchange.breaker_rows import BreakerRows
from edid.exchange.house import AnySheet
from edid.exchange.retry import longest_pause
from edid.exchange.standing_of_partner import BreakerState, Standing
from edid.journal.database import Journal
from edid.journal.events import PARTNER_HEALED, PARTNER_PAUSED, Event
from edid.journal.states import Direction

log = structlog.get_logger()
_MOST_SUSPECTS = 5
"""After so many flows that a partner failed on, it is the partner's fault, whatever comes next."""


class Breaker:
    """The breaker of one sheet and direction. Safe from any thread; one process at a time (the state folder's lock)."""

    def __init__(
        self, journal: Journal, sheet: AnySheet, direction: Direction, clock: Callable[[], datetime] = now
    ) -> None:
        """Read what the journal knows; a refusal is tried again at once, because somebody may have mended it."""
        self._sheet = sheet
        self._direction = direction
        self._now = clock
        self._lock = threading.Lock()
        self._rows = BreakerRows(journal, sheet.name, direction)
        self._standing = self._rows.read() or Standing(BreakerState.CLOSED, clock())
        self._trier: int | None = None
        """The thread that finds out, when half-open."""
        self._suspects: set[int] | None = set()
        """The flows that the pause is due to, though the partner could be reached; None: it is due to the partner."""
        self.on_healed: Callable[[], None] = lambda: None
        self.mended()

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return self._standing

    @property
    def doubtful(self) -> bool:
        """True when the pause may be the fault of some flows: one that never failed may get through."""
        suspects = self._suspects
        return suspects is not None and 0 < len(suspects) < _MOST_SUSPECTS

    def begin(self) -> float:
        """Return the seconds until the partner may be asked; 0.0: now, and the caller must call `end` afterwards."""
        with self._lock:
            standing = self._standing
            if standing.next_try_at is not None:
                rest = (standing.next_try_at - self._now()).total_seconds()
                if 0 < rest <= longest_pause(self._sheet.retry).total_seconds():  # more: the clock was set back
                    return rest
            if standing.state is BreakerState.CLOSED:
                return 0.0
            if self._trier not in {None, threading.get_ident()}:
                return self._sheet.retry.first.total_seconds()
            self._trier = threading.get_ident()
            self._standing = replace(standing, state=BreakerState.HALF_OPEN)
        self._rows.keep(lambda: self._standing)
        return 0.0

    def end(self, *, spoke: bool, error: Exception | None = None, suspects: Collection[int] | None = None) -> None:
        """Say how it went: `error` is why the partner could not be used; `spoke`: something went well before that.

        `suspects`: the flows that `error` was seen with; None: not even a session could be had, or it was no flow.
        """
        with self._lock:
            found_out = self._trier == threading.get_ident()
            if found_out:
                self._trier = None
            before = self._standing
            after = self._after(before, error, spoke=spoke, found_out=found_out)
            if spoke or error is None:
                self._suspects = set()
            if error is not None:
                self._suspects = None if suspects is None or self._suspects is None else {*self._suspects, *suspects}
            self._standing = after
        if after != before:
            self._tell(before, after)
        self._rows.keep_what_is_due()

    def hurry(self) -> None:
        """Let the next one find out now: a person asks for it, or the other direction is well again."""
        with self._lock:
            self._standing = after = replace(self._standing, next_try_at=None)
        if after.failures:
            self._rows.keep(lambda: self._standing)

    def hurry_once(self) -> None:
        """Let a flow that never failed find out now; not again in this pause unless it fails by itself, too."""
        with self._lock:
            self._standing = replace(self._standing, next_try_at=None)

    def mended(self) -> None:
        """Say that somebody may have mended what the partner refused us for: a start, a new configuration."""
        if self._standing.refused:
            self.hurry()

    def _after(self, before: Standing, error: Exception | None, *, spoke: bool, found_out: bool) -> Standing:
        if not spoke and error is None:  # nothing was asked: the next one finds out
            undecided = found_out and before.state is BreakerState.HALF_OPEN
            return replace(before, state=BreakerState.OPEN) if undecided else before
        well = Standing(BreakerState.CLOSED, self._now()) if spoke and before.failures else before
        return well if error is None else well.failed(error, self._sheet.retry, self._now())

    def _tell(self, before: Standing, after: Standing) -> None:
        event = None
        if after.state is BreakerState.OPEN and before.state is BreakerState.CLOSED:
            event = Event(PARTNER_PAUSED, "sheet", sheet=self._sheet.name, data=self._facts(after))
        elif after.state is BreakerState.CLOSED and before.state is not BreakerState.CLOSED:
            event = Event(PARTNER_HEALED, "sheet", sheet=self._sheet.name, data={"direction": str(self._direction)})
        self._rows.keep(lambda: self._standing, event)
        if event is not None:
            say = log.error if event.name == PARTNER_PAUSED else log.info
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
