"""How the polls of one sheet went, kept across restarts: since when the partner is unreadable, which files stay there.

Written by whoever fetches, read by the alerts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from edid.exchange.alerts.memory import MemoryFile, moment

log = structlog.get_logger()
SETTLING = timedelta(hours=1)
"""What could not be fetched or read for less than this may hold the very answer that is missed."""
_MOST_REMEMBERED = 1000
_NAME = "polls"


@dataclass(frozen=True, slots=True)
class Polls:
    """What the polls of one sheet showed."""

    tried_at: datetime | None = None
    """Newest attempt to read the out folder."""
    listed_at: datetime | None = None
    """Newest time that the folder could be listed."""
    read_at: datetime | None = None
    """Newest time that everything offered was fetched, but for files that have failed for long."""
    failing_since: datetime | None = None
    """First of the attempts in a row that failed, up to the newest; None: the newest did not."""
    error: str | None = None
    """Why the newest attempt failed."""
    unfetched: dict[str, datetime] = field(default_factory=dict)
    """Files offered at the newest listing that were not fetched, by name: when they were first seen."""

    def listed(self, unfetched: Collection[str], at: datetime) -> Polls:
        """Return what is known after the folder was listed, and all was fetched but `unfetched`."""
        seen = {name: self.unfetched[name] for name in self.unfetched if name in set(unfetched)}
        for name in sorted(set(unfetched) - seen.keys()):
            if len(seen) >= _MOST_REMEMBERED:
                break
            seen[name] = at
        complete = all(at - first >= SETTLING for first in seen.values())
        return Polls(at, at, at if complete else self.read_at, None, None, seen)

    def failed(self, error: str, at: datetime) -> Polls:
        """Return what is known after the folder could not be listed."""
        return Polls(at, self.listed_at, self.read_at, self.failing_since or at, error, self.unfetched)


def load_polls(state: Path, sheet: str) -> Polls:
    """Return what the polls of `sheet` showed so far."""
    kept = MemoryFile(state, sheet, _NAME).read()
    files = kept.get("unfetched")
    seen = {name: moment(first) for name, first in files.items()} if isinstance(files, dict) else {}
    error = kept.get("error")
    return Polls(
        moment(kept.get("tried_at")),
        moment(kept.get("listed_at")),
        moment(kept.get("read_at")),
        moment(kept.get("failing_since")),
        error if isinstance(error, str) else None,
        {name: first for name, first in seen.items() if first is not None},
    )


def note_listed(state: Path, sheet: str, unfetched: Collection[str], at: datetime) -> None:
    """Remember that the out folder was listed at `at`, and which of its files were not fetched."""
    _keep(state, sheet, load_polls(state, sheet).listed(unfetched, at))


def note_failed(state: Path, sheet: str, error: str, at: datetime) -> None:
    """Remember that the out folder could not be listed at `at`."""
    _keep(state, sheet, load_polls(state, sheet).failed(error, at))


def _keep(state: Path, sheet: str, polls: Polls) -> None:
    """Write `polls`. What cannot be written is told and no reason to stop fetching."""
    data: dict[str, Any] = {
        name: at and at.isoformat()
        for name, at in (
            ("tried_at", polls.tried_at),
            ("listed_at", polls.listed_at),
            ("read_at", polls.read_at),
            ("failing_since", polls.failing_since),
        )
    }
    data["error"] = polls.error
    data["unfetched"] = {name: first.isoformat() for name, first in polls.unfetched.items()}
    try:
        MemoryFile(state, sheet, _NAME).write(data)
    except OSError as error:
        log.warning("alerts.memory_unwritten", sheet=sheet, error=str(error))
