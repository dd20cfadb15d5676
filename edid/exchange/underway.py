"""The flows that threads of this process deliver at this moment: every other flow in the state *sending* is a stray."""

from __future__ import annotations

import threading
from collections.abc import Iterable


class UnderWay:
    """A set of flow ids, safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flows: set[int] = set()

    def add(self, flows: Iterable[int]) -> None:
        """Say that the calling thread has these flows in hand; before the journal says so."""
        with self._lock:
            self._flows.update(flows)

    def remove(self, flows: Iterable[int]) -> None:
        """Say that nobody has these flows in hand any more; after the journal says what became of them."""
        with self._lock:
            self._flows.difference_update(flows)

    def __contains__(self, flow: int) -> bool:
        with self._lock:
            return flow in self._flows
