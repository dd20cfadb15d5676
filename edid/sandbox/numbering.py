"""The platform's own flow numbers: durable, never given twice, cheap."""

from __future__ import annotations

import fcntl
import json
import threading
from pathlib import Path

from edid.flows.names import FlowName
from edid.store.durable import durable_write

PLATFORM = "CPP001"
"""Application code of Chorus Pro itself."""
_RESERVED = 20


class Numbering:
    """Hands out names of flows that the platform sends, from counters kept in `folder`.

    Numbers are reserved twenty at a time under a lock on the folder: a crash or a second process leaves gaps, and
    never a number used twice.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._kept = folder / "sequences.json"
        self._guard = folder / "sequences.lock"
        self._lock = threading.Lock()
        self._stock: dict[str, range] = {}

    def name(self, interface: str, recipient: str) -> FlowName:
        """Return the next name under `interface` for the application code `recipient`.

        In such a name the middle code is the recipient's and the identifier begins with the platform's own
        (AIFE, Dossier general v3.2, 3.4.5, note 74).
        """
        digits = interface[3:7]
        return FlowName(interface, recipient, PLATFORM, digits, f"{self._next(digits):015d}")

    def _next(self, digits: str) -> int:
        with self._lock:
            stock = self._stock.get(digits) or self._reserve(digits)
            self._stock[digits] = stock[1:]
            return stock[0]

    def _reserve(self, digits: str) -> range:
        with self._guard.open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            used: dict[str, int] = json.loads(self._kept.read_bytes()) if self._kept.is_file() else {}
            first = used.get(digits, 0) + 1
            used[digits] = first + _RESERVED - 1
            durable_write(self._kept, json.dumps(used).encode())
        return range(first, first + _RESERVED)
