"""On a database server several processes write events: none may be passed over."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from edid.exchange.answers import queue
from edid.journal.database import Journal, open_journal
from edid.journal.events import Event, record
from tests.partners.postgresql import PostgresqlServer, binaries


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server here (initdb and postgres)")
    with PostgresqlServer(programs) as running:
        yield running


@pytest.fixture
def journals(server: PostgresqlServer) -> Iterator[tuple[Journal, Journal]]:
    """The journal as two processes see it: the daemon and the command line."""
    url = server.url(server.database())
    daemon, other = open_journal(url), open_journal(url)
    yield daemon, other
    daemon.close()
    other.close()


def happened(name: str) -> list[Event]:
    return [Event(name, "file", 1, "a", None, "claimed")]


def test_the_order_of_numbers_is_the_order_in_which_they_are_seen(journals: tuple[Journal, Journal]) -> None:
    """Two writers at once: the second waits, so a reader by number passes nothing over."""
    daemon, other = journals
    with ThreadPoolExecutor(1) as second:
        with other.writing() as slow:
            record(slow, happened("first"))
            waiting = second.submit(write, daemon, "second")
            assert queue.next_events(daemon, "a", 0, 10) == []
        waiting.result(timeout=20)
    assert [row.name for row in queue.next_events(daemon, "a", 0, 10)] == ["first", "second"]


def write(journal: Journal, name: str) -> None:
    with journal.writing() as tx:
        record(tx, happened(name))
