"""What only a server can do to a journal: be away, come back, refuse; and the whole corridor on one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from edid.config.settings import Limits
from edid.documents.kinds import Facts
from edid.errors import ConfigError, EdidError, TransientError
from edid.flows.names import FlowName, parse_lenient
from edid.journal.database import Journal, open_journal
from edid.sandbox.answers import StatusLine, flow_report, invoice_statuses
from edid.sandbox.invoices import SELLER, Breakage, broken_invoice, ubl_invoice
from edid.sandbox.pivot import pivot
from edid.sandbox.receiver import incoming_invoices
from edid.validation.worker import JudgePool
from tests.partners.postgresql import PostgresqlServer
from tests.unit.exchange.corridor import Corridor, Crash, crash_at

DAY = date(2026, 9, 1)
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def journal(server: PostgresqlServer, migrated: str) -> Iterator[Journal]:
    opened = open_journal(server.url(server.database(migrated)))
    yield opened
    opened.close()


@pytest.fixture
def corridor(journal: Journal, tmp_path: Path) -> Iterator[Corridor]:
    with JudgePool(Limits(), 2) as judges:
        yield Corridor(tmp_path, judges, journal=journal, validation={"profile": "xsd-only"})


def _parsed(name: str) -> FlowName:
    parsed = parse_lenient(name)
    assert parsed is not None
    return parsed


def _statuses(code: str, number: str, *, flow: int = 1) -> tuple[str, bytes]:
    name = _parsed(f"FEN1200A_ABC123_CPP0011200{flow:015d}")
    facts = Facts(number=number, issue_date=DAY, seller_id=SELLER.siret)
    return str(name), invoice_statuses(name, [StatusLine(code, facts)], AT)


def test_the_whole_corridor_runs_on_a_server(corridor: Corridor) -> None:
    corridor.outbound(
        ("a.xml", ubl_invoice("F-1", DAY)),
        ("again.xml", ubl_invoice("F-1", DAY)),
        ("bad.xml", broken_invoice(Breakage.BAD_DATE)),
        ("empty.xml", b""),
    )
    assert sorted(corridor.states()) == ["duplicate", "rejected", "sent"]
    (flow,) = corridor.flows()
    assert corridor.delivered() == {flow.name: ubl_invoice("F-1", DAY)}
    report = _parsed("CSO1100A_ABC123_CPP0011100000000000000001")
    corridor.inbound(str(report), flow_report(report, _parsed(flow.name), "92", AT))
    corridor.inbound(*_statuses("07", "F-1"))
    corridor.inbound(*_statuses("07", "UNKNOWN", flow=2))
    assert corridor.flows()[0].report == "integrated"
    assert next(row for row in corridor.documents() if row.state == "sent").status == "SERVICE_FAIT"
    receiver = corridor.receiver()
    name = _parsed("FEN0036A_ABC123_CPP0010036000000000000001")
    assert corridor.inbound(str(name), pivot(name, incoming_invoices(2, DAY), AT), receiver).state == "filed"
    assert corridor.inbound("strange", b"what is this?", receiver).state == "kept"
    assert [row.state for row in corridor.documents("in")] == ["filed", "filed"]


def test_texts_of_any_length_are_journalled(corridor: Corridor) -> None:
    number = "N" * 5000
    corridor.outbound(("a.xml", ubl_invoice(number, DAY)), ("b.xml", ubl_invoice(number + "1", DAY)))
    assert corridor.states() == ["sent", "sent"]
    name, content = _statuses("07", number)
    content = content.replace(b"<IdStatut>07<", b"<IdStatut>" + b"9" * 5000 + b"<").replace(b"V1_19", b"V" * 5000)
    assert corridor.inbound(name, content).state == "filed"
    assert corridor.inbound("n" * 250, b"what is this?").state == "kept"


@pytest.mark.parametrize(
    "place",
    [
        "edid.exchange.storing.finish",
        "edid.exchange.judging.journal_judged",
        "edid.exchange.packing._journal",
        "edid.exchange.sending.commit_sent",
    ],
)
def test_a_crash_anywhere_sends_once(corridor: Corridor, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    crash_at(monkeypatch, place)
    with pytest.raises(Crash):
        corridor.outbound(("a.xml", ubl_invoice("F-1", DAY)))
    corridor.restart()
    corridor.recover()
    corridor.outbound()
    assert corridor.states() == ["sent"]
    assert len(corridor.delivered()) == 1


def test_a_server_that_was_restarted_is_found_again(server: PostgresqlServer, corridor: Corridor) -> None:
    corridor.drop("a.xml", ubl_invoice("F-1", DAY))
    corridor.take()
    server.stop()
    try:
        with pytest.raises(OperationalError):
            corridor.judge()
    finally:
        server.start()
    corridor.outbound()
    assert corridor.states() == ["sent"]


def test_a_server_that_is_away_is_said_without_any_password(server: PostgresqlServer) -> None:
    with pytest.raises(TransientError, match=r"does not answer.*that the database server is up") as caught:
        open_journal("postgresql+psycopg://edid:secret@/journal?host=/nowhere")
    assert "secret" not in str(caught.value)
    with pytest.raises(EdidError, match="does not exist"):
        open_journal(server.url("missing"))


def test_a_driver_that_is_not_installed_is_named_with_what_to_install() -> None:
    with pytest.raises(ConfigError, match=r"needs a driver.*Install psycopg"):
        open_journal("postgresql+psycopg2://edid@/journal")
