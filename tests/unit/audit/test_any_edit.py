"""One edit behind edid's back, of whatever is kept: verify finds it, and says where."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edid.audit.anchor import anchor, anchors
from edid.audit.backup import backup
from edid.audit.fault import Wrong
from edid.audit.verify import Verification, verify
from edid.config.audit import Anchor
from edid.journal.database import default_url, open_journal
from edid.validation.worker import JudgePool
from tests.unit.audit.conftest import AT, TRIGGERS, busy_corridor

TABLES = {"files": "file", "documents": "document", "flows": "flow"}
ALL = "at, sheet, entity, entity_id, name, from_state, to_state, data, previous, hash"


@dataclass(frozen=True)
class State:
    """A state folder: a journal without triggers, a store, and an anchor made elsewhere before the edit."""

    folder: Path

    def sql(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.folder / "journal.db")) as database, database:
            for statement in statements:
                database.execute(statement)

    def column(self, query: str) -> list[int]:
        with closing(sqlite3.connect(self.folder / "journal.db")) as database:
            return [value for (value,) in database.execute(query)]

    def verify(self, *, anchored: bool = False) -> Verification:
        journal = open_journal(default_url(self.folder))
        try:
            known = anchors(self.folder / "anchors", None).known if anchored else None
            return verify(journal, self.folder / "store", known)
        finally:
            journal.close()


Edit = Callable[[State, random.Random], tuple[set[Wrong], str]]
"""Does one thing to a state folder; returns how verify may call it, and what its words must name."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, judges: JudgePool) -> Path:
    """The state folder of a busy company, open to forgers."""
    folder = tmp_path_factory.mktemp("sound")
    corridor = busy_corridor(tmp_path_factory.mktemp("company"), judges)
    state = corridor.settings.state
    backup(default_url(state), folder / "journal.db")
    shutil.copytree(state / "store", folder / "store")
    anchor(corridor.house.journal, Anchor(folder=folder / "anchors"), AT)
    corridor.close()
    with closing(sqlite3.connect(folder / "journal.db")) as database, database:
        for (name,) in database.execute(TRIGGERS).fetchall():
            database.execute(f"DROP TRIGGER {name}")
    return folder


def _event(state: State, chance: random.Random) -> int:
    return chance.choice(state.column("SELECT id FROM events"))


