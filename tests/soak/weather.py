"""Who may act now: actors work side by side, and everybody rests while one looks at the house in calm."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Weather:
    """Shared by all actors of a soak."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._at_work = 0
        self._calm = False
        self.over = threading.Event()
        """Set when the soak ends: nothing new is begun."""

    @contextmanager
    def deed(self) -> Iterator[None]:
        """One deed of an actor; begins when nobody asked for calm."""
        with self._changed:
            self._changed.wait_for(lambda: not self._calm)
            self._at_work += 1
        try:
            yield
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    @contextmanager
    def calm(self) -> Iterator[None]:
        """Wait until every deed has ended, and keep others from beginning."""
        with self._changed:
            self._calm = True
            self._changed.wait_for(lambda: self._at_work == 0)
        try:
            yield
        finally:
            with self._changed:
                self._calm = False
                self._changed.notify_all()

    def rest(self, seconds: float) -> None:
        """Wait so long, or until the soak is over."""
        self.over.wait(seconds)


class Crew:
    """Threads that repeat their deeds until the soak is over; what one of them dies of is kept, and told."""

    def __init__(self, weather: Weather) -> None:
        self._weather = weather
        self._threads: list[threading.Thread] = []
        self.faults: list[str] = []
        """Faults of the soak's own actors: a run with one proves nothing."""

    def engage(self, name: str, deed: Callable[[], float]) -> None:
        """Let a thread do `deed` again and again; it returns the seconds to rest after it."""
        thread = threading.Thread(target=self._work, args=(name, deed), name=f"soak-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def dismiss(self) -> None:
        """Wait until every actor has ended its last deed."""
        self._weather.over.set()
        for thread in self._threads:
            thread.join()

    def _work(self, name: str, deed: Callable[[], float]) -> None:
        while not self._weather.over.is_set():
            try:
                with self._weather.deed():
                    pause = deed()
            except Exception as error:  # noqa: BLE001 - told at the end, whatever it is
                self.faults.append(f"{time.strftime('%H:%M:%S')} {name}: {type(error).__name__}: {error}")
                pause = 1.0
            self._weather.rest(pause)
