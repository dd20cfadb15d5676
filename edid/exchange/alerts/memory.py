"""What alerts must remember across restarts and no table holds: small JSON files in the state folder.

Losing one is harmless: the delays it serves then count from now.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from edid.store.durable import durable_write

log = structlog.get_logger()
_FOLDER = "watch"


class MemoryFile:
    """One file of one sheet: a mapping."""

    def __init__(self, state: Path, sheet: str, name: str) -> None:
        self._path = state / _FOLDER / f"{sheet}.{name}.json"

    def read(self) -> dict[str, Any]:
        """Return what was kept; nothing when there is no file, or one that cannot be used."""
        try:
            kept = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            log.warning("alerts.memory_unreadable", file=str(self._path), error=str(error))
            return {}
        return kept if isinstance(kept, dict) else {}

    def write(self, data: dict[str, Any]) -> None:
        """Keep `data` in place of what was kept. Raises OSError when it cannot be written."""
        self._path.parent.mkdir(exist_ok=True)
        durable_write(self._path, json.dumps(data).encode(), owner="alerts")


def moment(value: object) -> datetime | None:
    """Return a moment that was kept, or None when it is none."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
