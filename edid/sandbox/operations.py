"""What clients did on the drop box, kept in memory for tests and for people who try their settings."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from edid.clock import now

_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that one client did, or was refused."""

    at: datetime
    op: str
    """login, login refused, list, put, put interrupted, get, served once, rename, remove, refused."""
    path: str
    """The path as the client sees it, or the user name of a login."""
    size: int = 0
    """Bytes moved, where bytes move."""
    target: str | None = None
    """New path of a rename; what was attempted when refused."""


class Operations:
    """The latest operations, oldest first; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Operation] = deque(maxlen=_KEPT)

    def record(self, op: str, path: str, size: int = 0, target: str | None = None) -> None:
        """Add one operation, now."""
        with self._lock:
            self._kept.append(Operation(now(), op, path, size, target))

    def all(self, op: str | None = None) -> list[Operation]:
        """Return the operations so far, or those named `op`."""
        with self._lock:
            return [each for each in self._kept if op is None or each.op == op]
