"""The same looks on a database server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from edid.exchange.alerts import rows
from edid.journal.database import Journal, open_journal
from edid.sandbox.invoices import ubl_invoice
from tests.partners.postgresql import PostgresqlServer, binaries
from tests.unit.exchange.alerts.conftest import DAY, HOUR, Open, Watched
from tests.unit.exchange.alerts.test_gaps import name


@pytest.fixture(scope="module")
def journal() -> Iterator[Journal]:
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server here (initdb and postgres)")
    with PostgresqlServer(programs) as running:
        opened = open_journal(running.url(running.database()))
        yield opened
        opened.close()


def test_alerts_are_raised_cleared_and_dismissed_there_too(open_corridor: Open, journal: Journal) -> None:
    changes = {"validation": {"profile": "xsd-only"}, "alerts": {"todo": "1d"}}
    watched = Watched(open_corridor(journal=journal, **changes))
    watched.corridor.outbound(("a.xml", ubl_invoice("F-1", date(2026, 9, 1))), ("bad.xml", b"<Invoice"))
    watched.received(name(1), name(3))
    watched.polled(HOUR, ["X"])
    watched.polled(3 * DAY, ["X"])
    assert [cause.kind for cause in watched.look(3 * DAY).raised] == ["report", "gap", "todo"]
    watched.received(name(2))
    watched.polled(9 * DAY, ["X"])
    changed = watched.look(9 * DAY)
    assert [row.kind for row in changed.cleared] == ["gap"]
    assert [cause.kind for cause in changed.raised] == ["unfetched"]
    with journal.reading() as view:
        (silent,) = [row for row in rows.listed(view) if row.kind == "report"]
        assert rows.count(view) == {"emetteur": 3}
    rows.dismiss(journal, silent.id, "dealt with")
    watched.restart()
    watched.polled(9 * DAY + HOUR, ["X"])
    assert watched.look(9 * DAY + HOUR).raised == ()
    assert [kind for kind, _ in watched.standing()] == ["todo", "unfetched"]
