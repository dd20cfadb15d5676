"""Opening the journal: SQLite (WAL, synchronous FULL) or PostgreSQL, at the newest schema."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from edid.errors import ConfigError, TransientError
from edid.journal.chain import LOCK

HEAD = "0004"
"""The schema revision that this code works with; a test compares it with the migrations."""
_BUSY_MS = 30_000


class Journal:
    """A connection pool and two ways to use it: `writing` and `reading`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give one transaction that commits at the end, or leaves nothing behind on an error.

        Writers of this process queue here; writers of other processes wait for the database lock, on PostgreSQL
        for the end of the chain of events.
        """
        with self._lock, self._engine.connect() as connection:
            writer = connection.execution_options(edid_writes=True)
            with writer.begin():
                if self._engine.dialect.name != "sqlite":
                    # Before any other row: two writers that took rows first could wait for each other's events.
                    writer.execute(LOCK)
                yield writer

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give one consistent view, whatever writers do meanwhile; never waits for them."""
        with self._engine.connect() as connection:
            if self._engine.dialect.name != "sqlite":  # there, one transaction is one snapshot anyway
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            with connection.begin():
                yield connection

    def close(self) -> None:
        """End every connection."""
        self._engine.dispose()


def default_url(state: Path) -> str:
    """Return the URL of the SQLite journal in the state folder."""
    return f"sqlite:///{state / 'journal.db'}"


def open_journal(url: str) -> Journal:
    """Open the journal at `url`, creating or migrating its tables.

    Raises ConfigError when the database cannot be opened, is no database or is newer than this edid,
    TransientError when its server does not answer.
    """
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            revision = _revision(connection)
        if revision != HEAD:
            from edid.journal.migrate import to_head

            to_head(engine, revision)
    except DBAPIError as error:
        if _may_come_back(url, error):
            raise TransientError(
                f"the journal {_shown(url)} does not answer: {_said(error)}.",
                remedy="Check that the database server is up; edid can be started again once it is.",
            ) from error
        raise ConfigError(
            f"the journal {_shown(url)} cannot be opened: {_said(error)}.",
            remedy="Check that its folder exists and belongs to edid's user, or that the server is up.",
        ) from error
    finally:
        engine.dispose()
    return Journal(engine)


def _may_come_back(url: str, error: DBAPIError) -> bool:
    """Tell a server that is down from a file that is wrong or an account that is refused (a class 28 code)."""
    refused = str(getattr(error.orig, "sqlstate", None) or "").startswith("28")
    return not url.startswith("sqlite") and isinstance(error, OperationalError) and not refused


def _said(error: DBAPIError) -> str:
    """Return what the driver says, in one line without its full stop."""
    return " ".join(str(error.orig).split()).rstrip(".")


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return _server_engine(url)
    engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000, "isolation_level": None})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _server_engine(url: str) -> Engine:
    target = make_url(url)
    if target.drivername == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
    try:
        return create_engine(target, pool_pre_ping=True)
    except (ImportError, ArgumentError) as error:
        raise ConfigError(
            f"the journal {_shown(url)} needs a driver that is not installed: {error}.",
            remedy="Install psycopg[binary] where edid is installed, and write postgresql+psycopg://user@host/database.",
        ) from error


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("edid_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])
