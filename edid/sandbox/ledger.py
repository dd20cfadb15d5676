"""What the platform did, one JSON line per event: an independent witness, and its memory across restarts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from edid.clock import iso

LEDGER = "ledger.jsonl"
RECEIVED, ACCEPTED, REFUSED, ANSWERED, PURGED = "received", "accepted", "refused", "answered", "purged"


class Ledger:
    """The file `ledger.jsonl`, only ever appended to.

    Every line has `at` (ISO 8601, UTC), `event` (received, accepted, refused, answered or purged) and `name` (of the
    flow). received: `flow` (identifier), `interface`, `application`, `size`, `sha256`. accepted: `documents`,
    each with `number`, `issued`, `seller`, `buyer`, `kind`, `fate`. refused: `faults`, each with `code` and
    `description`. answered: `about` (name of the flow that is answered; absent for a distribution), `size`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        _drop_torn_line(path)

    def append(self, at: datetime, *events: dict[str, Any]) -> None:
        """Write `events` durably, all of them or, after a crash, none or the first ones."""
        if not events:
            return
        lines = [json.dumps({"at": iso(at), **event}, ensure_ascii=False) + "\n" for event in events]
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        with os.fdopen(descriptor, "wb") as file:
            file.write("".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())

    def events(self, event: str | None = None) -> list[dict[str, Any]]:
        """Return the events so far, oldest first; only those named `event` when it is given."""
        return [each for each in _lines(self.path) if event is None or each["event"] == event]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):  # else it is still being written
                yield json.loads(line)


def _drop_torn_line(path: Path) -> None:
    """Cut off a last line that a crash left without its end."""
    if not path.is_file():
        return
    whole = path.read_bytes()
    kept = whole.rfind(b"\n") + 1
    if kept != len(whole):
        os.truncate(path, kept)
