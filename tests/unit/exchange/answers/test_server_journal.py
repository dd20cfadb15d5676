"""On a database server, numbers are given out before they are seen: none may be passed over."""

from __future__ import annotations

from collections.abc import Iterator

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


def test_an_event_whose_number_is_given_out_but_not_seen_is_waited_for(journals: tuple[Journal, Journal]) -> None:
    daemon, other = journals
    with other.writing() as slow:
        record(slow, happened("first"))
        with daemon.writing() as tx:
            record(tx, happened("second"))
        assert queue.next_events(daemon, "a", 0, 10) == [], "the second must not move the cursor over the first"
    assert [row.name for row in queue.next_events(daemon, "a", 0, 10)] == ["first", "second"]


def test_a_writer_of_another_table_is_not_waited_for(journals: tuple[Journal, Journal]) -> None:
    daemon, other = journals
    with daemon.writing() as tx:
        record(tx, happened("first"))
    with other.writing() as slow:
        queue.keep(slow, "b", {queue.CURSOR: 1})
        assert len(queue.next_events(daemon, "a", 0, 10)) == 1
