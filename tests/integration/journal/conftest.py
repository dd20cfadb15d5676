"""Every test of the journal's contract runs on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edid.journal.database import Journal, default_url, open_journal
from tests.partners.postgresql import PostgresqlServer, binaries


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresqlServer]:
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server here (initdb and postgres)")
    with PostgresqlServer(programs) as running:
        yield running


@pytest.fixture(scope="session")
def migrated(server: PostgresqlServer) -> str:
    """A database with a journal in it, to be copied."""
    name = server.database()
    open_journal(server.url(name)).close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty journal."""
    if request.param == "sqlite":
        return default_url(tmp_path)
    server: PostgresqlServer = request.getfixturevalue("server")
    return server.url(server.database(request.getfixturevalue("migrated")))


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    opened = open_journal(url)
    yield opened
    opened.close()
