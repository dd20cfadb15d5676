"""The journal of every released edid comes to the newest form with all that it holds, or stays as it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event, insert
from sqlalchemy.exc import IntegrityError

from edid.audit.verify import verify
from edid.errors import ConfigError
from edid.journal import database, migrate
from edid.journal.database import HEAD, Journal, _engine, _revision, default_url, open_journal
from edid.journal.events import Event, record
from edid.journal.tables import attempts, metadata
from tests.integration.journal.old_journals import ROWS, content, make, released, tables
from tests.partners.postgresql import PostgresqlServer

KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from edid.journal.database import open_journal
left = [int(sys.argv[2])]
@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
open_journal(sys.argv[1])
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        return default_url(tmp_path)
    server: PostgresqlServer = request.getfixturevalue("server")
    return server.url(server.database())


def _snapshot(
    url: str, only: dict[str, list[str]] | None = None
) -> tuple[str | None, dict[str, list[dict[str, object]]]]:
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return _revision(connection), content(connection, only)
    finally:
        engine.dispose()


@pytest.mark.parametrize("revision", released())
def test_a_journal_of_any_released_edid_comes_to_the_newest_form_and_keeps_all(empty: str, revision: str) -> None:
    make(empty, revision)
    found, before = _snapshot(empty)
    assert found == revision
    assert all(before.values()), f"old_journals.py has rows for every table, but: {before}"
    journal = open_journal(empty)
    try:
        columns = {name: list(rows[0]) for name, rows in before.items()}
        assert _snapshot(empty, columns) == (HEAD, before)
        with journal.reading() as view:
            assert compare_metadata(MigrationContext.configure(view), metadata) == []
        assert verify(journal, None).faults == []
        _must_work(journal)
    finally:
        journal.close()


def _must_work(journal: Journal) -> None:
    """New events follow the old ones, and the database still watches who refers to whom."""
    with journal.writing() as tx:
        record(tx, [Event("after", "sheet")])
    assert verify(journal, None).faults == []
    with pytest.raises(IntegrityError), journal.writing() as tx:
        tx.execute(insert(attempts).values(flow_id=99, started_at=ROWS["attempts"][0]["started_at"]))


@pytest.mark.parametrize("revision", released()[:1])
def test_a_migration_that_was_killed_is_done_again_from_the_start(empty: str, revision: str) -> None:
    make(empty, revision)
    before = _snapshot(empty)
    many = _statements(empty, revision)
    for number in (many // 2, many):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, empty, str(number)], check=False, capture_output=True, timeout=60
        )
        assert done.returncode == -9, done.stderr
        assert _snapshot(empty) == before
    journal = open_journal(empty)
    try:
        assert _snapshot(empty, {name: list(rows[0]) for name, rows in before[1].items()}) == (HEAD, before[1])
        assert verify(journal, None).faults == []
    finally:
        journal.close()


def _statements(url: str, revision: str) -> int:
    """Count what a migration from `revision` executes, and undo it."""
    engine, count = _engine(url), 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(engine, "before_cursor_execute", counted)
    event.listen(engine, "commit", _refuse)
    with pytest.raises(_RefusedError):
        migrate.to_head(engine, revision)
    engine.dispose()
    return count


class _RefusedError(Exception):
    pass


def _refuse(_connection: object) -> None:
    raise _RefusedError


def test_a_journal_whose_rows_refer_to_nothing_is_left_as_it_was(tmp_path: Path) -> None:
    url = default_url(tmp_path)
    make(url, released()[0])
    engine = _engine(url)
    with engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.execution_options(edid_writes=True).begin():
            connection.exec_driver_sql("DELETE FROM flows WHERE id = 5")
    engine.dispose()
    before = _snapshot(url)
    with pytest.raises(ConfigError, match=r"refers to a missing flows.*left as it was"):
        open_journal(url)
    assert _snapshot(url) == before


@pytest.mark.parametrize("revision", released())
def test_an_older_edid_refuses_a_newer_journal_and_says_how_to_go_back(
    url: str, journal: Journal, revision: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The migrations that an older edid has end earlier."""
    older = tmp_path / "older"
    shutil.copytree(migrate.MIGRATIONS, older, ignore=shutil.ignore_patterns("__pycache__"))
    for script in (older / "versions").glob("0*.py"):
        if script.name[:4] > revision:
            script.unlink()
    monkeypatch.setattr(migrate, "MIGRATIONS", older)
    monkeypatch.setattr(database, "HEAD", revision)
    with pytest.raises(ConfigError, match=rf"{HEAD}.*downgrade is not possible.*before the upgrade"):
        open_journal(url)
    monkeypatch.undo()
    assert verify(journal, None).sound


def test_every_table_of_today_has_rows_for_the_tests_of_tomorrow(journal: Journal) -> None:
    with journal.reading() as view:
        assert {table.name for table in tables(view)} - {*ROWS, "events", "chain_head"} == set()
