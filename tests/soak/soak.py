"""One soak: a storm in which the daemon is ended again and again, fair weather in which it is measured, then quiet."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.acceptance.company import Company
from tests.soak.books import Books
from tests.soak.chaos import Chaos
from tests.soak.erp import Erp
from tests.soak.faults import Surroundings
from tests.soak.gauge import Gauge
from tests.soak.household import Household
from tests.soak.ledger import Ledger, read
from tests.soak.partners import Partner
from tests.soak.platform import Platform
from tests.soak.quiet import settle
from tests.soak.reckoning import reckon
from tests.soak.sheets import Sheet, write_all
from tests.soak.slopes import Slope
from tests.soak.weather import Crew, Weather

_ERPS = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """How much of everything."""

    seconds: float
    drops: float = 3.0
    """Each second, of all ERPs together; bursts come on top."""
    burst: int = 200
    storm: float = 0.5
    """Share of the time in which the daemon is ended again and again; after it, it is measured."""
    rules: str | None = None
    """Profile of one of the sheets; None: all rules of its platform."""
    settle: float = 300.0
    """Seconds that everything may take to come to rest once the faults have ended."""

    @property
    def probe_every(self) -> float:
        """Seconds between two calm moments."""
        return max(8.0, self.seconds / 120)

    @property
    def sample_every(self) -> float:
        """Seconds between two samples."""
        return max(1.0, self.seconds / 600)


@dataclass
class Report:
    """What a soak did and found."""

    lines: int = 0
    documents: Counter[str] = field(default_factory=Counter)
    flows: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    household: Counter[str] = field(default_factory=Counter)
    settled_after: float = 0.0
    operator: list[str] = field(default_factory=list)
    slopes: list[Slope] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    books: Books = field(init=False)

    def reckon(self, company: Company, sheets: Mapping[str, Sheet], ledger: Path) -> None:
        """Compare everything with the ledger, and count what there was."""
        self.books = books = reckon(company, sheets, ledger)
        self.lines = len(books.lines)
        self.documents = Counter(f"{row.direction} {row.state}" for row in books.documents)
        self.flows = Counter(f"{row.direction} {row.state}" for row in books.flows)
        self.disagreements += books.disagreements


def soak(folder: Path, partners: Mapping[str, Partner], seed: str, pace: Pace) -> Report:
    """Run one soak in `folder`, which is left as it is at the end."""
    company = Company(folder / "company")
    sheets = write_all(company, partners, pace.rules)
    house = Household(company, folder / "daemon.log")
    ledger = Ledger(folder / "ledger.jsonl")
    weather, report = Weather(), Report()
    crew = Crew(weather)
    chaos = _chaos(house, partners, sheets, weather, seed)
    chaos.surroundings.longest = min(8.0, pace.seconds / 6)
    singles = [sheet for sheet in sheets.values() if sheet.sends and not sheet.batched]
    prober = Erp("probe", company.spool, singles, ledger, seed)
    gauge = Gauge(house, prober, singles, weather, folder / "samples.csv")
    try:
        house.start()
        storm = time.monotonic() + pace.seconds * pace.storm
        end = time.monotonic() + pace.seconds
        _engage(crew, company.spool, partners, sheets, ledger, seed, pace)
        crew.engage("surroundings", chaos.around)
        crew.engage("chaos", lambda: chaos.within(restarts=time.monotonic() < storm))
        weather.rest(storm - time.monotonic())
        _measure(gauge, weather, end, pace)
        crew.dismiss()
        began = time.monotonic()
        report.operator = settle(house, sheets.values(), read(ledger.path), pace.settle)
        report.settled_after = time.monotonic() - began
        if house.stop() != 0:
            house.complaints.append("the last stop was not clean")
        report.reckon(company, sheets, ledger.path)
    finally:
        crew.dismiss()
        ledger.close()
        company.kill_all()
    report.disagreements += [f"a fault of the soak itself: {fault}" for fault in crew.faults]
    report.disagreements += house.complaints + [f"calm: {one}" for one in gauge.restless]
    report.slopes, report.strange = gauge.slopes(), house.strange
    report.household, report.faults = house.counts, chaos.counts
    return report


def _chaos(
    house: Household, partners: Mapping[str, Partner], sheets: Mapping[str, Sheet], weather: Weather, seed: str
) -> Chaos:
    dice = random.Random(f"{seed}-surroundings")
    around = Surroundings(house, [*partners.values()], sheets, dice, weather.rest)
    return Chaos(house, around, sheets, random.Random(f"{seed}-chaos"), weather.rest)


def _engage(
    crew: Crew,
    spool: Path,
    partners: Mapping[str, Partner],
    sheets: Mapping[str, Sheet],
    ledger: Ledger,
    seed: str,
    pace: Pace,
) -> None:
    """Let ERPs and platforms act; one ERP has bursts."""
    for place in range(_ERPS):
        erp = Erp(f"erp{place}", spool, [*sheets.values()], ledger, seed)
        erp.rate = pace.drops / _ERPS
        erp.burst = 0 if place else pace.burst
        crew.engage(f"erp{place}", erp.deed)
    for partner in partners.values():
        crew.engage(partner.name, Platform(partner, [*sheets.values()], ledger, seed).deed)


def _measure(gauge: Gauge, weather: Weather, end: float, pace: Pace) -> None:
    """Sample the daemon, and time a probe now and then, until `end`."""
    next_probe = time.monotonic()
    while time.monotonic() < end:
        gauge.sample()
        if time.monotonic() >= next_probe:
            gauge.probe()
            next_probe = time.monotonic() + pace.probe_every
        weather.rest(pace.sample_every)
