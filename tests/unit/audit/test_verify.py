"""Whatever is changed behind edid's back is found, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from edid.audit.fault import Wrong
from edid.audit.verify import Verification, verify
from edid.journal import chain
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.tables import events
from tests.unit.audit.conftest import forge
from tests.unit.exchange.corridor import Corridor

_REST = "at, sheet, entity, entity_id, name, from_state, to_state, data, previous, hash"


def _found(done: Verification) -> list[tuple[Wrong, int | None]]:
    return [(fault.wrong, fault.event) for fault in done.faults]


def test_a_trail_that_nobody_touched_is_sound(corridor: Corridor, store: Path) -> None:
    done = verify(corridor.house.journal, store)
    assert (done.sound, done.faults) == (True, [])
    assert done.events == len(corridor.rows(events))
    assert done.blobs == len({*store.glob("??/*")})


def test_an_empty_journal_is_sound(journal: Journal, tmp_path: Path) -> None:
    assert verify(journal, tmp_path / "store").sound


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE events SET name = 'document.sent' WHERE id = 3", (Wrong.ALTERED, 3)),
        ("UPDATE events SET at = datetime(at, '-1 day') WHERE id = 3", (Wrong.ALTERED, 3)),
        ("UPDATE events SET at = 'yesterday' WHERE id = 3", (Wrong.UNREADABLE, 3)),
        ("UPDATE events SET sheet = x'ff' WHERE id = 3", (Wrong.UNREADABLE, 3)),
        ("UPDATE events SET data = '[' WHERE id = 3", (Wrong.UNREADABLE, 3)),
        ("UPDATE events SET data = '[]' WHERE id = 3", (Wrong.UNREADABLE, 3)),
        ("UPDATE events SET data = replace(data, '{', '{ ') WHERE id = 3", (Wrong.ALTERED, 3)),
        ("UPDATE events SET hash = previous WHERE id = 3", (Wrong.ALTERED, 3)),
        ("UPDATE events SET previous = hash WHERE id = 3", (Wrong.BROKEN, 3)),
        ("DELETE FROM events WHERE id = 3", (Wrong.BROKEN, 4)),
        ("DELETE FROM events WHERE id = 1", (Wrong.BROKEN, 2)),
        ("UPDATE events SET id = -id WHERE id = 3", (Wrong.BROKEN, -3)),
        ("UPDATE chain_head SET hash = 'x'", (Wrong.HEAD, None)),
        ("DELETE FROM chain_head", (Wrong.HEAD, None)),
        ("DELETE FROM events WHERE id = (SELECT max(id) FROM events)", (Wrong.HEAD, None)),
        ("DELETE FROM events", (Wrong.HEAD, 0)),
        (f"INSERT INTO events SELECT 9999, {_REST} FROM events WHERE id = 1", (Wrong.BROKEN, 9999)),
        ("UPDATE flows SET sha256 = 'ab'", (Wrong.ROW, None)),
        ("UPDATE documents SET sha256 = '../../../../etc/passwd'", (Wrong.ROW, None)),
    ],
)
def test_every_kind_of_forgery_is_found_at_its_place(
    corridor: Corridor, database: Path, store: Path, statement: str, expected: tuple[Wrong, int | None]
) -> None:
    forge(database, statement)
    done = verify(corridor.house.journal, store)
    assert not done.sound
    wrong, place = expected
    first = done.faults[0]
    assert first.wrong is wrong
    assert place is None or first.event == place
    for fault in done.faults:
        assert fault.said("fr") != fault.said("en")


def test_two_events_that_changed_places_are_found(corridor: Corridor, database: Path) -> None:
    forge(
        database,
        "UPDATE events SET id = -2 WHERE id = 2",
        "UPDATE events SET id = 2 WHERE id = 3",
        "UPDATE events SET id = 3 WHERE id = -2",
    )
    assert _found(verify(corridor.house.journal, None))[0] == (Wrong.BROKEN, 2)


def test_an_event_rewritten_with_a_fitting_hash_is_found_at_the_next(corridor: Corridor, database: Path) -> None:
    (row,) = (row for row in corridor.rows(events) if row.id == 5)
    forged = {**row._mapping, "name": "document.sent"}
    fitting = chain.link(row.previous, chain.digest(forged))
    forge(database, f"UPDATE events SET name = 'document.sent', hash = '{fitting}' WHERE id = 5")
    assert _found(verify(corridor.house.journal, None)) == [(Wrong.BROKEN, 6)]


def test_missing_and_altered_bytes_are_named_with_who_speaks_of_them(corridor: Corridor, store: Path) -> None:
    sent = corridor.flows()[0]
    lost, changed = store / sent.sha256[:2] / sent.sha256[2:], sorted(store.glob("??/*"))
    other = next(path for path in changed if path != lost)
    lost.unlink()
    other.chmod(0o640)
    other.write_bytes(b"forged")
    done = verify(corridor.house.journal, store)
    assert {(fault.wrong, fault.blob) for fault in done.faults} == {
        (Wrong.BLOB_MISSING, sent.sha256),
        (Wrong.BLOB_ALTERED, other.parent.name + other.name),
    }
    assert all(fault.detail for fault in done.faults)
    assert verify(corridor.house.journal, None).sound, "a quick look leaves the bytes out"


def test_more_faults_than_are_told_are_still_counted(journal: Journal, tmp_path: Path) -> None:
    with journal.writing() as tx:
        record(tx, [Event("x", "sheet", data={"n": number}) for number in range(2500)])
    forge(tmp_path / "journal.db", "UPDATE events SET name = 'y'")
    done = verify(journal, None)
    assert (done.count, len(done.faults), done.faults[0].event) == (2500, 1000, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET name = 'x'",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE id = 2",
        "REPLACE INTO events (id, at, entity, name, data, previous, hash) VALUES (2, '', '', '', '', '', '')",
        "INSERT INTO events (at, entity, name, data, previous, hash) VALUES ('', '', '', '', '', '')",
        "UPDATE chain_head SET hash = ''",
        "UPDATE chain_head SET event_id = 1",
        "DELETE FROM chain_head",
        "REPLACE INTO chain_head VALUES ('events', 1000, '')",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_said(corridor: Corridor, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"append-only|only moves on"), corridor.house.journal.writing() as tx:
        tx.execute(text(statement))
    assert verify(corridor.house.journal, None).sound


def test_an_error_in_the_middle_of_a_step_leaves_a_whole_chain(corridor: Corridor) -> None:
    before = verify(corridor.house.journal, None).head
    with pytest.raises(RuntimeError), corridor.house.journal.writing() as tx:  # noqa: PT012
        record(tx, [Event("x", "sheet")] * 3)
        raise RuntimeError
    assert verify(corridor.house.journal, None).head == before
    with corridor.house.journal.writing() as tx:
        record(tx, [Event("x", "sheet")])
    assert verify(corridor.house.journal, None).head.event_id == before.event_id + 1


@pytest.mark.parametrize(
    "data",
    [
        {"é": "€ \U0001f600 \ud800", "b": [1, 2.5, -0.0, 1e300, None, True], "a": {"z": 1, "y": {}}},
        {"numbers as names": {10: "x", 9: "y"}, "tuple": (1, 2)},
        {"deep": [[[[{"sha256": None}]]]]},
    ],
    ids=["texts", "names", "deep"],
)
def test_any_data_are_chained_as_they_are_read(journal: Journal, data: dict[str, object]) -> None:
    with journal.writing() as tx:
        record(tx, [Event("x", "sheet", data=data)])
    assert verify(journal, None).faults == []


def test_an_event_outside_the_chain_is_found_even_when_the_database_let_it_in(journal: Journal) -> None:
    with journal.writing() as tx:
        record(tx, [Event("x", "sheet")])
    with journal.writing() as tx:
        tx.execute(text(f"INSERT INTO events SELECT 2, {_REST} FROM events"))
    assert _found(verify(journal, None)) == [(Wrong.BROKEN, 2), (Wrong.ALTERED, 2), (Wrong.HEAD, 2)]
