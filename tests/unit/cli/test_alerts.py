"""`edid alerts`: what stands, what stood, and what a person may dismiss."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from edid.cli import alerts
from edid.clock import now
from edid.config.loader import load
from edid.exchange.alerts import rows
from edid.exchange.alerts.cause import AlertKind, Cause
from edid.journal.database import default_url, open_journal
from tests.unit.cli.conftest import Edid

CAUSES = [
    Cause(AlertKind.REPORT, "FSO1100A_X", "rien pour [red]X", "nothing of [red]X"),
    Cause(AlertKind.EXPIRY, "certificate 2026-12-01 soon", "il expire", "it ends"),
    Cause(AlertKind.GAP, "CPP001 1200 4-4", "il manque 4", "4 is missing"),
]


@pytest.fixture
def alarmed(busy: Path) -> Path:
    """Two alerts of `emetteur`, one of `recepteur`, and one that is cleared."""
    journal = open_journal(default_url(load(busy).settings.state))
    try:
        with journal.writing() as tx:
            rows.raise_(tx, "emetteur", CAUSES[:2], now())
            rows.raise_(tx, "recepteur", CAUSES[2:], now())
            (gone,) = rows.raise_(tx, "emetteur", [Cause(AlertKind.TODO, "document 1", "fini", "over")], now())
            rows.clear(tx, [row for row in rows.listed(tx) if row.id == gone], now() + timedelta(hours=1))
    finally:
        journal.close()
    return busy


@pytest.mark.parametrize("command", [("alerts",), ("alerts", "list")], ids=" ".join)
def test_what_stands_is_listed_newest_first(edid: Edid, alarmed: Path, command: tuple[str, ...]) -> None:
    said = edid("-c", alarmed, *command, "--format", "json")
    assert said.code == 0
    assert [row["subject"] for row in said.json] == [cause.subject for cause in reversed(CAUSES)]
    assert set(said.json[0]) == set(alerts.COLUMNS)


@pytest.mark.parametrize("command", [("alerts",), ("alerts", "list")], ids=" ".join)
def test_all_shows_what_is_cleared_too(edid: Edid, alarmed: Path, command: tuple[str, ...]) -> None:
    found = edid("-c", alarmed, *command, "--all", "--format", "json").json
    assert [row["subject"] for row in found if row["cleared_at"]] == ["document 1"]
    assert len(found) == 4


@pytest.mark.parametrize("command", [("alerts",), ("alerts", "list")], ids=" ".join)
def test_a_sheet_may_be_named(edid: Edid, alarmed: Path, command: tuple[str, ...]) -> None:
    found = edid("-c", alarmed, *command, "--sheet", "recepteur", "--format", "json").json
    assert [row["sheet"] for row in found] == ["recepteur"]


def test_the_newest_come_first_where_the_number_is_limited(edid: Edid, alarmed: Path) -> None:
    found = edid("-c", alarmed, "alerts", "--limit", "1", "--format", "json").json
    assert [row["kind"] for row in found] == ["gap"]


def test_csv_has_a_stable_head_and_a_line_for_each_row(edid: Edid, alarmed: Path) -> None:
    said = edid("-c", alarmed, "alerts", "--format", "csv")
    assert said.out.splitlines()[0] == "id,sheet,kind,subject,raised_at,cleared_at,text,text_fr,text_en"
    assert len(list(csv.DictReader(io.StringIO(said.out)))) == 3


@pytest.mark.parametrize(("options", "text"), [((), "rien pour [red]X"), (("--language", "en"), "nothing of [red]X")])
def test_people_read_it_in_their_language(edid: Edid, alarmed: Path, options: tuple[str, ...], text: str) -> None:
    assert text in edid("-c", alarmed, "alerts", *options).out


def test_a_language_that_nobody_speaks_is_refused(edid: Edid, alarmed: Path) -> None:
    assert edid("-c", alarmed, "alerts", "--language", "de").code == 2


def test_an_alert_is_dismissed_with_a_comment_that_the_journal_keeps(edid: Edid, alarmed: Path) -> None:
    (row,) = [row for row in edid("-c", alarmed, "alerts", "-f", "json").json if row["kind"] == "report"]
    said = edid("-c", alarmed, "alerts", "dismiss", row["id"], "--comment", "sent by portal")
    assert (said.code, said.out) == (0, f"alert {row['id']} is dismissed\n")
    assert row["id"] not in [each["id"] for each in edid("-c", alarmed, "alerts", "-f", "json").json]
    again = edid("-c", alarmed, "alerts", "dismiss", row["id"], "--comment", "sent by portal")
    assert again.code == 1
    assert "cleared already" in again.err


def test_what_goes_on_is_not_dismissed(edid: Edid, alarmed: Path) -> None:
    (row,) = [row for row in edid("-c", alarmed, "alerts", "-f", "json").json if row["kind"] == "expiry"]
    said = edid("-c", alarmed, "alerts", "dismiss", row["id"], "--comment", "later")
    assert said.code == 1
    assert "alerts.expiry" in said.err
