"""How the runs went: a log of one JSON line a run, which a later campaign goes on with, and the table of counts."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """How one run went."""

    scenario: str
    kind: str
    point: str
    """The call and its number, or the power cut."""
    met: bool = True
    """False: the run went another way and never came to this call."""
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.scenario}, {self.kind}, {self.point}: {'; '.join(self.broken)}"


class Log:
    """A file of results. Several processes may add to it at the same time: each adds whole lines."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Result]:
        """Return what was noted so far; a line that a kill cut off is left out."""
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True) if self.path.exists() else []
        return [Result(**json.loads(line)) for line in lines if line.endswith("}\n")]

    def add(self, result: Result) -> None:
        """Note one result, and print it where a promise was broken."""
        if result.broken:
            print(result, flush=True)
        line = json.dumps(asdict(result), ensure_ascii=False) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def table(results: Sequence[Result]) -> str:
    """Return the counts by scenario and kind of fault."""
    lines = [f"{'scenario':<20} {'fault':<16} {'injected':>8} {'survived':>8} {'broken':>8} {'missed':>8}"]
    total: Counter[str] = Counter()
    for scenario, kind in dict.fromkeys((one.scenario, one.kind) for one in results):
        row = _row([one for one in results if (one.scenario, one.kind) == (scenario, kind)])
        total.update(row)
        lines.append(f"{scenario:<20} {kind:<16} {_columns(row)}")
    return "\n".join([*lines, f"{'all':<37} {_columns(total)}"])


def _row(results: Sequence[Result]) -> Counter[str]:
    met = [one for one in results if one.met]
    broken = sum(bool(one.broken) for one in met)
    return Counter(injected=len(met), survived=len(met) - broken, broken=broken, missed=len(results) - len(met))


def _columns(row: Counter[str]) -> str:
    return " ".join(f"{row[name]:>8}" for name in ("injected", "survived", "broken", "missed"))
