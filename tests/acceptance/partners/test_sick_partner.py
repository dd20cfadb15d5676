"""A sick partner on one sheet, a healthy one on another: one is served meanwhile, the other by itself once it is well.

One run of the daemon goes through all sicknesses, one after another. Nobody gives a command, and no configuration is
read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import pytest

from edid.flows.names import parse_strict
from edid.journal import queries
from edid.journal.database import Journal, default_url, open_journal
from edid.sandbox.answers import flow_report
from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.company import Company, contents
from tests.acceptance.daemon import Daemon
from tests.acceptance.offers import NOON, flow_name
from tests.partners.faulty import FaultyPartner
from tests.partners.faulty_faults import DENIED, DISK_FULL, FAILURE, Ask
from tests.partners.openssh import OpenSshPartner
from tests.partners.waiting import until

SICK, HEALTHY = "malade", "sain"
DAY = date(2026, 3, 2)
Sickness = Callable[[FaultyPartner], AbstractContextManager[None]]


@dataclass
class Exchange:
    """One daemon with two partners; what was given to it on each side."""

    company: Company
    daemon: Daemon
    sick: FaultyPartner
    healthy: OpenSshPartner
    journal: Journal
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    dropped: dict[str, list[bytes]] = field(default_factory=lambda: {SICK: [], HEALTHY: []})

    def drop(self, sheet: str) -> bytes:
        """Drop one invoice for that partner."""
        number = f"{sheet[0].upper()}-{next(self.numbers)}"
        content = ubl_invoice(number, DAY, lines=1)
        self.company.drop(sheet, f"{number}.xml", content)
        self.dropped[sheet].append(content)
        return content

    def holds(self, sheet: str, content: bytes) -> bool:
        """Tell whether the partner of that sheet has it under a final name."""
        return content in self.stands(sheet).values()

    def stands(self, sheet: str) -> dict[str, bytes]:
        """What a partner sees in its in folder, without the temporary names that were agreed."""
        folder = (self.sick if sheet == SICK else self.healthy).root / "in"
        found = contents(folder) if folder.is_dir() else {}
        return {name: content for name, content in found.items() if not name.endswith(".part")}

    def flows(self, direction: str) -> Sequence[Any]:
        """Flows of the sick partner's sheet."""
        with self.journal.reading() as view:
            return queries.list_flows(view, queries.Filter(limit=10_000, sheet=SICK, direction=direction))

    def waiting(self) -> list[Any]:
        """Flows that the sick partner has not got."""
        return [flow for flow in self.flows("out") if flow.state != "sent"]

    def offer(self, name: str, content: bytes) -> None:
        """Let the sick partner offer a file, whole when it appears."""
        self.sick.write(f"tmp/{name}", content).rename(self.sick.root / "out" / name)

    def failures(self) -> int:
        """How often the sick partner was polled in vain, for all or for one file."""
        return sum(len(self.daemon.events(name, sheet=SICK)) for name in ("poll.failed", "flow.fetch_failed"))

    def received(self, name: str) -> list[Any]:
        """Flows that came under that name."""
        return [flow for flow in self.flows("in") if flow.name == name]


@pytest.fixture(scope="module")
def sick() -> Iterator[FaultyPartner]:
    with FaultyPartner.started() as partner:
        yield partner


@pytest.fixture(scope="module")
def exchange(company_of_module: Company, partner_of_module: OpenSshPartner, sick: FaultyPartner) -> Iterator[Exchange]:
    company = company_of_module
    quick = {"first": "100ms", "longest": "300ms", "refused": "200ms", "tries": 1000, "jitter": 0}
    patience = {"connect": "5s", "banner": "5s", "auth": "2s", "channel": "1s"}
    company.configure(schedules={"scan": "200ms"}, limits={"flow_size": "2MB"})
    company.sheet(
        SICK,
        sick.settings(timeouts=patience),
        application_code="MAL001",
        retry=quick,
        poll={"every": "1s", "jitter": "0s"},
        after_fetch={"action": "delete"},
    )
    company.sheet(HEALTHY, partner_of_module.settings(), application_code="SAI001")
    daemon = company.run()
    journal = open_journal(default_url(company.state))
    yield Exchange(company, daemon, sick, partner_of_module, journal)
    journal.close()
    assert daemon.stop() == 0
    assert not daemon.unread


@contextmanager
def _stopped(partner: FaultyPartner) -> Iterator[None]:
    partner.stop()
    yield
    partner.start()


@contextmanager
def _another_key(partner: FaultyPartner) -> Iterator[None]:
    partner.show_host_key(1)
    partner.cut()
    yield
    partner.show_host_key(0)


def _without(name: str) -> Sickness:
    @contextmanager
    def sickness(partner: FaultyPartner) -> Iterator[None]:
        moved = (partner.root / name).rename(partner.root / "elsewhere")
        yield
        moved.rename(partner.root / name)

    return sickness


def _switched(*, afresh: bool = False, **faults: Any) -> Sickness:
    """Switch on faults; `afresh`: they are met at the next login only, so sessions end first."""

    @contextmanager
    def sickness(partner: FaultyPartner) -> Iterator[None]:
        for name, value in faults.items():
            setattr(partner.faults, name, value)
        if afresh:
            partner.cut()
        yield
        partner.faults.calm()
        partner.cut()

    return sickness


