"""Proof of progress, and the wish to stop: every long step beats, and asks between two units of work."""

from __future__ import annotations

import threading
import time

from edid.errors import EdidError


class StopRequestedError(EdidError):
    """The step in hand took longer than a stop may wait; it is repeated after the next start."""

    def __init__(self) -> None:
        super().__init__("interrupted by the stop of the daemon; the step is repeated after the next start.")


class Pulse:
    """Shared by one loop and its supervisor; all methods are safe from any thread."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._stop = threading.Event()
        self._deadline: float | None = None

    def beat(self) -> None:
        """Say that work goes on. Raises StopRequestedError once a stop has waited long enough."""
        self._last = time.monotonic()
        if self._deadline is not None and self._last > self._deadline:
            raise StopRequestedError

    @property
    def stopping(self) -> bool:
        """True once a stop was asked for: finish the unit in hand, start no other."""
        return self._stop.is_set()

    @property
    def silent_for(self) -> float:
        """Seconds since the last beat."""
        return time.monotonic() - self._last

    def stop(self, *, within: float) -> None:
        """Ask to stop; a unit still in hand after `within` seconds is interrupted at its next beat."""
        self._deadline = time.monotonic() + within
        self._stop.set()
