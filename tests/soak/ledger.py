"""The ledger: what was dropped and offered, and what must become of it, written before edid can see it.

An append-only file of JSON lines outside edid's folders. The reckoning reads this file, not anybody's memory.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Fate(StrEnum):
    """What must become of what a line names."""

    VALID = "valid"
    """Of all lines with this number one is delivered, once; the others are set aside as its duplicates."""
    REJECTED = "rejected"
    """Read and refused: it stands in rejected/ with both notes."""
    UNREAD = "unread"
    """The same, refused without being read: empty, too large, no file."""
    OPENED = "opened"
    """An archive that has gone; its members have lines of their own."""
    FILED = "filed"
    """Of all invoices offered under this number one is filed, the others are its duplicates."""
    EXCLUDED = "excluded"
    """An invoice that a routing rule keeps from the ERP."""
    WORD = "word"
    """A report on a flow or statuses of invoices: filed, and bound to what it speaks of."""
    KEPT = "kept"
    """Not understood: kept, visibly, with the reason."""


OFFERED = frozenset({Fate.FILED, Fate.EXCLUDED, Fate.WORD, Fate.KEPT})


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `name` is that of the file on its way; a member of an archive has its own name as well."""

    sheet: str
    name: str
    sha256: str
    fate: Fate
    number: str = ""
    """Of the invoice."""
    member: str = ""
    said: tuple[tuple[str, str], ...] = ()
    """Of a word: the flow or the numbers that it speaks of, each with the code."""
    at: float = 0.0
    line: int = 0

    @property
    def offered(self) -> bool:
        """True when a partner offered it; else an ERP dropped it."""
        return self.fate in OFFERED

    @property
    def kept_as(self) -> str:
        """Its name where edid sets it aside."""
        return f"{self.name}__{self.member}" if self.member else self.name

    def __str__(self) -> str:
        number = f" number {self.number}" if self.number else ""
        return f"line {self.line} ({self.sheet}: {self.kept_as}{number}, {self.sha256[:12]}, {self.fate})"


class Ledger:
    """Written by the actors, each line before its deed. Safe to use from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8")
        self._lines = 0
        self._numbers: dict[str, str] = {}

    def write(self, lines: Iterable[Line]) -> None:
        """Append lines; they are in the file when this returns."""
        with self._lock:
            for line in lines:
                self._lines += 1
                written = {**asdict(line), "at": time.time(), "line": self._lines}
                self._file.write(json.dumps(written, ensure_ascii=False) + "\n")
                if line.number:
                    self._numbers[line.sha256] = line.number
            self._file.flush()

    def number_of(self, sha256: str) -> str | None:
        """Return the number of the invoice with these bytes."""
        with self._lock:
            return self._numbers.get(sha256)

    def close(self) -> None:
        """Write no more."""
        self._file.close()


def read(path: Path) -> list[Line]:
    """Return the lines of a ledger, oldest first."""
    found = []
    for text in path.read_text(encoding="utf-8").splitlines():
        data = json.loads(text)
        said = tuple((about, code) for about, code in data.pop("said"))
        found.append(Line(**{**data, "fate": Fate(data["fate"]), "said": said}))
    return found
