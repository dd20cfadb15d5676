from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from edid.config.settings import Limits
from edid.documents.kinds import Facts
from edid.flows.names import FlowName, parse_lenient
from edid.journal.database import Journal
from edid.sandbox.answers import StatusLine, flow_report, invoice_statuses
from edid.sandbox.invoices import SELLER, Breakage, broken_invoice, ubl_invoice
from edid.sandbox.pivot import pivot
from edid.sandbox.receiver import incoming_invoices
from edid.validation.worker import JudgePool
from tests.blank import new_journal
from tests.unit.exchange.corridor import Corridor

DAY = date(2026, 9, 1)
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
RULES = {"profile": "xsd-only"}
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"

Forge = Callable[..., None]


def forge(path: Path, *statements: str) -> None:
    """What somebody with the rights of the database's owner does: the triggers away, then whatever they like."""
    with closing(sqlite3.connect(path)) as database, database:
        for (name,) in database.execute(TRIGGERS).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)


@pytest.fixture(scope="session")
def judges() -> Iterator[JudgePool]:
    with JudgePool(Limits(), 2) as pool:
        yield pool


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = new_journal(tmp_path)
    yield opened
    opened.close()


def _parsed(name: str) -> FlowName:
    parsed = parse_lenient(name)
    assert parsed is not None
    return parsed


@pytest.fixture(scope="session")
def _busy_folder(tmp_path_factory: pytest.TempPathFactory, judges: JudgePool) -> Path:
    folder = tmp_path_factory.mktemp("busy")
    busy_corridor(folder, judges).close()
    return folder


@pytest.fixture
def corridor(tmp_path: Path, judges: JudgePool, _busy_folder: Path) -> Iterator[Corridor]:
    """A company that sent one invoice, had others refused, got a report, statuses and two invoices; a copy."""
    shutil.copytree(_busy_folder, tmp_path, dirs_exist_ok=True)
    made = Corridor(tmp_path, judges, validation=RULES)
    made.receiver()
    yield made
    made.close()


def busy_corridor(folder: Path, judges: JudgePool) -> Corridor:
    """What `corridor` is, in any folder."""
    made = Corridor(folder, judges, validation=RULES)
    made.outbound(
        ("a.xml", ubl_invoice("F-1", DAY)),
        ("again.xml", ubl_invoice("F-1", DAY)),
        ("bad.xml", broken_invoice(Breakage.BAD_DATE)),
        ("empty.xml", b""),
    )
    report = _parsed("CSO1100A_ABC123_CPP0011100000000000000001")
    made.inbound(str(report), flow_report(report, _parsed(made.flows()[0].name), "92", AT))
    status = _parsed("FEN1200A_ABC123_CPP0011200000000000000001")
    facts = Facts(number="F-1", issue_date=DAY, seller_id=SELLER.siret)
    made.inbound(str(status), invoice_statuses(status, [StatusLine("07", facts, "vu <é>")], AT))
    incoming = _parsed("FEN0036A_ABC123_CPP0010036000000000000001")
    made.inbound(str(incoming), pivot(incoming, incoming_invoices(2, DAY), AT), made.receiver())
    return made


@pytest.fixture
def store(corridor: Corridor) -> Path:
    return corridor.settings.state / "store"


@pytest.fixture
def database(corridor: Corridor) -> Path:
    return corridor.settings.state / "journal.db"


def document(corridor: Corridor, number: str, state: str) -> Any:
    """The document with this number in this state."""
    rows = [*corridor.documents("out"), *corridor.documents("in")]
    (found,) = (row for row in rows if (row.number, row.state) == (number, state))
    return found
