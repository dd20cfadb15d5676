"""A copy made while others write is a journal of one moment."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from edid.audit.backup import backup
from edid.audit.verify import verify
from edid.errors import OperatorError, PermanentError
from edid.journal.database import default_url, open_journal
from edid.journal.events import Event, record
from edid.sandbox.invoices import ubl_invoice
from tests.partners.waiting import until
from tests.unit.audit.conftest import DAY
from tests.unit.exchange.corridor import Corridor


def _restored(backup_: Path, store: Path, state: Path) -> None:
    """What docs/audit.md says about restoring."""
    state.mkdir()
    shutil.copy(backup_, state / "journal.db")
    shutil.copytree(store, state / "store")


def test_a_backup_restores_into_a_sound_trail(corridor: Corridor, store: Path, tmp_path: Path) -> None:
    backup(default_url(corridor.settings.state), tmp_path / "backup.db")
    corridor.outbound(("later.xml", ubl_invoice("F-3", DAY)))  # the store is copied later, and may hold more
    _restored(tmp_path / "backup.db", store, tmp_path / "restored")
    restored = open_journal(default_url(tmp_path / "restored"))
    try:
        done = verify(restored, tmp_path / "restored" / "store")
        assert done.faults == []
        with restored.writing() as tx:
            record(tx, [Event("x", "sheet")])
        assert verify(restored, None).head.event_id == done.head.event_id + 1
    finally:
        restored.close()


def test_a_backup_waits_for_nobody_and_stops_nobody(corridor: Corridor, tmp_path: Path) -> None:
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            with corridor.house.journal.writing() as tx:
                record(tx, [Event("x", "sheet")] * 5)
            written.append(5)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            many = len(written)
            backup(default_url(corridor.settings.state), tmp_path / f"{number}.db")
            until(lambda many=many: len(written) > many, "the writer goes on", 30)  # type: ignore[misc]
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        (tmp_path / f"as{number}").mkdir()
        shutil.copy(tmp_path / f"{number}.db", tmp_path / f"as{number}" / "journal.db")
        copied = open_journal(default_url(tmp_path / f"as{number}"))
        assert verify(copied, None).faults == []
        copied.close()
    assert verify(corridor.house.journal, None).sound


def test_a_backup_never_replaces_what_stands(corridor: Corridor, tmp_path: Path) -> None:
    (tmp_path / "mine.db").write_bytes(b"mine")
    with pytest.raises(PermanentError, match="stands already"):
        backup(default_url(corridor.settings.state), tmp_path / "mine.db")
    with pytest.raises(OperatorError, match="cannot be copied"):
        backup(default_url(corridor.settings.state), tmp_path / "missing" / "new.db")
    with pytest.raises(PermanentError, match="pg_dump"):
        backup("postgresql+psycopg://edid@/journal", tmp_path / "new.db")
    assert not list(tmp_path.glob(".*"))
