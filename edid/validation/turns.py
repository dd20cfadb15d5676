"""Who gets the next free judge process: no caller waits for the whole of another one's work."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

_ASK_AGAIN = 5.0
"""Seconds of waiting between two calls of what the waiting one does meanwhile."""


class Turns:
    """A number of places, shared fairly. Every method may be called from any thread.

    A free place goes to the waiting caller that holds the fewest, among those to the one that has waited longest. A
    caller that holds more than one who waits should give a place back soon: `should_yield`.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._changed = threading.Condition()
        self._held: Counter[object] = Counter()
        self._waiting: list[_Ticket] = []

    def take(self, caller: object, meanwhile: Callable[[], object]) -> None:
        """Wait for a place. `meanwhile` is called now and then; what it raises ends the wait."""
        ticket = _Ticket(caller)
        with self._changed:
            self._waiting.append(ticket)
        try:
            while not self._granted(ticket):
                meanwhile()
        except BaseException:
            with self._changed:
                self._waiting.remove(ticket)
                self._changed.notify_all()
            raise

    def give_back(self, caller: object) -> None:
        """Let the next one have a place that `caller` took."""
        with self._changed:
            self._held[caller] -= 1
            if not self._held[caller]:
                del self._held[caller]
            self._changed.notify_all()

    def should_yield(self, caller: object) -> bool:
        """Tell whether somebody waits who holds less than `caller`."""
        with self._changed:
            held = self._held[caller]
            return any(self._held[ticket.caller] < held for ticket in self._waiting)

    def wait_until_free(self, seconds: float) -> bool:
        """Wait until nobody holds a place; tell whether that came true within `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._held, seconds)

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._waiting)

    def _granted(self, ticket: _Ticket) -> bool:
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_next(ticket), _ASK_AGAIN):
                return False
            self._waiting.remove(ticket)
            self._held[ticket.caller] += 1
            self._changed.notify_all()  # there may be a place for the one after it, too
            return True

    def _is_next(self, ticket: _Ticket) -> bool:
        free = self._places - self._held.total()
        return free > 0 and min(self._waiting, key=lambda each: self._held[each.caller]) is ticket


class _Ticket:
    """A place in the queue; the order of the queue is the order of arrival."""

    def __init__(self, caller: object) -> None:
        self.caller = caller
