"""`edid run` as a process of its own: its log is read as it is written, and nothing of it outlives a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Event = dict[str, Any]
PATIENCE = 60.0
RUN = ("-m", "edid")


class Daemon:
    """One run of the daemon, from its start to its end."""

    def __init__(
        self,
        config: Path,
        *,
        program: Sequence[str] = RUN,
        before: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`program`: what Python runs instead of edid itself. `before`: a command that starts it, such as setpriv."""
        self.unread: list[str] = []
        """Lines of its standard error that are no events: a traceback, a warning of Python."""
        self._events: list[Event] = []
        self._arrived = threading.Condition()
        self._process = subprocess.Popen(
            [*before, sys.executable, *program, "--config", str(config), "run"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONWARNINGS": "default", **(environment or {})},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process, which leads a group of its own."""
        return self._process.pid

    def events(self, name: str | None = None, **facts: Any) -> list[Event]:
        """Return what it logged so far under `name` with these facts, oldest first."""
        with self._arrived:
            return [event for event in self._events if _is(event, name, facts)]

    def wait_for(self, name: str, *, count: int = 1, seconds: float = PATIENCE, **facts: Any) -> Event:
        """Wait until it has logged `count` events `name` with these facts; return the last of them."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                found = [event for event in self._events if _is(event, name, facts)]
                if len(found) >= count:
                    return found[count - 1]
                left = deadline - time.monotonic()
                ended = not self._reader.is_alive()
                if left <= 0 or ended or not self._arrived.wait(min(left, 1.0)):
                    assert left > 0, f"no {count} x {name} {facts} within {seconds} s:\n{self._tail()}"
                    assert not ended, f"the daemon ended before {count} x {name} {facts}:\n{self._tail()}"

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the daemon alone."""
        self._process.send_signal(number)

    def stop(self, seconds: float = 15) -> int:
        """Ask it to stop with SIGTERM; return its exit code."""
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds: float = 15) -> int:
        """Wait until it ends; return its exit code."""
        code = self._process.wait(seconds)
        self._close()
        return code

    def kill(self) -> None:
        """End it and all its children at once, as a power cut would; does nothing when it has ended."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._close()

    def _close(self) -> None:
        self._reader.join(10)
        assert self._process.stderr is not None
        self._process.stderr.close()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            with self._arrived:
                try:
                    self._events.append(json.loads(line))
                except ValueError:
                    self.unread.append(line)
                self._arrived.notify_all()

    def _tail(self) -> str:
        return "\n".join([*(json.dumps(event, ensure_ascii=False) for event in self._events[-40:]), *self.unread])


def _is(event: Event, name: str | None, facts: Mapping[str, Any]) -> bool:
    return (name is None or event["event"] == name) and all(event.get(key) == value for key, value in facts.items())
