"""What the platform puts in `out`: at once, or when it is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edid.flows.names import FlowName
from edid.sandbox.ledger import ANSWERED, LEDGER, Ledger
from edid.sandbox.numbering import Numbering

WORK = ".sandbox"
"""The platform's own folder inside the root; no client can name it."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    due: datetime
    path: Path
    name: str
    about: str | None


class Offers:
    """Names flows, writes them, and moves them to `out` when their time has come.

    What waits is a file of `.sandbox/pending`, whose own name says when it is due, so that a restart forgets none.
    """

    def __init__(self, root: Path, *, extension: str = "") -> None:
        self._out = root / "out"
        self._pending = root / WORK / "pending"
        for folder in (self._out, self._pending):
            folder.mkdir(parents=True, exist_ok=True)
        self._numbering = Numbering(root / WORK)
        self.ledger = Ledger(root / WORK / LEDGER)
        self._extension = extension

    def prepare(
        self,
        interface: str,
        recipient: str,
        build: Callable[[FlowName], bytes],
        *,
        due: datetime,
        about: str | None = None,
    ) -> str:
        """Write the flow that `build` makes for its name, to be offered from `due` on; return that name.

        `about` is the name of the flow that is answered.
        """
        flow = self._numbering.name(interface, recipient)
        name = f"{flow}{self._extension}"
        self._write(_waiting_name(due, name, about), build(flow))
        return name

    def offer(self, interface: str, recipient: str, build: Callable[[FlowName], bytes], at: datetime) -> str:
        """Write the flow that `build` makes for its name and offer it at once; return that name."""
        flow = self._numbering.name(interface, recipient)
        name = f"{flow}{self._extension}"
        waiting = self._write(f".{name}", build(flow))
        self.ledger.append(at, _event(name, waiting))
        waiting.rename(self._out / name)
        return name

    def release(self, at: datetime) -> int:
        """Offer everything that is due at `at`, in the order of its due time; return how many flows."""
        due = sorted(
            (each for each in map(_waiting, self._pending.iterdir()) if each is not None and each.due <= at),
            key=lambda each: (each.due, each.name),
        )
        self.ledger.append(at, *(_event(each.name, each.path, each.about) for each in due))
        for each in due:
            each.path.rename(self._out / each.name)
        return len(due)

    def _write(self, name: str, content: bytes) -> Path:
        """Write whole or not at all, without waiting for the disk: a power cut may cost a simulated answer."""
        temporary = self._pending / f".{name}.tmp"
        temporary.write_bytes(content)
        return temporary.rename(self._pending / name)


def _event(name: str, written: Path, about: str | None = None) -> dict[str, Any]:
    event: dict[str, Any] = {"event": ANSWERED, "name": name, "size": written.stat().st_size}
    return event if about is None else {**event, "about": about}


def _waiting_name(due: datetime, name: str, about: str | None) -> str:
    return f"{int(due.timestamp() * 1000):015d}~{name}~{about or ''}"


def _waiting(path: Path) -> _Waiting | None:
    parts = path.name.split("~")
    if len(parts) != 3 or path.name.startswith("."):
        return None  # still being written
    return _Waiting(datetime.fromtimestamp(int(parts[0]) / 1000, UTC), path, parts[1], parts[2] or None)
