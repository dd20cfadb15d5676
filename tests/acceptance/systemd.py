"""What systemd would hear: a datagram socket, and the messages that arrive there."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self


class Listener:
    """A notify socket at `place`; messages are kept with the moment of their arrival."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(place))
        self._messages: list[tuple[float, list[str]]] = []
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", str(self.place))
        self._reader.join()
        self._socket.close()

    def messages(self, *, of: str | None = None) -> list[list[str]]:
        """Return the assignments of each message so far; only the messages that begin with `of` when given."""
        with self._lock:
            return [message for _, message in self._messages if of is None or message[0] == of]

    def silent_for(self, of: str) -> float:
        """Return the seconds since the last message that began with `of`."""
        with self._lock:
            moments = [moment for moment, message in self._messages if message[0] == of]
        return time.monotonic() - max(moments)

    def _read(self) -> None:
        while data := self._socket.recv(65536):
            with self._lock:
                self._messages.append((time.monotonic(), data.decode().split("\n")))
