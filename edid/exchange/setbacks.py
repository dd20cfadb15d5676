"""What went wrong with one item, so that the others go on: when it is tried again, and when nothing more can be hoped.

One bad file must never stop the others, so a step that fails on an item leaves it where it is, comes back to it later
and later, and gives up on it after `MOST_TRIES`. Only the surroundings (a full disk, a missing right) are waited for
without end, and an unreachable journal is nobody's fault: it stops the step itself. Kept in memory only: after a
restart every item has all its tries again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from edid.errors import EdidError, OperatorError, TransientError
from edid.exchange.pulse import StopRequestedError

log = structlog.get_logger()
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Setback:
    """One failed try of one item."""

    cause: str
    hopeless: bool
    """True when it failed as often as it may, by its own fault."""


class Setbacks:
    """The items of all corridors that failed lately. Safe to use from any thread."""

    def __init__(self, first: float = 5.0, longest: float = 300.0) -> None:
        """`first`: seconds until an item is tried again; twice as long after each further failure, up to `longest`."""
        self._first = first
        self._longest = longest
        self._lock = threading.Lock()
        self._tries: dict[tuple[str, int], int] = {}
        self._due: dict[tuple[str, int], float] = {}

    def attempt(self, kind: str, item: int, work: Callable[[], object]) -> Setback | None:
        """Do `work` for one item; return what went wrong, if anything.

        Raises StopRequestedError, and what says that the journal itself failed (see `is_outage`).
        """
        try:
            work()
        except StopRequestedError:
            raise
        except Exception as error:
            if is_outage(error):
                raise
            return self.record(kind, item, error)
        self.forget(kind, item)
        return None

    def record(self, kind: str, item: int, error: Exception) -> Setback:
        """Count one failed try of an item, and let it rest."""
        with self._lock:
            tries = self._tries[kind, item] = self._tries.get((kind, item), 0) + 1
            self._due[kind, item] = time.monotonic() + min(self._first * 2 ** min(tries - 1, 32), self._longest)
        surroundings = isinstance(error, (TransientError, OperatorError, OSError))
        known = surroundings or isinstance(error, EdidError)
        event = f"{kind}.setback"
        log.warning(event, id=item, tries=tries, error=told(error), exc_info=None if known else error)
        return Setback(told(error), hopeless=tries >= MOST_TRIES and not surroundings)

    def resting(self, kind: str) -> set[int]:
        """Return the items that are not to be tried yet."""
        at = time.monotonic()
        with self._lock:
            return {item for (of, item), due in self._due.items() if of == kind and due > at}

    def forget(self, kind: str, *items: int) -> None:
        """Say that items need no further try."""
        with self._lock:
            for item in items:
                self._tries.pop((kind, item), None)
                self._due.pop((kind, item), None)


def is_outage(error: Exception) -> bool:
    """Tell whether the journal cannot be used at the moment, whatever is written to it."""
    return isinstance(error, (OperationalError, InterfaceError, PoolTimeoutError))


def told(error: Exception) -> str:
    """Return `error` as one sentence for journal, log and notes."""
    return str(error) if isinstance(error, EdidError) else f"{type(error).__name__}: {error}"