BOTH_RENAMES = (Ask.RENAME, Ask.POSIX_RENAME)
OUTBOUND: dict[str, Sickness] = {
    "is down": _stopped,
    "never answers the key": _switched(afresh=True, silent_login=True),
    "refuses our key": _switched(afresh=True, refuses_key=True),
    "has let the password expire": _switched(afresh=True, password_expired=True),
    "has no session left": _switched(afresh=True, no_sessions=4),
    "shows another host key": _another_key,
    "has lost its in folder": _without("in"),
    "forbids to write": _switched(refuses={Ask.OPEN: (DENIED, "")}),
    "forbids to rename": _switched(refuses=dict.fromkeys(BOTH_RENAMES, (DENIED, ""))),
    "fails to rename": _switched(refuses=dict.fromkeys(BOTH_RENAMES, (FAILURE, ""))),
    "has a full disk": _switched(room=100, full_code=DISK_FULL),
    "tells a wrong size": _switched(lie=lambda size: size - 1),
    "cuts each upload": _switched(drops_written_at=1000),
    "resets each upload": _switched(drops_written_at=1000, resets=True),
    "accepts and falls silent": _switched(silent_on={Ask.WRITE}),
    "lets its answers drip": _switched(drips=0.2),
    "cuts after the rename": _switched(drops_after={Ask.POSIX_RENAME}),
}


@pytest.mark.parametrize("sickness", OUTBOUND.values(), ids=OUTBOUND.keys())
def test_others_are_served_meanwhile_and_the_sick_one_by_itself_when_it_is_well(
    exchange: Exchange, sickness: Sickness
) -> None:
    with sickness(exchange.sick):
        for_the_sick = exchange.drop(SICK)
        until(
            lambda: any(flow.reason for flow in exchange.waiting()) or exchange.holds(SICK, for_the_sick), "it is met"
        )
        for_the_healthy = exchange.drop(HEALTHY)
        until(lambda: exchange.holds(HEALTHY, for_the_healthy), "the healthy partner is served")
        assert set(exchange.stands(SICK).values()) <= set(exchange.dropped[SICK]), "nothing partial is shown"
    until(lambda: not exchange.waiting() and exchange.holds(SICK, for_the_sick), "the partner that is well is served")


INBOUND: dict[str, Sickness] = {
    "has lost its out folder": _without("out"),
    "forbids to list": _switched(refuses={Ask.OPENDIR: (DENIED, "")}),
    "cuts each listing": _switched(drops_before={Ask.READDIR}),
    "lets its listing drip": _switched(drips=0.2),
    "cuts each download": _switched(drops_read_at=100),
    "falls silent on reading": _switched(silent_on={Ask.READ}),
    "forbids to read": _switched(refuses={Ask.OPEN: (DENIED, "")}),
    "still writes": _switched(lie=lambda size: size - 1),
    "cuts after the removal": _switched(drops_after={Ask.REMOVE}),
}


@pytest.mark.parametrize("sickness", INBOUND.values(), ids=INBOUND.keys())
def test_what_a_sick_partner_offers_is_filed_once_when_it_is_well(exchange: Exchange, sickness: Sickness) -> None:
    name = flow_name("CSO1100A", next(exchange.numbers), "MAL001")
    about = parse_strict(f"FSO1100A_MAL001_MAL0011100{next(exchange.numbers):015d}")
    exchange.sick.write(f"tmp/{name}", flow_report(name, about, "92", NOON))
    failed = exchange.failures()
    with sickness(exchange.sick):
        out = exchange.sick.root / "out"
        if out.is_dir():
            (exchange.sick.root / "tmp" / str(name)).rename(out / str(name))
        until(lambda: exchange.failures() > failed, "it was polled in vain")
        for_the_healthy = exchange.drop(HEALTHY)
        until(lambda: exchange.holds(HEALTHY, for_the_healthy), "the healthy partner is served")
    if (exchange.sick.root / "tmp" / str(name)).exists():
        (exchange.sick.root / "tmp" / str(name)).rename(exchange.sick.root / "out" / str(name))
    until(lambda: [flow.state for flow in exchange.received(str(name))] == ["filed"], "the report is filed")
    until(lambda: list((exchange.sick.root / "out").iterdir()) == [], "it was removed there")
    assert len(exchange.received(str(name))) == 1
    until(lambda: exchange.company.temporary() == [], "nothing temporary is left")


def test_a_file_that_is_too_large_keeps_no_other_back_and_is_fetched_once_it_is_another(exchange: Exchange) -> None:
    large, name = (str(flow_name("CSO1100A", next(exchange.numbers), "MAL001")) for _ in range(2))
    about = parse_strict(f"FSO1100A_MAL001_MAL0011100{next(exchange.numbers):015d}")
    exchange.sick.write(f"tmp/{large}", b"<!-- " * 500_000).rename(exchange.sick.root / "out" / large)
    exchange.daemon.wait_for("flow.fetch_failed", sheet=SICK, flow=large)
    exchange.offer(name, flow_report(flow_name("CSO1100A", 1, "MAL001"), about, "92", NOON))
    until(lambda: [flow.state for flow in exchange.received(name)] == ["filed"], "the other file is filed")
    assert exchange.received(large) == []
    exchange.offer(large, flow_report(flow_name("CSO1100A", 1, "MAL001"), about, "92", NOON))
    until(
        lambda: [flow.state for flow in exchange.received(large)] == ["filed"], "what replaced the large file is filed"
    )


def test_in_the_end_everybody_has_every_invoice_once_under_one_name(exchange: Exchange) -> None:
    for sheet in (SICK, HEALTHY):
        assert sorted(exchange.stands(sheet).values()) == sorted(exchange.dropped[sheet])
    renamed = [path for what, path in exchange.sick.done if what == "rename"]
    assert sorted(renamed) == sorted({f"in/{flow.name}" for flow in exchange.flows("out")})
    assert list((exchange.sick.root / "in").glob("*.part")) == []
