"""The way in of one sheet: a loop that fetches when a poll is due, and files what came."""

from __future__ import annotations

import threading

import structlog

from edid.clock import now
from edid.errors import EdidError
from edid.exchange import fetching, returns
from edid.exchange.breaker import Breaker
from edid.exchange.fetching import Fetched
from edid.exchange.house import AnySheet, House
from edid.exchange.poll_history import PollHistory
from edid.exchange.pulse import Pulse
from edid.exchange.setbacks import Setbacks
from edid.service import requests
from edid.service.loop import Loop
from edid.service.schedule import is_open
from edid.transport.opening import open_transport

log = structlog.get_logger()
_FIRST_REST, _LONGEST_REST = 300.0, 6 * 3600.0
"""Seconds until a file that is too large is read again, at first and at most: somebody may raise the limit."""


class Fetching:
    """The loop that reads the partner's out folder, not started."""

    def __init__(self, house: House, sheet: AnySheet, breaker: Breaker) -> None:
        self.breaker = breaker
        self._house = house
        self._sheet = sheet
        self._transport = open_transport(sheet.transport)
        self._history = PollHistory(house.journal, sheet.name)
        self._rests = Setbacks(first=_FIRST_REST, longest=_LONGEST_REST)
        self._due = threading.Event()
        self._asked = False
        """A person asks for a poll: whatever the windows say."""
        self._again = False
        """True while the newest poll failed: it is repeated as soon as the breaker lets it."""
        self._short = False
        """True while offered files wait for room on our disk."""
        self.loop = Loop(f"{sheet.name}/fetching", self._step, at_end=self._transport.close)

    def poll(self) -> None:
        """Have the out folder read now, or as soon as the partner is not left alone any more."""
        self._due.set()
        self.loop.wake()

    def hurry(self) -> None:
        """Do not wait because of earlier failures."""
        self.breaker.hurry()
        self.loop.wake()

    def _step(self, pulse: Pulse) -> float:
        if requests.take_poll(self._house.settings.state, self._sheet.name):
            self._asked = True
            self.breaker.hurry()
        waited, self._short = self._short, bool(self._house.room.shortages(self._sheet.name))
        if waited and not self._short:
            self._due.set()  # what was not fetched for want of room is not left until the next poll
        rest = 0.0
        if self._asked or ((self._due.is_set() or self._again) and is_open(self._sheet.poll, now())):
            rest = self.breaker.begin()
            if rest == 0:
                self._poll(pulse)
        returns.file_returns(self._house, self._sheet, pulse)
        scan = self._house.settings.schedules.scan.total_seconds()
        return min(scan, rest) if rest else scan

    def _poll(self, pulse: Pulse) -> None:
        self._due.clear()
        self._asked = False
        self._again = True
        fetched, error = Fetched(0, 0, 0), None
        listed = False
        try:
            fetched = fetching.fetch(self._house, self._sheet, self._transport, pulse, self._rests)
            listed, error = True, fetched.lost
        except EdidError as failure:
            error = failure
        finally:
            self.breaker.end(spoke=listed and error is None, error=error)
        self._again = error is not None
        if not listed:
            log.warning("poll.failed", sheet=self._sheet.name, error=str(error))
            self._history.tell(str(error))
            return
        log.info(
            "poll.done",
            sheet=self._sheet.name,
            listed=fetched.listed,
            new=fetched.new,
            failed=fetched.failed,
            unusable=fetched.unusable,
        )
        self._history.tell(_troubles(fetched))


def _troubles(fetched: Fetched) -> str | None:
    troubles = []
    if fetched.failed:
        troubles.append(f"{fetched.failed} file(s) could not be fetched; see the log")
    if fetched.unusable:
        troubles.append(f"{fetched.unusable} file(s) stay there because their names are not UTF-8 or hold a line end")
    return "; ".join(troubles) or None
