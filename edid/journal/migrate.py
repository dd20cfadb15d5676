"""Bringing a journal to the newest schema. Imported only when there is something to do: Alembic is heavy."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from edid import __version__
from edid.errors import ConfigError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x65646964
"""Number of the lock that lets one process migrate at a time: "edid" in ASCII."""


def alembic_config() -> Config:
    """Return the Alembic configuration; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def head() -> str | None:
    """Return the newest revision among the migrations."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def to_head(engine: Engine, revision: str | None) -> None:
    """Migrate from `revision` (None: empty database), one process at a time.

    Raises ConfigError for a journal of a newer edid.
    """
    config = alembic_config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise ConfigError(
            f"the journal has schema revision {revision}, which this edid ({__version__}) does not know.",
            remedy="Install the edid that wrote it, or a newer one; a downgrade is not possible. To go back all the "
            "same: put back the state folder as it was before the upgrade.",
        )
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # A table that is made anew is dropped while rows of others refer to it. No effect inside a transaction.
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.execution_options(edid_writes=True).begin():
            if engine.dialect.name == "postgresql":  # SQLite has one writer anyway
                connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if engine.dialect.name == "sqlite":
                _must_refer_to_rows(connection)
        connection.invalidate()  # the next one looks at foreign keys again


def _must_refer_to_rows(connection: Connection) -> None:
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if dangling is not None:
        raise ConfigError(
            f"the journal cannot be migrated: row {dangling[1]} of {dangling[0]} refers to a missing {dangling[2]}.",
            remedy="It is left as it was. Put its backup back, or ask for help with a copy of it.",
        )
