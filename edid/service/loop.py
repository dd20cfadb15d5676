"""A loop: one thread that repeats one step of a corridor, is woken by hints, and proves its progress."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from edid.exchange.pulse import Pulse, StopRequestedError

log = structlog.get_logger()

Step = Callable[[Pulse], float]
"""Does what there is to do and returns the seconds until it should look again (0: at once)."""

_AFTER_A_FAULT = 5.0


class Loop(threading.Thread):
    """Runs `step` until stopped. A step that fails is logged and tried again; the other loops go on.

    `at_end` closes what the step uses. It must bear to be called twice and from any thread: see `cut`.
    """

    def __init__(self, name: str, step: Step, *, at_end: Callable[[], None] = lambda: None) -> None:
        super().__init__(name=name, daemon=True)
        self.pulse = Pulse()
        self._step = step
        self._at_end = at_end
        self._wake = threading.Event()

    def run(self) -> None:
        """Work until `stop`."""
        try:
            while not self.pulse.stopping:
                self._wake.clear()
                wait = self._guarded_step()
                if wait > 0 and not self.pulse.stopping:
                    self._wake.wait(wait)
        finally:
            self._at_end()

    def wake(self) -> None:
        """Make the loop look now."""
        self._wake.set()

    def stop(self, *, within: float) -> None:
        """Ask the loop to end after the unit in hand."""
        self.pulse.stop(within=within)
        self._wake.set()

    def cut(self) -> None:
        """Let go of what the step in hand may be waiting for: it then fails now, and not when it times out."""
        self._at_end()

    def _guarded_step(self) -> float:
        try:
            self.pulse.beat()
            return self._step(self.pulse)
        except StopRequestedError:
            return 0
        except Exception:
            if self.pulse.stopping:  # the step was cut short; it is repeated after the next start
                return 0
            log.exception("loop.fault", loop=self.name)
            return _AFTER_A_FAULT