def delete_events(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    first, last = sorted((_event(state, chance), _event(state, chance)))
    state.sql(f"DELETE FROM events WHERE id BETWEEN {first} AND {last}")
    newest = max(state.column("SELECT event_id FROM chain_head"))
    return ({Wrong.HEAD}, "") if last == newest else ({Wrong.BROKEN}, str(last + 1))


def insert_event(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    number = _event(state, chance)
    where = chance.choice([-number, 1000 + number])
    state.sql(f"INSERT INTO events SELECT {where}, {ALL} FROM events WHERE id = {number}")
    return {Wrong.BROKEN, Wrong.ALTERED}, str(where)


def swap_events(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    one, other = chance.sample(state.column("SELECT id FROM events"), 2)
    state.sql(
        f"UPDATE events SET id = -1 WHERE id = {one}",
        f"UPDATE events SET id = {one} WHERE id = {other}",
        f"UPDATE events SET id = {other} WHERE id = -1",
    )
    return {Wrong.BROKEN}, str(min(one, other))


def move_head(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    moves = ("event_id = event_id + 1", "event_id = event_id - 1", "hash = previous", "name = 'other'", "")
    move = chance.choice(moves).replace("previous", f"'{chance.randbytes(32).hex()}'")
    state.sql(f"UPDATE chain_head SET {move}" if move else "DELETE FROM chain_head")
    return {Wrong.HEAD}, ""


def edit_state(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    table, number = _row(state, chance)
    state.sql(f"UPDATE {table} SET state = 'forged' WHERE id = {number}")
    return {Wrong.STATE}, f"{TABLES[table]} {number}"


def edit_hash(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    table, number = _row(state, chance, "WHERE sha256 IS NOT NULL")
    value = chance.choice([f"'{chance.randbytes(32).hex()}'", "''", "x'ff'", "CAST(x'ff' AS TEXT)"])
    state.sql(f"UPDATE {table} SET sha256 = {value} WHERE id = {number}")
    return {Wrong.ROW}, f"{TABLES[table]} {number}"


def edit_verdict(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    query = "SELECT id FROM documents WHERE direction = 'out' AND state <> 'held' AND file_id IS NOT NULL"
    number = chance.choice(state.column(query))
    value = chance.choice(["'{}'", "'['", "'null'", "x'ff'", "replace(verdict, 'outcome', 'Outcome')"])
    state.sql(f"UPDATE documents SET verdict = {value} WHERE id = {number}")
    return {Wrong.VERDICT, Wrong.ROW}, f"document {number}"


def edit_status(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    number = chance.choice(state.column("SELECT id FROM statuses"))
    column = chance.choice(["code", "canonical", "dialect", "comment", "reasons"])
    state.sql(f"UPDATE statuses SET {column} = '\"forged\"' WHERE id = {number}")
    return {Wrong.STATUS}, f"status {number}"


def delete_row(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    table, number = _row(state, chance)
    state.sql(f"DELETE FROM {table} WHERE id = {number}")
    return {Wrong.ROW_MISSING}, f"{TABLES[table]} {number}"


def insert_row(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    number = chance.choice([-7, 1000])
    columns = "sheet, direction, sha256, size, document_count, state, created_at"
    state.sql(f"INSERT INTO flows (id, name, {columns}) SELECT {number}, 'forged', {columns} FROM flows LIMIT 1")
    return {Wrong.ROW_UNTOLD}, f"flow {number}"


def lose_blob(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    blob = _blob(state, chance)
    blob.unlink()
    if chance.random() < 0.5:
        blob.mkdir()
    return {Wrong.BLOB_MISSING}, blob.parent.name + blob.name


def change_blob(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    blob = _blob(state, chance)
    content = bytearray(blob.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    blob.chmod(0o600)
    blob.write_bytes(content)
    return {Wrong.BLOB_ALTERED}, blob.parent.name + blob.name


def truncate_blob(state: State, chance: random.Random) -> tuple[set[Wrong], str]:
    blob = _blob(state, chance)
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[: chance.randrange(blob.stat().st_size)])
    return {Wrong.BLOB_ALTERED}, blob.parent.name + blob.name


def _row(state: State, chance: random.Random, where: str = "") -> tuple[str, int]:
    table = chance.choice(sorted(TABLES))
    return table, chance.choice(state.column(f"SELECT id FROM {table} {where}"))


def _blob(state: State, chance: random.Random) -> Path:
    return chance.choice(sorted(path for path in (state.folder / "store").glob("??/*")))


EDITS: list[Edit] = [
    *(delete_events, insert_event, swap_events, move_head),
    *(edit_state, edit_hash, edit_verdict, edit_status, delete_row, insert_row),
    *(lose_blob, change_blob, truncate_blob),
]


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=st.sampled_from(EDITS), chance=st.randoms(use_true_random=False))
def test_any_one_edit_is_found_and_named(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, edit: Edit, chance: random.Random
) -> None:
    state = _copy(sound, tmp_path_factory)
    calls, place = edit(state, chance)
    done = state.verify()
    found = [fault for fault in done.faults if fault.wrong in calls]
    assert found, done.faults
    for language in ("fr", "en"):
        assert any(place in fault.said(language) for fault in found), (place, found)  # type: ignore[arg-type]


def test_a_tail_cut_off_with_its_rows_and_its_head_is_noticed_by_the_anchor_alone(
    sound: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    state = _copy(sound, tmp_path_factory)
    (cut,) = state.column("SELECT min(id) - 1 FROM events WHERE name = 'flow.fetched'")
    state.sql(
        f"DELETE FROM events WHERE id > {cut}",
        f"UPDATE chain_head SET event_id = {cut}, hash = (SELECT hash FROM events WHERE id = {cut})",
        "DELETE FROM statuses",
        "DELETE FROM documents WHERE direction = 'in'",
        "DELETE FROM flows WHERE direction = 'in'",
    )
    assert state.verify().sound, "what is left is a journal as it was on an earlier day"
    assert [fault.wrong for fault in state.verify(anchored=True).faults] == [Wrong.ANCHOR]


@pytest.mark.parametrize("edit", EDITS, ids=[edit.__name__ for edit in EDITS])  # type: ignore[attr-defined]
def test_every_kind_of_edit_is_one_that_a_sound_trail_does_not_have(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, edit: Edit
) -> None:
    state = _copy(sound, tmp_path_factory)
    assert state.verify(anchored=True).sound
    edit(state, random.Random(7))
    assert not state.verify().sound


def _copy(sound: Path, places: pytest.TempPathFactory) -> State:
    folder = places.mktemp("edited") / "state"
    shutil.copytree(sound, folder)
    return State(folder)
