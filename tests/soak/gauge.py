"""The gauge: memory, descriptors, threads and journal of the daemon, and how long a probe takes in calm."""

from __future__ import annotations

import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.acceptance.company import digest
from tests.partners.processes import descendants, resident
from tests.soak.erp import Erp
from tests.soak.household import Household
from tests.soak.sheets import Sheet
from tests.soak.slopes import Measure, Point, Slope, slope
from tests.soak.weather import Weather

_MB = 1024 * 1024
RSS = Measure("memory of the daemon", "MB", 40, 8)
CHILDREN = Measure("memory of its largest judge", "MB", 200, 60)
DESCRIPTORS = Measure("open descriptors", "count", 20, 3)
THREADS = Measure("threads", "count", 20, 2)
WAL = Measure("write-ahead log of the journal", "MB", 40, 8)
JOURNAL = Measure("journal for each document", "kB", 6, 1.5)
LATENCY = Measure("dropped to delivered, in calm", "s", 2, 0.3)
_PATIENCE = 60.0


class Gauge:
    """Samples one daemon that is not restarted meanwhile."""

    def __init__(self, house: Household, erp: Erp, sheets: list[Sheet], weather: Weather, samples: Path) -> None:
        """`samples`: a file that gets every sample, to be drawn."""
        self._samples = samples
        self._house = house
        self._erp = erp
        self._sheets = sheets
        self._weather = weather
        self._begin = time.monotonic()
        self._points: dict[Measure, list[Point]] = defaultdict(list)
        self._probes = 0
        self.restless: list[str] = []
        """Calm moments in which the house did not come to rest, or the probe did not arrive."""

    def sample(self) -> None:
        """Note what the daemon holds now."""
        pid = self._house.pid
        if pid is None:
            return
        self._note(RSS, resident(pid) / _MB)
        self._note(CHILDREN, max(map(resident, descendants(pid)), default=0) / _MB)
        self._note(DESCRIPTORS, len(os.listdir(f"/proc/{pid}/fd")))
        self._note(THREADS, len(os.listdir(f"/proc/{pid}/task")))
        wal = self._house.company.state / "journal.db-wal"
        self._note(WAL, wal.stat().st_size / _MB if wal.exists() else 0.0)

    def probe(self) -> None:
        """In calm, wait until the house rests, then time one invoice from the drop folder to the partner."""
        with self._weather.calm():
            if not _within(_PATIENCE, self._rests):
                self.restless.append(f"{time.strftime('%H:%M:%S')} not at rest after {_PATIENCE:.0f} s of calm")
                return
            documents = _count(self._house.company.state, "documents")
            self._note(JOURNAL, (self._house.company.state / "journal.db").stat().st_size / 1024 / max(documents, 1))
            self._probes += 1
            sheet = self._sheets[self._probes % len(self._sheets)]
            known = set(sheet.partner.arrived())
            begin = time.monotonic()
            sha256 = self._erp.probe(sheet)

            def is_there() -> bool:
                new = set(sheet.partner.arrived()) - known
                return any(digest((sheet.partner.inbox / name).read_bytes()) == sha256 for name in new)

            if _within(_PATIENCE, is_there):
                self._note(LATENCY, time.monotonic() - begin)
            else:
                self.restless.append(
                    f"{time.strftime('%H:%M:%S')} probe on {sheet.name} not delivered in {_PATIENCE} s"
                )

    def slopes(self) -> list[Slope]:
        """Return how everything went."""
        return [
            slope(measure, self._points[measure])
            for measure in (RSS, CHILDREN, DESCRIPTORS, THREADS, WAL, JOURNAL, LATENCY)
        ]

    def _note(self, measure: Measure, value: float) -> None:
        seconds = time.monotonic() - self._begin
        self._points[measure].append((seconds, value))
        with self._samples.open("a", encoding="utf-8") as file:
            file.write(f"{seconds:.1f};{measure.name};{value:.3f}\n")

    def _rests(self) -> bool:
        return is_at_rest(self._house.company.spool, self._house.company.state)


def is_at_rest(spool: Path, state: Path) -> bool:
    """Tell whether no drop folder holds a file and nothing in the journal is under way."""
    if any(os.listdir(folder) for name in ("out", "claimed") for folder in spool.glob(f"*/{name}")):
        return False
    moving = (
        "SELECT (SELECT count(*) FROM files WHERE state = 'claimed')"
        " + (SELECT count(*) FROM documents WHERE state IN ('valid', 'packed', 'received'))"
        " + (SELECT count(*) FROM flows WHERE state IN ('ready', 'sending', 'fetched'))"
    )
    return _ask(state, moving) == 0


def _count(state: Path, table: str) -> int:
    return _ask(state, f"SELECT count(*) FROM {table}")


def _ask(state: Path, question: str) -> int:
    with closing(sqlite3.connect(f"file:{state / 'journal.db'}?mode=ro", uri=True, timeout=30)) as journal:
        return int(journal.execute(question).fetchone()[0])


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
