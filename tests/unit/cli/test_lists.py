from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from edid.cli import documents, flows, status, todo
from edid.journal import tables
from tests.unit.cli.conftest import Edid

LISTS = {
    ("documents", "list"): documents.COLUMNS,
    ("flows", "list"): flows.COLUMNS,
    ("status",): status.COLUMNS,
    ("todo",): todo.COLUMNS,
}


def _csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
def test_csv_has_a_stable_head_and_a_line_for_each_row(edid: Edid, busy: Path, command: tuple[str, ...]) -> None:
    said = edid("-c", busy, *command, "--format", "csv")
    assert said.code == 0
    assert said.out.splitlines()[0] == ",".join(LISTS[command])
    assert len(_csv(said.out)) == len(edid("-c", busy, *command, "--format", "json").json)


def test_the_keys_of_the_lists_are_a_promise_to_programs() -> None:
    assert (
        *("id", "sheet", "direction", "number", "issue_date", "seller_key", "buyer_id", "kind", "state", "status"),
        *("flow_name", "file_name", "created_at", "acts", "answers_id", "answers_as"),
    ) == documents.COLUMNS
    assert (
        *("id", "sheet", "direction", "interface_code", "name", "document_count", "state", "report"),
        *("attempt_count", "next_attempt_at", "created_at", "sent_at", "reason"),
    ) == flows.COLUMNS
    assert status.COLUMNS == ("sheet", "entity", "direction", "state", "count")
    assert (
        *("id", "sheet", "direction", "number", "issue_date", "seller", "buyer", "amount", "currency", "since"),
        *("deadline", "who", "state", "status", "motive", "comment", "what", "file_name", "flow_name"),
    ) == todo.COLUMNS


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (("documents", "list"), {column.name for column in tables.documents.c} | {"file_name", "flow_name"}),
        (("flows", "list"), {column.name for column in tables.flows.c}),
        (("status",), set(status.COLUMNS)),
        (("todo",), set(todo.COLUMNS)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_json_has_every_key_in_every_row(edid: Edid, busy: Path, command: tuple[str, ...], keys: set[str]) -> None:
    rows = edid("-c", busy, *command, "-f", "json").json
    assert rows
    assert all(set(row) == keys for row in rows)


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
def test_a_table_is_for_people(edid: Edid, busy: Path, command: tuple[str, ...]) -> None:
    said = edid("-c", busy, *command)
    assert said.code == 0
    assert "emetteur" in said.out


def test_what_a_file_is_called_is_shown_and_never_interpreted(edid: Edid, busy: Path) -> None:
    assert "[red]bad.xml" in edid("-c", busy, "documents", "list").out


def test_moments_are_iso_8601_in_utc(edid: Edid, busy: Path) -> None:
    for form in ("json", "csv"):
        said = edid("-c", busy, "flows", "list", "--direction", "out", "--format", form)
        rows: list[dict[str, Any]] = said.json if form == "json" else _csv(said.out)
        assert rows[0]["created_at"].endswith("Z")
        assert datetime.fromisoformat(rows[0]["created_at"]).tzinfo is not None


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--state", "sent"], ["F-1"]),
        (["--number", "F-2"], ["F-2"]),
        (["--sheet", "recepteur"], ["2026-00002", "2026-00001"]),
        (["--direction", "in", "--limit", "1"], ["2026-00002"]),
        (["--since", "2100-01-01"], []),
    ],
)
def test_documents_are_narrowed(edid: Edid, busy: Path, options: list[str], numbers: list[str]) -> None:
    rows = edid("-c", busy, "documents", "list", "-f", "json", *options).json
    assert [row["number"] for row in rows] == numbers


def test_flows_are_narrowed(edid: Edid, busy: Path) -> None:
    rows = edid("-c", busy, "flows", "list", "-f", "json", "--state", "kept", "--direction", "in").json
    assert [row["name"] for row in rows] == ["strange"]


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize("command", LISTS, ids=" ".join)
def test_an_empty_journal_is_no_error(edid: Edid, company: Path, command: tuple[str, ...], form: str) -> None:
    said = edid("-c", company, *command, "--format", form)
    assert (said.code, said.err) == (0, "")
    if form == "json":
        assert said.json == []
    elif form == "csv":
        assert _csv(said.out) == []
    else:
        assert "nothing to show" in said.out


def test_status_says_what_needs_a_look(edid: Edid, busy: Path) -> None:
    out = edid("-c", busy, "status").out
    assert "daemon: not running; sheets: emetteur, recepteur" in out
    for need in ("1 file(s) rejected", "1 document(s) rejected", "1 document(s) duplicate", "1 flow(s) failed"):
        assert f"needs a look: {need} on emetteur" in out
    assert "needs a look: 1 flow(s) kept on recepteur" in out
    assert "needs a look: 1 status(es) that match nothing we sent" in out
    assert "failed: the store has lost" in out


def test_one_document_is_shown_with_its_whole_story(edid: Edid, busy: Path) -> None:
    listed = edid("-c", busy, "documents", "list", "-f", "json", "--number", "F-1", "--state", "sent").json[0]
    shown = edid("-c", busy, "documents", "show", listed["id"]).json
    assert {key: shown[key] for key in listed} == listed
    assert [status["canonical"] for status in shown["statuses"]] == ["SERVICE_FAIT"]
    assert [event["name"] for event in shown["events"]] == [
        *("document.valid", "document.packed", "document.sent", "document.status"),
    ]
    assert shown["facts"]["number"] == "F-1"
    assert shown["verdict"]["outcome"] == "valid"


def test_one_flow_is_shown_with_its_whole_story(edid: Edid, busy: Path) -> None:
    listed = edid("-c", busy, "flows", "list", "-f", "json", "--state", "sent").json[0]
    shown = edid("-c", busy, "flows", "show", listed["id"]).json
    assert {key: shown[key] for key in listed} == listed
    assert [document["number"] for document in shown["documents"]] == ["F-1"]
    assert [attempt["outcome"] for attempt in shown["attempts"]] == ["delivered"]
    assert [report["canonical"] for report in shown["reports"]] == ["integrated"]
    assert {"flow.ready", "flow.attempt", "flow.sent", "flow.status"} == {event["name"] for event in shown["events"]}


NARROWED = [("documents", "list"), ("flows", "list"), ("held", "list"), ("todo",), ("alerts",)]


@pytest.mark.parametrize("command", NARROWED, ids=" ".join)
def test_a_mistyped_sheet_is_no_empty_list(edid: Edid, busy: Path, command: tuple[str, ...]) -> None:
    said = edid("-c", busy, *command, "--sheet", "chrous")
    assert said.code == 3
    assert "there is no sheet 'chrous'" in said.err
    assert "Sheets here: " in said.err


@pytest.mark.parametrize("command", NARROWED, ids=" ".join)
def test_a_sheet_that_was_taken_away_keeps_its_history(edid: Edid, busy: Path, command: tuple[str, ...]) -> None:
    listed = {row["sheet"] for row in edid("-c", busy, "documents", "list", "--format", "json").json}
    name = min(listed)
    before = edid("-c", busy, *command, "--sheet", name, "--format", "json").json
    (taken_away,) = busy.parent.glob(f"sheets/*{name}*")
    taken_away.unlink()
    after = edid("-c", busy, *command, "--sheet", name, "--format", "json")
    assert after.code == 0
    assert after.json == before
