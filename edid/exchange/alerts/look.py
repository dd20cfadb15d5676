"""One look at a sheet: everything that the judges of the different causes need to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from edid.exchange.alerts.cause import AlertKind
from edid.exchange.alerts.polls import SETTLING, Polls
from edid.exchange.house import AnySheet
from edid.exchange.room import Shortage
from edid.journal.states import Direction, FlowState
from edid.journal.tables import flows


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of one sheet at one moment."""

    view: Connection
    sheet: AnySheet
    at: datetime
    present_since: datetime
    polls: Polls
    standing: Mapping[AlertKind, frozenset[str]]
    """Subjects of the alerts that stand, by kind."""
    dismissed: frozenset[tuple[str, str]]
    """Kind and subject of what persons said is no cause any more."""
    shortages: Sequence[Shortage]
    """The disks on which the sheet waits for room."""

    def told(self, kind: AlertKind) -> frozenset[str]:
        """Return the subjects of the alerts of `kind` that stand."""
        return self.standing.get(kind, frozenset())

    def dismissed_of(self, kind: AlertKind) -> frozenset[str]:
        """Return the subjects of `kind` that were dismissed."""
        return frozenset(subject for of, subject in self.dismissed if of == kind)

    def heard_until(self) -> datetime | None:
        """Return until when everything that the partner said is known; None: not to be said at the moment.

        Silence counts up to the newest poll that brought everything, never up to now: while the daemon is down, or the
        partner cannot be read, nobody listens. What was fetched a moment ago and is not read yet may hold the answer.
        """
        unread = select(flows.c.id).where(
            flows.c.sheet == self.sheet.name,
            flows.c.state == FlowState.FETCHED,
            flows.c.direction == Direction.IN,
            flows.c.created_at > self.at - SETTLING,
        )
        return None if self.view.execute(unread.limit(1)).first() is not None else self.polls.read_at
