"""Backups as docs/audit.md says: made while the daemon works, put back elsewhere, and the work goes on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from edid.audit.verify import verify
from edid.journal.database import Journal, open_journal
from edid.journal.events import Event, record
from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.company import Company, contents
from tests.integration.journal.old_journals import content
from tests.partners.postgresql import PostgresqlServer

DAY = date(2026, 9, 1)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path / "company")
    yield made
    made.kill_all()


def test_a_backup_of_a_working_daemon_is_restored_and_the_work_goes_on(company: Company, tmp_path: Path) -> None:
    partner, backup = tmp_path / "partner", tmp_path / "backup"
    for folder in (partner / "in", partner / "out", backup):
        folder.mkdir(parents=True)
    sheet = company.sheet("chorus", {"protocol": "folder", "root": str(partner)})
    daemon = company.run()
    for number in range(8):
        company.drop(sheet, f"{number}.xml", ubl_invoice(f"F-{number}", DAY))
    daemon.wait_for("flow.ready")
    assert company.edid("journal", "backup", backup / "journal.db").returncode == 0
    shutil.copytree(company.state / "store", backup / "store")
    company.wait_until_settled(8)
    assert daemon.stop() == 0
    sent = contents(partner / "in")
    assert len(sent) == 8

    company.state.rename(tmp_path / "lost")
    company.state.mkdir(mode=0o700)
    shutil.copy(backup / "journal.db", company.state)
    shutil.copytree(backup / "store", company.state / "store")
    verified = company.edid("journal", "verify")
    assert verified.returncode == 0, verified.stdout
    skipped = company.edid("journal", "restored", "--skip", "100")
    assert skipped.returncode == 0, skipped.stderr
    assert "are never used" in skipped.stdout

    daemon = company.run()
    company.drop(sheet, "new.xml", ubl_invoice("F-new", DAY))
    daemon.wait_for("document.valid", number="F-new")
    kept = {name: bytes_ for name, bytes_ in contents(partner / "in").items() if name in sent}
    assert kept == sent, "what the partner has was neither sent again nor written over"
    assert company.edid("journal", "restored").returncode != 0, "only with the daemon stopped"
    assert daemon.stop() == 0
    assert company.edid("journal", "verify").returncode == 0


@pytest.fixture
def on_server(server: PostgresqlServer, migrated: str) -> Iterator[tuple[str, Journal]]:
    name = server.database(migrated)
    opened = open_journal(server.url(name))
    yield name, opened
    opened.close()


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump here")
def test_a_dump_of_a_server_is_restored_with_its_chain_and_its_triggers(
    server: PostgresqlServer, on_server: tuple[str, Journal], tmp_path: Path
) -> None:
    name, journal = on_server
    with journal.writing() as tx:
        record(tx, [Event("x", "sheet", data={"é": number}) for number in range(50)])
    _tool("pg_dump", "--format=custom", f"--file={tmp_path / 'journal.dump'}", _libpq(server, name))
    fresh = server.database()
    _tool("pg_restore", "--exit-on-error", f"--dbname={_libpq(server, fresh)}", str(tmp_path / "journal.dump"))
    restored = open_journal(server.url(fresh))
    try:
        done = verify(restored, None)
        assert (done.faults, done.head) == ([], verify(journal, None).head)
        with journal.reading() as before, restored.reading() as after:
            assert content(after) == content(before)
        with pytest.raises(DBAPIError, match="append-only"), restored.writing() as tx:
            tx.execute(text("UPDATE events SET name = 'y'"))
        with restored.writing() as tx:
            record(tx, [Event("x", "sheet")])
        assert verify(restored, None).events == 51
    finally:
        restored.close()


def _libpq(server: PostgresqlServer, name: str) -> str:
    return server.url(name).replace("postgresql+psycopg", "postgresql")


def _tool(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
