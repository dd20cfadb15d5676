from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from edid.errors import ConfigError
from edid.journal.database import HEAD, Journal, default_url, open_journal
from edid.journal.migrate import head
from edid.journal.tables import metadata


def test_the_code_and_the_migrations_agree_on_the_newest_revision() -> None:
    assert head() == HEAD


def test_the_migrations_make_exactly_the_tables_of_the_code(journal: Journal) -> None:
    with journal.reading() as view:
        assert compare_metadata(MigrationContext.configure(view), metadata) == []


def test_commits_are_durable(journal: Journal) -> None:
    with journal.reading() as view:
        assert view.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert view.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert view.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_journal_of_a_newer_edid_is_refused(tmp_path: Path, journal: Journal) -> None:
    with journal.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"9999.*downgrade is not possible"):
        open_journal(default_url(tmp_path))


def test_a_journal_that_cannot_be_opened_says_what_to_check(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="folder exists"):
        open_journal(default_url(tmp_path / "missing"))
