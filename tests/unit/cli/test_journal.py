"""`edid journal`: what an operator types about the audit trail."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edid.sandbox.invoices import ubl_invoice
from edid.service.lock import StateLock
from tests.unit.cli.conftest import DAY, Edid


@pytest.fixture
def state(busy: Path) -> Path:
    """The state folder of the busy company; what its store had lost is there again."""
    folder = busy.parent / "state"
    (content,) = (ubl_invoice("F-2", DAY),)
    with closing(sqlite3.connect(folder / "journal.db")) as database:
        (sha256,) = database.execute("SELECT sha256 FROM documents WHERE number = 'F-2'").fetchone()
    place = folder / "store" / sha256[:2] / sha256[2:]
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)
    return folder


def _configure(busy: Path, **audit: Any) -> None:
    data = json.loads(busy.read_text())
    busy.write_text(json.dumps({**data, "audit": audit}))


def test_a_sound_trail_is_said_and_ends_well(edid: Edid, busy: Path, state: Path) -> None:
    said = edid("-c", busy, "journal", "verify")
    assert (said.code, said.err) == (0, "")
    assert "rien n'a été changé" in said.out
    assert "nothing was changed" in edid("-c", busy, "journal", "verify", "--language", "en").out
    told = edid("-c", busy, "journal", "verify", "--json").json
    assert (told["sound"], told["count"], told["faults"], told["first_event"]) == (True, 0, [], None)
    assert told["events"] > 0 < told["blobs"]


def test_a_lost_original_is_named_and_a_quick_look_leaves_it_out(edid: Edid, busy: Path) -> None:
    said = edid("-c", busy, "journal", "verify")
    assert said.code == 1
    assert "le magasin a perdu les octets" in said.out
    assert edid("-c", busy, "journal", "verify", "--quick").code == 0


def test_a_forged_event_is_named(edid: Edid, busy: Path, state: Path) -> None:
    with closing(sqlite3.connect(state / "journal.db")) as database, database:
        database.execute("DROP TRIGGER events_keep_update")
        database.execute("UPDATE events SET name = 'document.sent' WHERE id = 4")
    said = edid("-c", busy, "journal", "verify", "--json", "--quick")
    assert said.code == 1
    assert (said.json["first_event"], said.json["faults"][0]["wrong"]) == (4, "altered")
    assert "l'événement 4 a été modifié" in edid("-c", busy, "journal", "verify").out


def test_documents_and_periods_are_exported(edid: Edid, busy: Path, state: Path, tmp_path: Path) -> None:
    said = edid("-c", busy, "journal", "export", "--document", 1, "--document", 2, "--output", tmp_path / "a.zip")
    assert (said.code, (tmp_path / "a.zip").is_file()) == (0, True), said.err
    period = ("--from", "2020-01-01", "--to", "2120-01-01")
    assert edid("-c", busy, "journal", "export", *period, "--output", tmp_path / "b.tar").code == 0
    for wrong in ((), ("--document", 1, *period), period[:2], ("--document", 1, "--from", "2020-01-01")):
        assert edid("-c", busy, "journal", "export", *wrong, "--output", tmp_path / "c.zip").code == 2
    assert not (tmp_path / "c.zip").exists()


def test_a_purge_says_first_and_waits_for_a_yes(edid: Edid, busy: Path, state: Path) -> None:
    assert edid("-c", busy, "journal", "purge").code == 2
    assert "0 originals" in edid("-c", busy, "journal", "purge", "--dry-run").out
    assert "0 originals" in edid("-c", busy, "journal", "purge", "--yes").out
    with StateLock(state):
        assert edid("-c", busy, "journal", "purge", "--dry-run").code == 0
        assert edid("-c", busy, "journal", "purge", "--yes").code == 3


def test_anchors_are_made_once_a_day_and_held_against_the_chain(
    edid: Edid, busy: Path, state: Path, tmp_path: Path
) -> None:
    assert edid("-c", busy, "journal", "anchor").code == 1
    _configure(busy, anchor={"folder": str(tmp_path / "anchors")})
    assert "anchor-" in edid("-c", busy, "journal", "anchor").out
    assert "noted today already" in edid("-c", busy, "journal", "anchor").out
    assert edid("-c", busy, "journal", "verify", "--json").json["anchors"] == 1
    (note,) = (tmp_path / "anchors").glob("*.json")
    note.write_text(note.read_text().replace('"hash":"', '"hash":"0')[:-1])
    said = edid("-c", busy, "journal", "verify", "--quick", "--anchors", tmp_path / "anchors")
    assert (said.code, "ancrage" in said.out) == (1, True)


def test_a_backup_is_made_beside_a_running_daemon(edid: Edid, busy: Path, state: Path, tmp_path: Path) -> None:
    with StateLock(state):
        assert edid("-c", busy, "journal", "backup", tmp_path / "copy.db").code == 0
    assert edid("-c", busy, "journal", "backup", tmp_path / "copy.db").code == 1
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM events").fetchone()[0] > 0


def test_after_a_restore_numbers_are_skipped_with_the_daemon_stopped(edid: Edid, busy: Path, state: Path) -> None:
    with StateLock(state):
        assert edid("-c", busy, "journal", "restored").code == 3
    said = edid("-c", busy, "journal", "restored", "--skip", 100)
    assert said.code == 0
    assert "are never used" in said.out
    assert edid("-c", busy, "journal", "restored", "--skip", 0).code == 2
    assert edid("-c", busy, "journal", "verify").code == 0
