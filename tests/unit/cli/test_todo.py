from __future__ import annotations

import json
from pathlib import Path

from ruamel.yaml import YAML

from tests.unit.cli.conftest import Edid


def _deciding(config: Path) -> Path:
    """Let the receiver sheet of the company give statuses; return its folder for decisions."""
    yaml = YAML()
    sheet = config.parent / "sheets" / "recepteur.yaml"
    data = yaml.load(sheet)
    data["lifecycle"] = {"decide": True}
    data["interfaces"]["emission"] = ["FSO1301A"]
    yaml.dump(data, sheet)
    folder = config.parent / "spool" / "recepteur" / "decide"
    folder.mkdir(parents=True)
    return folder


def _received(edid: Edid, config: Path) -> dict[str, object]:
    return next(row for row in edid("-c", config, "documents", "list", "-f", "json").json if row["direction"] == "in")


def test_what_needs_someone_is_listed_with_what_to_do(edid: Edid, busy: Path) -> None:
    rows = edid("-c", busy, "todo", "--format", "json").json
    assert [row["file_name"] for row in rows] == ["[red]bad.xml"]
    assert "Corrigez" in rows[0]["what"]
    assert "[red]bad.xml" not in edid("-c", busy, "todo", "--who", "platform").out
    assert "Mend" in edid("-c", busy, "todo", "--language", "en", "-f", "csv").out


def test_an_unknown_actor_is_refused_with_those_there_are(edid: Edid, busy: Path) -> None:
    said = edid("-c", busy, "todo", "--who", "me")
    assert said.code == 2
    assert "supplier" in said.err


def test_what_a_person_settled_is_off_the_list(edid: Edid, busy: Path) -> None:
    (row,) = edid("-c", busy, "todo", "-f", "json").json
    assert "1 document(s) wait for us" in edid("-c", busy, "status").out
    assert edid("-c", busy, "todo", "settle", row["id"], "--comment", "sent by post").code == 0
    assert "nothing to show" in edid("-c", busy, "todo").out
    assert edid("-c", busy, "todo", "settle", row["id"], "--comment", "again").code == 1


def test_documents_are_found_by_who_acts_and_by_status(edid: Edid, busy: Path) -> None:
    (rejected,) = edid("-c", busy, "documents", "list", "--who", "us", "-f", "json").json
    assert rejected["state"] == "rejected"
    assert edid("-c", busy, "documents", "list", "--status", "NONE", "-f", "json").json == []


def test_a_status_is_put_where_the_erp_puts_its_decisions(edid: Edid, busy: Path) -> None:
    folder = _deciding(busy)
    received = _received(edid, busy)
    said = edid(
        "-c", busy, "status", "set", received["id"], "suspendue", "--reason", "LIVR_INCOMP", "--comment", "bon ?"
    )
    assert (said.code, said.err) == (0, "")
    assert "06 (SUSPENDUE)" in said.out
    (dropped,) = folder.iterdir()
    assert json.loads(dropped.read_text()) == {
        "document": received["id"],
        "status": "suspendue",
        "reason": ["LIVR_INCOMP"],
        "comment": "bon ?",
    }


def test_a_status_that_cannot_be_given_is_refused_at_once(edid: Edid, busy: Path) -> None:
    received = _received(edid, busy)
    refused = edid("-c", busy, "status", "set", received["id"], "07")
    assert refused.code == 3
    assert "lifecycle.decide" in refused.err
    folder = _deciding(busy)
    assert "is no status" in edid("-c", busy, "status", "set", received["id"], "777").err
    assert "not ours to say" in edid("-c", busy, "status", "set", received["id"], "12").err
    assert "no document 99" in edid("-c", busy, "status", "set", 99, "07").err
    assert list(folder.iterdir()) == []
