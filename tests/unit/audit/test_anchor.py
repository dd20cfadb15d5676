"""A past that was rewritten whole, hashes and all, is still not the one that an anchor knows."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from edid.audit.anchor import anchor, anchors, private_key, public_key
from edid.audit.fault import Wrong
from edid.audit.verify import verify
from edid.config.audit import Anchor
from edid.config.transport import SecretRef
from edid.errors import ConfigError, OperatorError
from edid.journal import chain
from edid.journal.database import Journal
from edid.journal.events import Event, record
from tests.unit.audit.conftest import AT, forge

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def filled(journal: Journal) -> Journal:
    with journal.writing() as tx:
        record(tx, [Event("x", "sheet", data={"n": number}) for number in range(5)])
    return journal


@pytest.fixture
def settings(tmp_path: Path) -> Anchor:
    secret = tmp_path / "key"
    secret.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    secret.chmod(0o600)
    return Anchor(folder=tmp_path / "anchors", key=SecretRef(file=secret))


def _rewrite(path: Path) -> None:
    """Change the second event and every hash after it, as edid itself would have written them; and the head."""
    forge(path, "UPDATE events SET data = '{\"n\": 7}' WHERE id = 2")
    with closing(sqlite3.connect(path)) as database, database:
        newest = chain.GENESIS
        for number, at, data in database.execute("SELECT id, at, data FROM events ORDER BY id").fetchall():
            moment = datetime.fromisoformat(at)
            row = {**dict.fromkeys(chain.FIELDS), "id": number, "at": moment, "entity": "sheet", "name": "x"}
            found = chain.link(newest, chain.digest({**row, "data": json.loads(data)}))
            database.execute("UPDATE events SET previous = ?, hash = ? WHERE id = ?", (newest, found, number))
            newest = found
        database.execute("UPDATE chain_head SET hash = ?", (newest,))


def test_one_anchor_a_day_says_where_the_chain_ends(filled: Journal, settings: Anchor) -> None:
    note = anchor(filled, settings, AT)
    assert note is not None
    assert note.name == "anchor-2026-11-23.json"
    head = verify(filled, None).head
    assert json.loads(note.read_text()) == {"at": "2026-11-23T08:00:00.000000Z", "event": 5, "hash": head.hash}
    assert anchor(filled, settings, AT + timedelta(hours=3)) is None
    assert anchor(filled, settings, AT + timedelta(days=1)) is not None
    found = anchors(note.parent, KEY.public_key())
    assert (found.faults, list(found.known)) == ([], [5])


def test_a_past_rewritten_whole_is_found_by_its_anchor_only(filled: Journal, settings: Anchor, tmp_path: Path) -> None:
    note = anchor(filled, settings, AT)
    assert note is not None
    assert verify(filled, None, anchors(note.parent, None).known).sound
    _rewrite(tmp_path / "journal.db")
    assert verify(filled, None).sound, "the forger knows the rule of the chain"
    done = verify(filled, None, anchors(note.parent, None).known)
    assert [(fault.wrong, fault.event, fault.detail) for fault in done.faults] == [(Wrong.ANCHOR, 5, note.name)]


def test_events_cut_off_the_end_are_missed_by_the_anchor(filled: Journal, settings: Anchor, tmp_path: Path) -> None:
    note = anchor(filled, settings, AT)
    assert note is not None
    cut = "UPDATE chain_head SET event_id = 3, hash = (SELECT hash FROM events WHERE id = 3)"
    forge(tmp_path / "journal.db", "DELETE FROM events WHERE id > 3", cut)
    assert verify(filled, None).sound
    assert [fault.wrong for fault in verify(filled, None, anchors(note.parent, None).known).faults] == [Wrong.ANCHOR]


def test_a_forged_note_does_not_bear_the_operators_signature(filled: Journal, settings: Anchor) -> None:
    note = anchor(filled, settings, AT)
    assert note is not None
    note.write_text(note.read_text().replace('"hash":"', '"hash": "'))
    assert [fault.wrong for fault in anchors(note.parent, KEY.public_key()).faults] == [Wrong.ANCHOR_SIGNATURE]
    note.with_suffix(".sig").unlink()
    assert [fault.wrong for fault in anchors(note.parent, KEY.public_key()).faults] == [Wrong.ANCHOR_SIGNATURE]
    assert anchors(note.parent, None).faults == []


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"event": "1", "hash": ""}', "[" * 4000, '{"event":1,"hash":null}']
)
def test_a_note_that_cannot_be_read_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "anchor-2026-11-23.json").write_text(content)
    (tmp_path / "anchor-notes.json").write_text("not one of ours")
    found = anchors(tmp_path, None)
    assert ([fault.wrong for fault in found.faults], found.known) == ([Wrong.ANCHOR_UNREADABLE], {})


def test_two_notes_of_one_event_that_disagree_are_a_fault(tmp_path: Path) -> None:
    for day, letter in (("23", "a"), ("24", "b")):
        (tmp_path / f"anchor-2026-11-{day}.json").write_text(json.dumps({"event": 1, "hash": letter * 64}))
    assert [fault.wrong for fault in anchors(tmp_path, None).faults] == [Wrong.ANCHOR]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is the witness here")
def test_openssl_confirms_the_signature(filled: Journal, settings: Anchor, tmp_path: Path) -> None:
    note = anchor(filled, settings, datetime(2026, 11, 23, tzinfo=UTC))
    assert note is not None
    public = tmp_path / "anchor.pub.pem"
    public.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", note, "-sigfile"]
    said = subprocess.run([*command, note.with_suffix(".sig")], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert public_key(public).public_bytes_raw() == KEY.public_key().public_bytes_raw()


def test_only_an_ed25519_key_without_passphrase_signs() -> None:
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().rstrip()
    assert private_key(pem).private_bytes_raw() == KEY.private_bytes_raw()
    rsa = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for wrong in (rsa, "hello", pem[:60]):
        with pytest.raises(ConfigError, match="no Ed25519 key") as caught:
            private_key(wrong)
        assert wrong[30:] not in str(caught.value) or len(wrong) < 30
    with pytest.raises(ConfigError, match="no public key"):
        public_key(Path("/nowhere"))


def test_nothing_is_noted_without_a_folder_or_before_the_first_event(journal: Journal, tmp_path: Path) -> None:
    assert anchor(journal, Anchor(), AT) is None
    assert anchor(journal, Anchor(folder=tmp_path / "anchors"), AT) is None
    assert not (tmp_path / "anchors").exists()


def test_a_folder_that_cannot_be_written_is_said(filled: Journal, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="cannot be written"):
        anchor(filled, Anchor(folder=tmp_path / "file" / "anchors"), AT)
