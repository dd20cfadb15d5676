"""A corridor under watch: the clock is a parameter, so that days pass at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from edid.clock import now
from edid.exchange.alerts import polls, rows
from edid.exchange.alerts.watching import Changes, Watch, look_at
from edid.exchange.house import AnySheet
from edid.journal import tables
from tests.unit.exchange.corridor import Corridor

Open = Callable[..., Corridor]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Watched:
    """A corridor, and the looks at one of its sheets."""

    def __init__(self, corridor: Corridor, sheet: AnySheet | None = None) -> None:
        self.corridor = corridor
        self.sheet = sheet or corridor.sheet
        self.start = now()
        self.watch = Watch()

    @property
    def _state(self) -> Any:
        return self.corridor.house.settings.state

    def look(self, after: timedelta = timedelta()) -> Changes:
        """Look, that much time after the start."""
        return look_at(self.corridor.house, self.sheet, self.watch, self.start + after)

    def stay(self, until: timedelta, since: timedelta = timedelta()) -> list[str]:
        """Look every 20 minutes; return the subjects raised."""
        raised = []
        after = since
        while after <= until:
            raised += [cause.subject for cause in self.look(after).raised]
            after += timedelta(minutes=20)
        return raised

    def polled(self, after: timedelta = timedelta(), unfetched: Collection[str] = ()) -> None:
        """Say that a poll brought everything but `unfetched`."""
        polls.note_listed(self._state, self.sheet.name, unfetched, self.start + after)

    def not_polled(self, after: timedelta, error: str = "no route to host.") -> None:
        polls.note_failed(self._state, self.sheet.name, error, self.start + after)

    def restart(self) -> None:
        """Forget what only the memory of the process knew."""
        self.corridor.restart()
        self.watch = Watch()

    def reconfigure(self, **changes: Any) -> None:
        """Read the sheet again with other values."""
        self.sheet = self.corridor.sender(**changes)

    def standing(self) -> list[tuple[str, str]]:
        with self.corridor.house.journal.reading() as view:
            return [(row.kind, row.subject) for row in rows.standing(view, self.sheet.name)]

    def texts(self) -> tuple[str, str]:
        """The texts of the only alert that stands."""
        with self.corridor.house.journal.reading() as view:
            (row,) = rows.standing(view, self.sheet.name)
        return row.text_fr, row.text_en

    def received(self, *names: str, at: timedelta = timedelta()) -> None:
        """Put received flows in the journal, filed."""
        made = self.start + at
        values = [
            {
                "sheet": self.sheet.name,
                "direction": "in",
                "interface_code": name[:8],
                "name": name,
                "identifier": name[16:],
                "sha256": "0" * 64,
                "size": 1,
                "document_count": 0,
                "state": "filed",
                "created_at": made,
            }
            for name in names
        ]
        with self.corridor.house.journal.writing() as tx:
            tx.execute(tables.flows.insert(), values)

    def history(self) -> list[tuple[str, str]]:
        """Names and subjects of the events about alerts, oldest first."""
        events = tables.events.c
        with self.corridor.house.journal.reading() as view:
            found = view.execute(select(tables.events).where(events.entity == "alert").order_by(events.id)).all()
        return [(row.name, row.data["subject"]) for row in found]


@pytest.fixture
def watched(open_corridor: Open) -> Watched:
    return Watched(open_corridor(validation={"profile": "xsd-only"}))
