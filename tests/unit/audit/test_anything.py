"""Any single change of any event is found; any history is one chain."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edid.audit.verify import verify
from edid.journal import chain
from edid.journal.database import default_url, open_journal
from edid.journal.events import Event, record
from tests.blank import new_journal
from tests.unit.audit.conftest import TRIGGERS

_MANY = 12
_COLUMNS = (*chain.FIELDS, "previous", "hash")
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_EVENTS = st.builds(
    Event,
    name=_TEXT,
    entity=st.sampled_from(["alert", "blob", "sheet"]),  # of which the journal keeps no state
    entity_id=st.none() | st.integers(0, 2**62),
    sheet=st.none() | _TEXT,
    from_state=st.none() | _TEXT,
    to_state=st.none() | _TEXT,
    data=st.dictionaries(st.text(max_size=8), _JSON, max_size=4),
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a sound journal, open to forgers."""
    folder = tmp_path_factory.mktemp("written")
    journal = new_journal(folder)
    with journal.writing() as tx:
        for number in range(_MANY):
            record(tx, [Event(f"e{number}", "sheet", number, "s", "a", "b", {"n": number, "text": "é"})])
    journal.close()
    with closing(sqlite3.connect(folder / "journal.db")) as database, database:
        for (name,) in database.execute(TRIGGERS).fetchall():
            database.execute(f"DROP TRIGGER {name}")
    return folder


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forged")


def _rows(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT * FROM events ORDER BY id").fetchall()


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(1, _MANY),
    column=st.sampled_from(_COLUMNS),
    value=st.none() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | _TEXT | st.binary(max_size=8),
)
def test_any_single_change_of_any_column_is_found(
    written: Path, forged: Path, number: int, column: str, value: object
) -> None:
    path = forged / "journal.db"
    for old in forged.iterdir():
        old.unlink()
    shutil.copy(written / "journal.db", path)
    try:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(f"UPDATE events SET {column} = ? WHERE id = ?", (value, number))
    except sqlite3.DatabaseError:
        pass  # the column takes no such value
    changed = _rows(path) != _rows(written / "journal.db")
    journal = open_journal(default_url(forged))
    try:
        done = verify(journal, None)
    finally:
        journal.close()
    assert done.sound is not changed
    if changed and column != "id":
        assert done.faults[0].event in {number, number + 1}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(_EVENTS, max_size=4), max_size=4))
def test_whatever_is_journalled_is_one_chain(forged: Path, batches: list[list[Event]]) -> None:
    journal = open_journal(default_url(forged.parent))
    try:
        before = verify(journal, None).events
        with journal.writing() as tx:
            for batch in batches:
                record(tx, batch)
        done = verify(journal, None)
    finally:
        journal.close()
    assert done.faults == []
    assert done.events == before + sum(map(len, batches))
