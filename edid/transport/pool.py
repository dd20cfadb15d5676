"""Sessions with one partner, kept and reused; each is used by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from edid.config.transport import TransportSettings
from edid.errors import PermanentError
from edid.transport.contract import Transport
from edid.transport.opening import open_transport


class SessionPool:
    """At most `settings.sessions` sessions, opened when first needed."""

    def __init__(self, settings: TransportSettings) -> None:
        self._settings = settings
        self._free = threading.BoundedSemaphore(settings.sessions)
        self._lock = threading.Lock()
        self._idle: list[Transport] = []
        self._closed = False

    @contextmanager
    def lease(self) -> Iterator[Transport]:
        """Lend a transport, waiting for one when all are in use. Raises PermanentError after `close`.

        A failure that may have to do with the session ends it; the next lease opens a new one.
        """
        with self._free:
            transport = self._take()
            try:
                yield transport
            except PermanentError:  # the partner answered: the session is sound
                self._give_back(transport)
                raise
            except BaseException:
                transport.close()
                self._give_back(transport)
                raise
            self._give_back(transport)

    def close(self) -> None:
        """End the idle sessions now and the lent ones when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for transport in idle:
            transport.close()

    def _take(self) -> Transport:
        with self._lock:
            if self._closed:
                raise PermanentError("the sessions of this sheet are closed.", remedy="Start edid again.")
            if self._idle:
                return self._idle.pop()
        return open_transport(self._settings)

    def _give_back(self, transport: Transport) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(transport)
                return
        transport.close()
