"""The chain on both databases: old journals, writers at once, sudden ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from edid.audit.purge import purge
from edid.audit.verify import verify
from edid.clock import now
from edid.config.audit import Audit
from edid.journal import migrate
from edid.journal.database import Journal, _engine, default_url, open_journal
from edid.journal.events import Event, record
from tests.partners.postgresql import PostgresqlServer

OLD = 1234
WRITER = """
import sys
from edid.journal.database import open_journal
from edid.journal.events import Event, record
journal = open_journal(sys.argv[1])
print("ready", flush=True)
for number in range(int(sys.argv[3])):
    with journal.writing() as tx:
        record(tx, [Event(sys.argv[2], "sheet", number)] * 2)
        record(tx, [Event(sys.argv[2], "sheet", number)])
journal.close()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        return default_url(tmp_path)
    server: PostgresqlServer = request.getfixturevalue("server")
    return server.url(server.database())


def _at_revision(url: str, revision: str, events: int) -> None:
    """Make a journal as an older edid left it, with gaps between the numbers of its events."""
    engine = _engine(url)
    config = migrate.alembic_config()
    with engine.connect() as connection, connection.execution_options(edid_writes=True).begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        statement = text(
            "INSERT INTO events (id, at, sheet, entity, entity_id, name, data)"
            " VALUES (:id, '2026-01-02 03:04:05.678900', 's', 'sheet', :id, 'old', :data)"
        )
        rows = [
            {"id": 3 * number, "data": json.dumps({"é": number, "a": [1.5, None]})} for number in range(1, events + 1)
        ]
        if rows:
            connection.execute(statement, rows)
    engine.dispose()


@pytest.mark.parametrize("revision", ["0001", "0002"])
@pytest.mark.parametrize("events", [0, OLD])
def test_the_events_of_an_older_journal_are_chained(empty: str, revision: str, events: int) -> None:
    _at_revision(empty, revision, events)
    journal = open_journal(empty)
    try:
        done = verify(journal, None)
        assert (done.faults, done.events, done.head.event_id) == ([], events, 3 * events)
        with journal.writing() as tx:
            record(tx, [Event("new", "sheet")])
        done = verify(journal, None)
        assert (done.faults, done.head.event_id) == ([], 3 * events + 1)
    finally:
        journal.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET name = 'y'",
        "DELETE FROM events",
        "UPDATE chain_head SET hash = 'x'",
        "DELETE FROM chain_head",
        "INSERT INTO chain_head VALUES ('other', 1, '')",
    ],
)
def test_the_database_refuses_to_change_what_was_said(journal: Journal, statement: str) -> None:
    with journal.writing() as tx:
        record(tx, [Event("x", "sheet")])
    with pytest.raises(DBAPIError, match=r"append-only|only moves on"), journal.writing() as tx:
        tx.execute(text(statement))
    assert verify(journal, None).sound


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ["events", "chain_head"])
def test_a_server_refuses_to_empty_what_was_said(journal: Journal, table: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), journal.writing() as tx:
        tx.execute(text(f"TRUNCATE {table}"))


def test_two_processes_that_write_at_once_keep_one_chain(url: str, journal: Journal) -> None:
    turns = 40
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, name, str(turns)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for name in ("daemon", "command")
    ]
    for process in started:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    done = verify(journal, None)
    assert (done.faults, done.events, done.head.event_id) == ([], 2 * 3 * turns, 2 * 3 * turns)
    with journal.reading() as view:
        names = view.execute(text("SELECT name, count(*) FROM events GROUP BY name ORDER BY name")).all()
    assert [tuple(row) for row in names] == [("command", 3 * turns), ("daemon", 3 * turns)]


def test_a_writer_killed_at_any_moment_leaves_a_whole_chain(url: str, journal: Journal) -> None:
    for many in (1, 20, 60):
        process = subprocess.Popen([sys.executable, "-c", WRITER, url, "w", "100000"], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        before = verify(journal, None).events
        while verify(journal, None).events < before + 3 * many:
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        done = verify(journal, None)
        assert (done.faults, done.events % 3) == ([], 0), "no step by half"
        with journal.writing() as tx:
            record(tx, [Event("after", "sheet")] * 3)
    assert verify(journal, None).sound


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_forgery_on_a_server_is_found(journal: Journal, tmp_path: Path) -> None:
    with journal.writing() as tx:
        record(tx, [Event("x", "sheet", data={"n": number}) for number in range(1500)])
    with journal.writing() as tx:
        tx.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        tx.execute(text("UPDATE events SET data = '{\"n\": 0}' WHERE id = 1200"))
        tx.execute(text("DELETE FROM events WHERE id = 1300"))
    found = [(str(fault.wrong), fault.event) for fault in verify(journal, tmp_path).faults]
    assert found == [("altered", 1200), ("broken", 1301)]
    assert purge(journal, tmp_path, Audit(), now().date()) == (0, 0)
