"""The circuit breaker of one sheet and direction in the journal: what it shows may be late, never wrong for good."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from edid.exchange.setbacks import told
from edid.exchange.standing_of_partner import BreakerState, Standing
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.states import Direction
from edid.journal.tables import partners

log = structlog.get_logger()


class BreakerRows:
    """The row of one breaker, and the events about it. Safe from any thread."""

    def __init__(self, journal: Journal, sheet: str, direction: Direction) -> None:
        self._journal = journal
        self._sheet = sheet
        self._direction = direction
        self._lock = threading.Lock()
        self._newest: Callable[[], Standing] | None = None
        """What could not be written yet."""
        self._untold: list[Event] = []

    def keep(self, newest: Callable[[], Standing], event: Event | None = None) -> None:
        """Write what `newest` returns, and `event`. A journal that cannot be used is told and written later.

        In the order of the writes: of two threads the later one writes what holds then.
        """
        with self._lock:
            self._newest = newest
            self._untold += [event] if event is not None else []
            self._write()

    def keep_what_is_due(self) -> None:
        """Write what could not be written before, if anything."""
        if self._newest is not None:
            with self._lock:
                self._write()

    def read(self) -> Standing | None:
        """Return what the journal knows; None: nothing. Who was finding out is forgotten."""
        with self._journal.reading() as view:
            row = view.execute(select(partners).where(self._mine())).first()
        if row is None:
            return None
        if row.state == BreakerState.CLOSED and not row.failures:
            return Standing(BreakerState.CLOSED, row.since)
        state = BreakerState.OPEN if row.state == BreakerState.HALF_OPEN else BreakerState(row.state)
        return Standing(state, row.since, row.failures, row.next_try_at, row.refused, row.error)

    def _write(self) -> None:
        if self._newest is None:
            return
        standing = self._newest()
        values = {name: getattr(standing, name) for name in standing.__slots__}
        try:
            with self._journal.writing() as tx:
                tx.execute(delete(partners).where(self._mine()))
                tx.execute(insert(partners).values(sheet=self._sheet, direction=self._direction, **values))
                record(tx, self._untold)
        except SQLAlchemyError as error:
            log.warning("partner.unwritten", sheet=self._sheet, direction=str(self._direction), error=told(error))
            return
        self._newest, self._untold = None, []

    def _mine(self) -> ColumnElement[bool]:
        return and_(partners.c.sheet == self._sheet, partners.c.direction == self._direction)
