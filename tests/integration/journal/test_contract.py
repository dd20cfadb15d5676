"""What every journal keeps, whatever database it lives in."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from edid.clock import now
from edid.errors import ConfigError
from edid.journal import queries
from edid.journal.database import Journal, open_journal
from edid.journal.queries import Filter
from edid.journal.sequences import reserve
from edid.journal.states import FlowState, IllegalMoveError, move
from edid.journal.tables import documents, events, files, flows, metadata, statuses

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def other(url: str, journal: Journal) -> Iterator[Journal]:
    """The same journal as another process has it."""
    opened = open_journal(url)
    yield opened
    opened.close()


def _flow(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "sheet": "s",
        "direction": "out",
        "name": name,
        "sha256": "0" * 64,
        "size": 1,
        "document_count": 1,
        "state": FlowState.READY,
        "created_at": AT,
        **changes,
    }


def _document(**changes: Any) -> dict[str, Any]:
    return {
        "sheet": "s",
        "direction": "out",
        "kind": "ubl-invoice",
        "sha256": "0" * 64,
        "size": 1,
        "state": "valid",
        "facts": {},
        "verdict": {},
        "created_at": AT,
        **changes,
    }


def _insert(journal: Journal, table: Any, *rows: dict[str, Any]) -> list[int]:
    """Insert `rows`; columns that only some of them have are null in the others."""
    columns = dict.fromkeys(column for row in rows for column in row)
    with journal.writing() as tx:
        made = tx.execute(
            insert(table).returning(table.c.id, sort_by_parameter_order=True), [{**columns, **row} for row in rows]
        )
        return list(made.scalars())


def _in_thread(work: Callable[[], None]) -> tuple[threading.Thread, list[BaseException]]:
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def test_the_migrations_make_exactly_the_tables_of_the_code(journal: Journal) -> None:
    with journal.reading() as view:
        assert compare_metadata(MigrationContext.configure(view), metadata) == []


def test_a_journal_of_a_newer_edid_is_refused(url: str, journal: Journal) -> None:
    with journal.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"9999.*downgrade is not possible"):
        open_journal(url)


def test_moments_come_back_aware_and_in_utc(journal: Journal) -> None:
    paris = timezone(timedelta(hours=2))
    _insert(journal, flows, _flow("F", created_at=AT.astimezone(paris), sent_at=None))
    with journal.reading() as view:
        row = view.execute(select(flows)).one()
    assert (row.created_at, row.created_at.utcoffset(), row.sent_at) == (AT, timedelta(0), None)


def test_a_moment_without_zone_is_refused(journal: Journal) -> None:
    with pytest.raises(StatementError, match="aware datetimes only"):
        _insert(journal, flows, _flow("F", created_at=AT.replace(tzinfo=None)))


def test_a_key_is_taken_once_and_any_number_of_rows_have_none(journal: Journal) -> None:
    _insert(journal, documents, _document(), _document(), _document(bytes_key="b", invoice_key="i"))
    for taken in ({"bytes_key": "b"}, {"invoice_key": "i"}):
        with pytest.raises(IntegrityError):
            _insert(journal, documents, _document(**taken))


def test_a_row_cannot_name_what_does_not_exist(journal: Journal) -> None:
    with pytest.raises(IntegrityError):
        _insert(journal, documents, _document(flow_id=77))


def test_rows_come_back_in_the_order_they_were_given(journal: Journal) -> None:
    ids = _insert(journal, flows, *(_flow(f"F{number}") for number in range(3000)))
    assert ids == sorted(ids)
    with journal.reading() as view:
        names = {row.id: row.name for row in view.execute(select(flows.c.id, flows.c.name))}
    assert [names[row_id] for row_id in ids] == [f"F{number}" for number in range(3000)]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # the narrower: a statement takes 32,766 values
def test_any_number_of_rows_moves_at_once(journal: Journal) -> None:
    ids = _insert(journal, flows, *(_flow(f"F{number}") for number in range(33_000)))
    with journal.writing() as tx:
        move(tx, flows, ids, FlowState.SENDING, event="flow.attempt")
    with journal.reading() as view:
        assert view.execute(select(func.count()).where(flows.c.state == "sending")).scalar_one() == 33_000
        assert view.execute(select(func.count()).select_from(events)).scalar_one() == 33_000


def test_a_view_stays_as_it_was_whatever_others_write(journal: Journal, other: Journal) -> None:
    def count(view: Any) -> int:
        return int(view.execute(select(func.count()).select_from(flows)).scalar_one())

    with journal.reading() as view:
        assert count(view) == 0
        _insert(other, flows, _flow("F"))
        assert count(view) == 0
    with journal.reading() as view:
        assert count(view) == 1


def test_two_processes_cannot_move_the_same_row_twice(journal: Journal, other: Journal) -> None:
    """The command line retries a flow at the moment when the daemon releases it."""
    (row,) = _insert(journal, flows, _flow("F", state=FlowState.FAILED))

    def release() -> None:
        with other.writing() as tx:
            move(tx, flows, [row], FlowState.READY, event="flow.released")

    with journal.writing() as tx:
        move(tx, flows, [row], FlowState.READY, event="flow.retried")
        thread, raised = _in_thread(release)
        thread.join(0.2)
        assert thread.is_alive(), "it waits for us"
    thread.join(30)
    assert [type(error) for error in raised] == [IllegalMoveError]
    with journal.reading() as view:
        assert view.execute(select(events.c.name)).scalars().all() == ["flow.retried"]


def test_two_processes_never_get_the_same_sequence_number(journal: Journal, other: Journal) -> None:
    firsts: list[int] = []

    def take(which: Journal) -> Callable[[], None]:
        def work() -> None:
            for _ in range(20):
                with which.writing() as tx:
                    firsts.append(reserve(tx, "AAA123", "1100", 3))

        return work

    started = [_in_thread(take(which)) for which in (journal, other)]
    for thread, raised in started:
        thread.join(60)
        assert raised == []
    assert sorted(firsts) == list(range(1, 121, 3))


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_postgresql_url_may_leave_out_the_driver(url: str) -> None:
    open_journal(url.replace("postgresql+psycopg:", "postgresql:")).close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_that_start_at_once_migrate_once(kind: str, request: pytest.FixtureRequest, tmp_path: Any) -> None:
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/journal.db"
    else:
        server = request.getfixturevalue("server")
        url = server.url(server.database())
    program = "import sys; from edid.journal.database import open_journal; open_journal(sys.argv[1]).close()"
    started = [subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE) for _ in range(3)]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()


# --- what people ask


@pytest.fixture
def busy(journal: Journal) -> Journal:
    """Two sheets with a bit of everything."""
    (file_id,) = _insert(
        journal,
        files,
        {"sheet": "s", "name": "a.xml", "size": 1, "state": "read", "token": "t", "claimed_at": AT},
    )
    sent, received = _insert(
        journal,
        flows,
        _flow("F1", state="sent", sent_at=AT),
        _flow("F2", direction="in", state="filed", sheet="r", created_at=AT + timedelta(days=1)),
    )
    ours, _ = _insert(
        journal,
        documents,
        _document(number="F-1", file_id=file_id, flow_id=sent, state="sent", facts={"montant": "12,50 €"}),
        _document(number="R-1", direction="in", state="filed", sheet="r", flow_id=received),
    )
    said = {
        "source_flow_id": received,
        "subject": "document",
        "dialect": "cpp-statut",
        "code": "07",
        "about": {},
        "received_at": now(),
    }
    _insert(
        journal,
        statuses,
        {**said, "position": 0, "document_id": ours, "status_at": None},
        {**said, "position": 1, "document_id": ours, "status_at": AT},
        {**said, "position": 2, "document_id": None, "status_at": AT},
    )
    return journal


def test_lists_are_narrowed_by_every_field(busy: Journal) -> None:
    with busy.reading() as view:

        def numbers(**wanted: Any) -> list[str]:
            return [row.number for row in queries.list_documents(view, Filter(**wanted))]

        assert numbers() == ["R-1", "F-1"], "newest first"
        assert (
            numbers(sheet="s") == numbers(direction="out") == numbers(state="sent") == numbers(number="F-1") == ["F-1"]
        )
        assert numbers(limit=1) == ["R-1"]
        assert numbers(since=AT + timedelta(seconds=1)) == []
        assert [row.name for row in queries.list_flows(view, Filter(since=AT + timedelta(hours=1)))] == ["F2"]
        assert [row.name for row in queries.list_flows(view, Filter(direction="out", state="sent"))] == ["F1"]


def test_one_document_comes_with_its_file_its_flow_and_its_facts(busy: Journal) -> None:
    with busy.reading() as view:
        listed = queries.list_documents(view, Filter(number="F-1"))[0]
        row = queries.document(view, listed.id)
        assert row is not None
        assert (row.file_name, row.flow_name, row.facts) == ("a.xml", "F1", {"montant": "12,50 €"})
        assert queries.document(view, 77) is None
        assert queries.flow(view, 77) is None
        assert [one.number for one in queries.documents_of(view, row.flow_id)] == ["F-1"]
        assert queries.attempts_of(view, row.flow_id) == []
        assert queries.events_of(view, "document", row.id) == []


def test_statuses_stand_in_the_order_of_their_own_timestamps_undated_ones_last(busy: Journal) -> None:
    with busy.reading() as view:
        ours = queries.list_documents(view, Filter(number="F-1"))[0]
        assert [row.position for row in queries.statuses_of(view, document_id=ours.id)] == [1, 0]


def test_orphans_are_listed_and_counted(busy: Journal) -> None:
    with busy.reading() as view:
        assert [row.position for row in queries.orphan_statuses(view)] == [2]
        assert queries.count_orphans(view) == 1


def test_counts_are_by_sheet_entity_direction_and_state(busy: Journal) -> None:
    with busy.reading() as view:
        counted = [(one.sheet, one.entity, one.direction, one.state, one.count) for one in queries.counts(view)]
    assert counted == [
        ("r", "document", "in", "filed", 1),
        ("r", "flow", "in", "filed", 1),
        ("s", "document", "out", "sent", 1),
        ("s", "file", "out", "read", 1),
        ("s", "flow", "out", "sent", 1),
    ]
