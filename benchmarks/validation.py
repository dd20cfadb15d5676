"""How fast invoices are judged, and in how much memory, against what a user would script. Prints tables.

The script is one process that keeps the schema and the unmodified official stylesheets compiled: lxml for the schema,
SaxonC by parse_xml(text) and transform_to_string, lxml to read the answer. Every comparison is made in the same run, in
alternating rounds; read ratios, not seconds.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.scripted import Child  # noqa: E402
from edid.config.settings import Limits  # noqa: E402
from edid.documents.identify import identify  # noqa: E402
from edid.sandbox.invoices import cii_invoice, ubl_invoice  # noqa: E402
from edid.validation import catalogue  # noqa: E402
from edid.validation.packs import Pack  # noqa: E402
from edid.validation.selection import choose  # noqa: E402
from edid.validation.standard import Standard  # noqa: E402
from edid.validation.worker import JudgePool  # noqa: E402

_DAY = date(2026, 11, 23)
_ISSUED = date(2026, 11, 2)
_GUIDELINE = "urn:cen.eu:en16931:2017"
_PROFILES = ("xsd-only", "en16931", "fr-ctc")
_WRITERS: dict[str, Callable[..., bytes]] = {"UBL": ubl_invoice, "CII": cii_invoice}
_SIZES = {"small": 5, "1,000 lines": 1000, "4,000 lines": 4000}
_FEW = {"small": 1, "1,000 lines": 40, "4,000 lines": 160}
"""How many times fewer documents of a size are judged in one round."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents of one form and size."""

    files: list[Path]

    def packs(self, standard: Standard) -> list[Pack]:
        """The packs that judge them."""
        chosen = choose(catalogue.shipped(), identify(self.files[0]), _GUIDELINE, standard)
        return [pack for each in chosen for pack in each.packs[:1]]

    def jobs(self, work: Path) -> list[tuple[Path, Path]]:
        """The files with their work folder; one is enough, for edid takes nothing out of these invoices."""
        return [(path, work) for path in self.files]

    @property
    def megabytes(self) -> float:
        return sum(path.stat().st_size for path in self.files) / len(self.files) / 1000**2


def _written(folder: Path, form: str, lines: int, count: int, *, failing: bool = False) -> Batch:
    files = []
    for number in range(count):
        path = folder / f"{form}-{lines}-{number}{'-failing' if failing else ''}.xml"
        content = _WRITERS[form](f"{form}-{number}", _ISSUED + timedelta(days=number % 20), lines=lines, frame="S1")
        path.write_bytes(_with_long_amounts(content) if failing else content)
        files.append(path)
    return Batch(files)


def _with_long_amounts(content: bytes) -> bytes:
    """Give the amount of every line three decimals, which breaks a rule of EN 16931 and a French one on each."""
    pattern = rb"(<(?:cbc:LineExtensionAmount|ram:LineTotalAmount)[^>]*>[\d.]+)(<)"
    return re.sub(pattern, rb"\g<1>1\g<2>", content)


# --- measuring --------------------------------------------------------------------------------------------------

Contestant = Callable[[Batch, Standard], float]
"""Judges a batch; returns the seconds."""


def _pool(pool: JudgePool, work: Path) -> Contestant:
    def _judge(batch: Batch, standard: Standard) -> float:
        jobs = batch.jobs(work)
        start = time.perf_counter()
        judged = pool.judge(jobs, standard=standard)
        seconds = time.perf_counter() - start
        lost = [each.verdict.not_judged_because for each in judged if each.verdict.not_judged_because]
        if lost:
            raise SystemExit(f"a document was not judged: {lost[0]}")
        return seconds

    return _judge


def _child(child: Child) -> Contestant:
    return lambda batch, standard: child.judge(batch.files, standard, batch.packs(standard))[0]


@contextmanager
def _children(*ways: str) -> Iterator[list[Child]]:
    children = [Child(way) for way in ways]
    try:
        yield children
    finally:
        for child in children:
            child.close()


