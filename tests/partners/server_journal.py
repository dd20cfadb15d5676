"""The server's own journal: what OpenSSH's sftp-server says that the client did, an independent witness."""

from __future__ import annotations

import re
import secrets
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"internal-sftp\[(?P<session>\d+)\]: (?P<said>.*)", re.DOTALL)
_BYTES = r'"(?P<path>.*)" bytes read (?P<read>\d+) written (?P<written>\d+)'
_SAID = {
    "open": re.compile(r'open "(?P<path>.*)" flags (?P<flags>\S+) mode .*'),
    "close": re.compile("close " + _BYTES),
    "forced-close": re.compile("forced close " + _BYTES),
    "rename": re.compile(r'(?:posix-)?rename old "(?P<path>.*)" new "(?P<target>.*)"'),
    "remove": re.compile(r'remove name "(?P<path>.*)"'),
    "failed": re.compile(r"sent status (?P<path>.*)"),
}
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})|\\\\")


@dataclass(frozen=True)
class Operation:
    """One thing that the server did.

    open, close, rename, remove; forced-close when the client vanished; failed, whose path is then the reason.
    """

    kind: str
    path: str
    target: str = ""
    flags: str = ""
    read: int = 0
    written: int = 0
    session: int = 0


class ServerJournal:
    """Receives the syslog datagrams of internal-sftp at `place`, the /dev/log of a jail."""

    def __init__(self, place: Path) -> None:
        self._place = str(place)
        self._lines: list[bytes] = []
        self._arrived = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self._place)
        place.chmod(0o666)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def operations(self) -> list[Operation]:
        """Everything that was said before this call, in order."""
        mark = self._mark()
        with self._arrived:
            assert self._arrived.wait_for(lambda: mark in self._lines, timeout=20)
            lines = list(self._lines)
        return [found for line in lines if (found := _parse(line)) is not None]

    def forget(self) -> None:
        """Begin a new page."""
        self.operations()
        with self._arrived:
            self._lines.clear()

    def close(self) -> None:
        """Stop listening."""
        self._send(b"")
        self._reader.join()
        self._socket.close()

    def _mark(self) -> bytes:
        mark = secrets.token_hex(16).encode()
        self._send(mark)
        return mark

    def _send(self, data: bytes) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(data, self._place)

    def _read(self) -> None:
        while line := self._socket.recv(65536):
            with self._arrived:
                self._lines.append(line)
                self._arrived.notify_all()


def _parse(line: bytes) -> Operation | None:
    text = _OCTAL.sub(_letter, line.rstrip(b"\0\n")).decode("utf-8", "surrogateescape")
    match = _LINE.search(text)
    if match is None:
        return None
    for kind, pattern in _SAID.items():
        if found := pattern.fullmatch(match["said"]):
            facts = found.groupdict()
            counts = {key: int(facts.pop(key)) for key in ("read", "written") if key in facts}
            return Operation(kind, **facts, **counts, session=int(match["session"]))
    return None


def _letter(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 8)]) if match[1] else b"\\"
