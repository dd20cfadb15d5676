"""The exit codes are a promise: 0 done, 1 no, 2 wrong usage or not judged, 3 an operator, 4 later."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from edid.cli.main import exit_code
from edid.errors import ConfigError, EdidError, OperatorError, PermanentError, RefusedInputError, TransientError
from edid.sandbox.invoices import Breakage, broken_invoice
from edid.service.lock import StateLock
from tests.unit.cli.conftest import Edid, Said

Invoice = Callable[..., Path]


def _refused(said: Said, code: int, *words: str) -> None:
    """One paragraph on standard error, nothing on standard output, and what to do."""
    assert said.code == code, said
    assert said.out == ""
    assert said.err.startswith("edid: ")
    assert said.err.count("\n") == 1, f"one paragraph: {said.err!r}"
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EdidError("x"), 1),
        (PermanentError("x"), 1),
        (RefusedInputError("x", code="c"), 1),
        (ConfigError("x"), 3),
        (OperatorError("x"), 3),
        (TransientError("x"), 4),
    ],
)
def test_every_kind_of_error_has_its_code(error: EdidError, code: int) -> None:
    assert exit_code(error) == code


# --- 0 and 1: the answer


def test_a_valid_file_is_0(edid: Edid, invoice: Invoice) -> None:
    said = edid("validate", invoice())
    assert said.code == 0
    assert said.out.startswith("VALIDE ")


def test_an_invalid_file_among_valid_ones_is_1(edid: Edid, invoice: Invoice) -> None:
    bad = invoice(content=broken_invoice(Breakage.BAD_DATE), name="[bold]bad.xml")
    said = edid("validate", invoice(), bad)
    assert said.code == 1
    assert "[bold]bad.xml" in said.out, "what a file is called is no markup"
    documents = edid("validate", invoice(), bad, "--format", "json").json["documents"]
    assert [each["verdict"]["outcome"] for each in documents] == ["valid", "invalid"]
    assert documents[1]["verdict"]["findings"][0]["remedy"]


def test_a_file_that_nobody_can_judge_is_2(edid: Edid, invoice: Invoice) -> None:
    said = edid("validate", invoice(), "--packs", "BR-FR-CDV", "--language", "en")
    assert said.code == 2
    assert said.out.startswith("NOT JUDGED ")


def test_nothing_to_judge_is_2(edid: Edid, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert edid("validate", tmp_path / "empty").code == 2


def test_a_file_that_is_sent_is_0(edid: Edid, company: Path, invoice: Invoice) -> None:
    said = edid("-c", company, "send", invoice(), "--sheet", "emetteur")
    assert said.code == 0, said
    assert "sent in flow FSO1100A_" in said.out
    assert len(list((company.parent / "partner" / "in").iterdir())) == 1
    said = edid("-c", company, "send", invoice(), "--sheet", "emetteur")
    assert (said.code, "duplicate" in said.out) == (1, True)
    assert edid("-c", company, "send", invoice(), "--sheet", "emetteur", "--force").code == 0


def test_a_rehearsal_says_where_it_would_go_or_why_not(edid: Edid, company: Path, invoice: Invoice) -> None:
    said = edid("-c", company, "send", invoice(), "--sheet", "emetteur", "--dry-run")
    assert (said.code, "would leave as FSO1100A_ABC123_" in said.out) == (0, True)
    hostile = broken_invoice(Breakage.BAD_DATE).replace(b"31/08/2026", b"[/x][bold]")
    said = edid("-c", company, "send", invoice(content=hostile), "--sheet", "emetteur", "--dry-run")
    assert said.code == 1
    assert "[/x][bold]" in said.out
    assert not list((company.parent / "partner" / "in").iterdir())


def test_beside_a_running_daemon_a_file_is_dropped_and_nothing_is_forced(
    edid: Edid, company: Path, invoice: Invoice
) -> None:
    with StateLock(company.parent / "state"):
        said = edid("-c", company, "send", invoice(), "--sheet", "emetteur")
        assert (said.code, "the running daemon takes it from" in said.out) == (0, True)
        _refused(
            edid("-c", company, "send", invoice(), "--sheet", "emetteur", "--force"), 3, "another edid", "Stop it first"
        )
    assert (company.parent / "spool" / "emetteur" / "out" / "invoice.xml").exists()


def test_a_poll_is_0_and_a_partner_that_cannot_be_read_is_1(edid: Edid, company: Path) -> None:
    assert edid("-c", company, "poll").out == "emetteur: 0 listed, 0 new, 0 failed, 0 filed\n"
    (company.parent / "partner" / "out").rmdir()
    said = edid("-c", company, "poll", "--sheet", "emetteur")
    assert (said.code, "Create the folder" in said.out) == (1, True)
    with StateLock(company.parent / "state"):
        said = edid("-c", company, "poll")
    assert (said.code, said.out) == (0, "the running daemon was asked to poll: emetteur\n")
    assert (company.parent / "state" / "requests" / "emetteur.poll").exists()


def test_a_flow_is_retried_or_there_is_nothing_to_retry(edid: Edid, busy: Path) -> None:
    failed = edid("-c", busy, "flows", "list", "-f", "json", "--state", "failed").json[0]["id"]
    said = edid("-c", busy, "flows", "retry", failed)
    assert (said.code, said.out) == (0, "1 flow(s) will be tried again\n")
    assert edid("-c", busy, "flows", "show", failed).json["state"] == "ready"
    _refused(edid("-c", busy, "flows", "retry", failed), 1, "no flow there", "flows list")
    _refused(edid("-c", busy, "flows", "retry", 999), 1, "no flow there", "flows list")
    kept = edid("-c", busy, "flows", "list", "-f", "json", "--state", "kept").json[0]["id"]
    assert edid("-c", busy, "flows", "retry", kept).code == 0
    assert edid("-c", busy, "flows", "show", kept).json["state"] == "fetched"


def test_a_sheets_failed_flows_are_retried_together(edid: Edid, busy: Path) -> None:
    assert edid("-c", busy, "flows", "retry", "--sheet", "emetteur").code == 0
    assert edid("-c", busy, "flows", "list", "-f", "json", "--state", "failed").json == []


def test_a_duplicate_is_forced_and_nothing_else(edid: Edid, busy: Path) -> None:
    def listed(state: str) -> int:
        return int(edid("-c", busy, "documents", "list", "-f", "json", "--state", state).json[0]["id"])

    duplicate, sent = listed("duplicate"), listed("sent")
    assert edid("-c", busy, "documents", "force", duplicate).code == 0
    assert edid("-c", busy, "documents", "show", duplicate).json["state"] == "valid"
    _refused(edid("-c", busy, "documents", "force", sent), 1, "not a duplicate", "--state duplicate")


@pytest.mark.parametrize("noun", ["documents", "flows"])
def test_what_does_not_exist_cannot_be_shown(edid: Edid, busy: Path, noun: str) -> None:
    _refused(edid("-c", busy, noun, "show", 999), 1, "999", f"{noun} list")


# --- 2: wrong usage


@pytest.mark.parametrize(
    "arguments",
    [
        ("unknown",),
        ("flows", "list", "--state", "unknown"),
        ("flows", "list", "--direction", "sideways"),
        ("flows", "list", "--limit", "0"),
        ("flows", "list", "--format", "xml"),
        ("flows", "show", "one"),
        ("flows", "retry"),
        ("flows", "retry", "1", "--sheet", "emetteur"),
        ("documents", "list", "--state", "unknown"),
        ("documents", "list", "--since", "yesterday"),
        ("documents", "show"),
        ("config", "schema", "unknown"),
        ("send", "missing-file", "--sheet", "emetteur"),
        ("validate",),
        ("sandbox",),
        ("sandbox", "folder", "--authorized-keys", "missing-file"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_says_what_is_wrong(edid: Edid, busy: Path, arguments: tuple[str, ...]) -> None:
    said = edid("-c", busy, *arguments)
    assert said.code == 2, said
    assert "Usage:" in said.err
    assert "Traceback" not in said.err


def test_an_unknown_state_is_answered_with_the_known_ones(edid: Edid, busy: Path) -> None:
    err = edid("-c", busy, "documents", "list", "--state", "unknown").err
    assert "valid, packed, sent, rejected, held, duplicate" in " ".join(err.split())


# --- 3: an operator


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("flows", "list"),
        ("documents", "list"),
        ("poll",),
        ("config", "check"),
        ("config", "show"),
        ("run",),
    ],
    ids=" ".join,
)
def test_without_a_configuration_nothing_works_and_it_says_so(
    edid: Edid, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    said = edid("-c", tmp_path / "missing.yaml", *arguments)
    assert said.code == 3
    assert "missing.yaml" in said.err
    assert "edid config check" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("arguments", [("status",), ("flows", "list"), ("documents", "show", "1")], ids=" ".join)
def test_without_a_journal_nothing_is_created(edid: Edid, company: Path, arguments: tuple[str, ...]) -> None:
    journal = company.parent / "state" / "journal.db"
    journal.unlink()
    _refused(edid("-c", company, *arguments), 3, "no journal yet", "edid run")
    assert not journal.exists()


def test_a_file_that_is_no_journal_is_refused(edid: Edid, company: Path) -> None:
    (company.parent / "state" / "journal.db").write_bytes(b"this is no database at all" * 100)
    _refused(edid("-c", company, "status"), 3, "cannot be opened", "not a database")


def test_a_journal_of_a_newer_edid_is_refused(edid: Edid, company: Path) -> None:
    with sqlite3.connect(company.parent / "state" / "journal.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    _refused(edid("-c", company, "status"), 3, "9999", "Install the edid that wrote it")


def test_an_unknown_sheet_is_answered_with_the_known_ones(edid: Edid, company: Path, invoice: Invoice) -> None:
    _refused(edid("-c", company, "poll", "--sheet", "nobody"), 3, "no sheet 'nobody'", "Sheets here: emetteur.")
    _refused(edid("-c", company, "send", invoice(), "--sheet", "nobody"), 3, "Sheets here: emetteur.")


def test_a_receiver_sheet_sends_nothing(edid: Edid, busy: Path, invoice: Invoice) -> None:
    _refused(edid("-c", busy, "send", invoice(), "--sheet", "recepteur"), 3, "receiver sheet", "Name a sender sheet")


def test_a_state_folder_that_cannot_be_used_is_one_paragraph(edid: Edid, company: Path, invoice: Invoice) -> None:
    state = company.parent / "state"
    state.rename(company.parent / "elsewhere")
    state.write_text("somebody put a file here")
    _refused(edid("-c", company, "send", invoice(), "--sheet", "emetteur"), 3, str(state))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--incoming", "ABC123"), "--incoming ABC123 is not APPLICATION=N"),
        (("--incoming", "ABC123=many"), "--incoming ABC123=many is not APPLICATION=N"),
        (("--account", "ABC123=FSO9999A"), "FSO9999A"),
    ],
    ids=["no number", "no number either", "unknown code"],
)
def test_wrong_arguments_of_the_sandbox_are_told(
    edid: Edid, tmp_path: Path, options: tuple[str, str], words: str
) -> None:
    keys = tmp_path / "keys"
    keys.write_text("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1z2DAbFmZ0k8K2p4x3OZP0mCqYkqz6n0cF5kXHlM9d me\n")
    said = edid("sandbox", tmp_path / "root", "--authorized-keys", keys, "--port", "0", *options)
    assert said.code == 3
    assert words in said.err
    assert said.err.count("\n") == 1


# --- 4: later


def test_a_journal_that_is_locked_for_long_is_tried_later(
    edid: Edid, busy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edid.journal.database._BUSY_MS", 50)
    database = sqlite3.connect(busy.parent / "state" / "journal.db", isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        _refused(edid("-c", busy, "flows", "retry", "--sheet", "emetteur"), 4, "locked", "Try again")
        assert edid("-c", busy, "flows", "list").code == 0, "looking never waits for a writer"
    finally:
        database.close()


# --- configuration


def test_a_right_configuration_is_0(edid: Edid, company: Path) -> None:
    said = edid("-c", company, "config", "check")
    assert said.code == 0
    assert "1 sheet(s): emetteur" in said.out
    assert edid("-c", company, "config", "check", "--connect").code == 0


def test_every_mistake_is_told_at_once_with_its_place(edid: Edid, company: Path) -> None:
    sheet = company.parent / "sheets" / "emetteur.yaml"
    data = json.loads(sheet.read_text())
    sheet.write_text(json.dumps({**data, "platfrom": "pa", "application_code": "x"}, indent=1))
    company.write_text(json.dumps({"spool": "spool", "state": "state", "language": "de"}))
    said = edid("-c", company, "config", "check")
    assert said.code == 3
    for word in ("platfrom", "application_code", "language", "emetteur.yaml:", "edid.yaml:"):
        assert word in said.err


def test_a_partner_that_does_not_answer_is_1(edid: Edid, company: Path) -> None:
    (company.parent / "partner" / "in").rmdir()
    said = edid("-c", company, "config", "check", "--connect")
    assert said.code == 1
    assert "failed" in said.out


def test_an_interface_code_that_does_not_exist_is_3(edid: Edid, company: Path) -> None:
    sheet = company.parent / "sheets" / "emetteur.yaml"
    sheet.write_text(sheet.read_text().replace("FSO1117A", "FSO9999A"))
    said = edid("-c", company, "config", "check")
    assert said.code == 3
    assert "FSO9999A" in said.out + said.err


@pytest.mark.parametrize("kind", ["settings", "sheet"])
def test_the_schema_is_json(edid: Edid, kind: str) -> None:
    schema = edid("config", "schema", kind).json
    assert schema["$schema"].startswith("https://json-schema.org/")


def test_the_configuration_is_shown_with_its_defaults(edid: Edid, company: Path) -> None:
    shown = edid("-c", company, "config", "show").json
    assert set(shown) == {"settings", "sheets"}
    assert shown["settings"]["limits"]["flow_documents"] == 500
    assert shown["sheets"]["emetteur"]["batch"]["max_documents"] == 1


def test_the_configuration_can_be_named_by_the_environment(
    edid: Edid, company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDID_CONFIG", str(company))
    assert edid("status").code == 0