def _rounds(contestants: Sequence[Contestant], batch: Batch, standard: Standard, rounds: int) -> list[list[float]]:
    """Return the seconds of each contestant; they take turns, and the first round, which warms up, is not counted."""
    times: list[list[float]] = [[] for _ in contestants]
    for turn in range(rounds + 1):
        order = range(len(contestants)) if turn % 2 else reversed(range(len(contestants)))
        for place in order:
            seconds = contestants[place](batch, standard)
            if turn:
                times[place].append(seconds)
    return times


def _ratio(mine: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios of each round."""
    return statistics.median(one / other for one, other in zip(mine, theirs, strict=True))


def _each_ms(seconds: Sequence[float], batch: Batch) -> str:
    return f"{statistics.median(seconds) / len(batch.files) * 1000:.1f}"


def _peak(pid: int) -> int:
    """Return the largest resident set of a process since `_forget_peak`, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1000)


def _processor_seconds(*pids: int) -> float:
    """Return the processor time that processes have used: unlike the clock, it does not count other programs."""
    used = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


def _forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


# --- sections ---------------------------------------------------------------------------------------------------


def speed(console: Console, base: Path, count: int, rounds: int) -> None:
    """Judge valid invoices of three sizes by three profiles: edid with one process, and the script."""
    heads = ("MB", "profile", "edid ms", "script ms", "edid / script", "docs/s", "peak MB edid", "peak MB script")
    table = Table("documents", *heads, title="Valid invoices, one judge process, warm")
    with JudgePool(Limits(), idle=3600) as pool, _children("script") as (script,):
        contestants = (_pool(pool, base), _child(script))
        for size, lines in _SIZES.items():
            for form in _WRITERS:
                batch = _written(base, form, lines, max(1, count // _FEW[size]))
                for profile in _PROFILES:
                    standard = Standard(profile, day=_DAY)
                    contestants[0](batch, standard)
                    for pid in (*pool.pids(), script.pid):
                        _forget_peak(pid)
                    mine, theirs = _rounds(contestants, batch, standard, rounds)
                    peaks = [_peak(pid) for pid in (*pool.pids(), script.pid)]
                    table.add_row(
                        f"{form}, {size}",
                        f"{batch.megabytes:.3f}",
                        profile,
                        _each_ms(mine, batch),
                        _each_ms(theirs, batch),
                        f"{_ratio(mine, theirs):.2f}",
                        f"{len(batch.files) / statistics.median(mine):.0f}",
                        *map(str, peaks),
                    )
            table.add_section()
    console.print(table)


def pool(console: Console, base: Path, count: int, rounds: int) -> None:
    """What the pool costs: one process behind its pipe, and `judge_file` called in a loop."""
    heads = ("pool ms", "in process ms", "pool / in process", "processor ms", "in process ms", "pool / in process")
    table = Table("documents", "profile", *heads, title="What the pool costs, by the clock and in processor time")
    with JudgePool(Limits(), idle=3600) as one, _children("direct") as (here,):
        contestants = (_pool(one, base), _child(here))
        for form in _WRITERS:
            batch = _written(base, form, _SIZES["small"], count)
            for profile in _PROFILES:
                standard = Standard(profile, day=_DAY)
                for contestant in contestants:
                    contestant(batch, standard)
                groups = ((os.getpid(), *one.pids()), (here.pid,))
                before = [_processor_seconds(*pids) for pids in groups]
                mine, theirs = _rounds(contestants, batch, standard, rounds)
                judged = len(batch.files) * (rounds + 1)
                used = [_processor_seconds(*pids) - was for pids, was in zip(groups, before, strict=True)]
                table.add_row(
                    f"{form}, small",
                    profile,
                    _each_ms(mine, batch),
                    _each_ms(theirs, batch),
                    f"{_ratio(mine, theirs):.2f}",
                    *(f"{seconds / judged * 1000:.2f}" for seconds in used),
                    f"{used[0] / used[1]:.2f}",
                )
    console.print(table)


def cores(console: Console, base: Path, count: int, rounds: int) -> None:
    """How much faster two judge processes are than one; the best rounds tell most where other programs run, too."""
    heads = ("one: docs/s", "two: docs/s", "two / one", "of the best rounds", "one: processor ms", "two: processor ms")
    table = Table("documents", "profile", *heads, title="One and two judge processes")
    with JudgePool(Limits(), idle=3600) as one, JudgePool(Limits(), size=2, idle=3600) as two:
        for form in _WRITERS:
            batch = _written(base, form, _SIZES["small"], count * 2)
            for profile in _PROFILES:
                standard = Standard(profile, day=_DAY)
                contestants = (_pool(one, base), _pool(two, base))
                for contestant in contestants:
                    contestant(batch, standard)
                before = [_processor_seconds(*each.pids()) for each in (one, two)]
                alone, both = _rounds(contestants, batch, standard, rounds)
                used = [_processor_seconds(*each.pids()) - was for each, was in zip((one, two), before, strict=True)]
                table.add_row(
                    f"{form}, small",
                    profile,
                    *(f"{len(batch.files) / statistics.median(times):.0f}" for times in (alone, both)),
                    f"{_ratio(alone, both):.2f}",
                    f"{min(alone) / min(both):.2f}",
                    *(f"{seconds / len(batch.files) / (rounds + 1) * 1000:.2f}" for seconds in used),
                )
    console.print(table)
    console.print(
        f"Two programs that only count get {_room():.2f} times as far as one here and now: no more can be had.\n"
    )


def _room() -> float:
    """Return how much further two programs get than one: 2 where two cores are free."""
    count = "import time; end = time.perf_counter() + 1; n = 0\nwhile time.perf_counter() < end: n += 1\nprint(n)"

    def _reached(programs: int) -> int:
        running = [subprocess.Popen([sys.executable, "-c", count], stdout=subprocess.PIPE) for _ in range(programs)]
        return sum(int(each.communicate()[0]) for each in running)

    return statistics.median(_reached(2) / _reached(1) for _ in range(5))


def failing(console: Console, base: Path, rounds: int) -> None:
    """Every line breaks rules: official stylesheets then need time that grows with the square of the lines."""
    table = Table("documents", "profile", "edid s", "script s", "edid / script", title="Every line at fault")
    with JudgePool(Limits(), idle=3600) as one, _children("script") as (script,):
        for form in _WRITERS:
            for lines in (1000, 2000, 4000):
                batch = _written(base, form, lines, 1, failing=True)
                standard = Standard("fr-ctc", day=_DAY)
                mine, theirs = _rounds((_pool(one, base), _child(script)), batch, standard, min(rounds, 3))
                times = [f"{statistics.median(times):.2f}" for times in (mine, theirs)]
                table.add_row(f"{form}, {lines:,} lines", "fr-ctc", *times, f"{_ratio(mine, theirs):.2f}")
            table.add_section()
    console.print(table)


def large(console: Console, base: Path) -> None:
    """Invoices about as large as rules are run on: time, memory of a fresh process, and whether it is enough."""
    table = Table("document", "MB", "profile", "seconds", "peak MB", "outcome", title="Large invoices, fresh processes")
    for form, lines in (("UBL", 13_700), ("UBL", 27_000), ("CII", 15_700)):
        for bad in (False, True):
            batch = _written(base, form, lines, 1, failing=bad)
            for profile in _PROFILES[1:]:
                with JudgePool(Limits(), idle=3600) as one:
                    start = time.perf_counter()
                    (judged,) = one.judge(batch.jobs(base), standard=Standard(profile, day=_DAY))
                    seconds = time.perf_counter() - start
                    peak = str(_peak(one.pids()[0])) if one.pids() else "-"
                outcome = judged.verdict.not_judged_because or str(judged.verdict.outcome)
                name = f"{form}, {lines:,} lines{', each at fault' if bad else ''}"
                table.add_row(name, f"{batch.megabytes:.1f}", profile, f"{seconds:.1f}", peak, outcome)
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="small documents in a round; fewer of the larger ones")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("speed", "pool", "cores", "failing", "large"))
    options = parser.parse_args()
    console = Console(width=140)
    with tempfile.TemporaryDirectory(prefix="edid-bench-") as name:
        base = Path(name)
        if options.only in {None, "speed"}:
            speed(console, base, options.count, options.rounds)
        if options.only in {None, "pool"}:
            pool(console, base, options.count, options.rounds)
        if options.only in {None, "cores"}:
            cores(console, base, options.count, options.rounds)
        if options.only in {None, "failing"}:
            failing(console, base, options.rounds)
        if options.only in {None, "large"}:
            large(console, base)


if __name__ == "__main__":
    main()
