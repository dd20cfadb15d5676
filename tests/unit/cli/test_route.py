from __future__ import annotations

import csv
import io
import json
import re
import tarfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from edid.cli.route import COLUMNS
from edid.flows.names import parse_lenient
from edid.sandbox.invoices import cii_invoice, factur_x, ubl_credit_note, ubl_invoice
from edid.sandbox.invoices.content import example_invoice
from edid.sandbox.pivot import Handover, pivot
from tests.unit.cli.conftest import Edid

DAY = date(2026, 9, 1)
PAGE = Path(__file__).resolve().parents[3] / "docs" / "routing.md"
SHEET = """\
kind: receiver
platform: chorus-pro
environment: qualification
structure: {siret: "12345678200010", name: Exemple}
application_code: AAA123
interfaces: {reception: [FEN0036A]}
transport: {protocol: folder, root: partner}
contact: {name: Equipe EDI, email: edi@example.invalid}
"""
ROUTING = """\
routing:
  agencies: [{name: Alpha, service_codes: "3012345000000", folder: alpha}]
  rules:
    - {name: subcontracted, when: {frames: A9}, folder: a-valider}
    - {name: buying, when: {service_codes: ACHATS}, folder: achats}
"""


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """The edid.yaml of a company with one receiver sheet that routes."""
    (tmp_path / "sheets").mkdir()
    (tmp_path / "edid.yaml").write_text("{spool: spool, state: state, language: fr}\n")
    (tmp_path / "sheets" / "inbox.yaml").write_text(f"name: inbox\n{SHEET}{ROUTING}")
    return tmp_path / "edid.yaml"


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A pivot with one invoice for each rule, for the agency, and for none."""
    name = parse_lenient("FEN0036A_AAA123_CPP0010036000000000000001")
    assert name is not None
    cases = [("1", "A9", "ACHATS"), ("2", "A1", "ACHATS"), ("3", "A1", "3012345000000"), ("4", "A1", None)]
    made = [example_invoice(number, DAY, frame=frame, service_code=code) for number, frame, code in cases]
    invoices = [Handover(invoice, steps=()) for invoice in made]
    path = tmp_path / "flow.xml"
    path.write_bytes(pivot(name, invoices, datetime(2026, 9, 2, tzinfo=UTC)))
    return path


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_each_invoice_of_a_flow_has_its_own_route(edid: Edid, etc: Path, flow: Path) -> None:
    said = edid("-c", etc, "route", flow, "--format", "json")
    assert said.code == 0
    assert [(row["number"], row["action"], row["folder"], row["rule"]) for row in said.json] == [
        ("1", "folder", "in/a-valider", "subcontracted"),
        ("2", "folder", "in/achats", "buying"),
        ("3", "exclude", "excluded/alpha", "Alpha"),
        ("4", "folder", "in", None),
    ]
    assert all("trail" not in row for row in said.json)


def test_nothing_is_written(edid: Edid, etc: Path, flow: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in _files(etc.parent)}
    edid("-c", etc, "route", "--explain", flow)
    assert {path: path.stat().st_mtime_ns for path in _files(etc.parent)} == before
    assert not (etc.parent / "spool").exists()
    assert not (etc.parent / "state").exists()


def test_the_table_says_where_and_why_in_the_language_of_the_house(edid: Edid, etc: Path, flow: Path) -> None:
    said = edid("-c", etc, "route", flow)
    assert said.code == 0
    assert "excluded/alpha" in said.out
    assert "aucune règle ne convient" in said.out
    etc.write_text(etc.read_text().replace("fr", "en"))
    assert "no rule fits" in edid("-c", etc, "route", flow).out


def test_csv_has_the_columns_that_are_promised(edid: Edid, etc: Path, flow: Path) -> None:
    said = edid("-c", etc, "route", flow, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["rule"] for row in rows] == ["subcontracted", "buying", "Alpha", ""]


def test_explain_tells_every_rule_that_was_tried_and_what_was_found(edid: Edid, etc: Path, flow: Path) -> None:
    said = edid("-c", etc, "route", "--explain", flow)
    second = said.out.split("\n\n")[1]
    assert second.splitlines()[0].endswith("-> in/achats")
    assert "    x cadre de facturation : lu A1, attendu A9" in second
    assert "    = code service : lu ACHATS, attendu ACHATS" in second
    first = said.out.split("\n\n")[0]
    assert "la validation du premier valideur est attendue" in first
    rows = edid("-c", etc, "route", "--explain", flow, "--format", "json").json
    assert [trace["name"] for trace in rows[1]["trail"]] == ["1", "subcontracted", "buying"]


def test_a_near_miss_is_a_warning(edid: Edid, etc: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.xml"
    path.write_bytes(cii_invoice("1", DAY, service_code="achats"))
    assert (
        "! règle « buying » : code service achats, proche de ACHATS" in edid("-c", etc, "route", "--explain", path).out
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (ubl_invoice("F-1", DAY), "ubl-invoice"),
        (ubl_credit_note("F-1", DAY, credit_of="F-0"), "ubl-credit-note"),
        (cii_invoice("F-1", DAY), "cii"),
        (factur_x("F-1", DAY), "factur-x"),
    ],
    ids=["ubl", "credit", "cii", "factur-x"],
)
def test_an_invoice_that_came_by_itself_is_routed(edid: Edid, etc: Path, tmp_path: Path, content: bytes, kind: str):
    path = tmp_path / "one"
    path.write_bytes(content)
    (row,) = edid("-c", etc, "route", path, "--format", "json").json
    assert (row["number"], row["kind"], row["rule"]) == ("F-1", kind, "buying")


def test_the_members_of_an_archive_are_routed_and_what_cannot_be_read_is_told(edid: Edid, etc: Path, tmp_path: Path):
    path = tmp_path / "flow.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in (("a.xml", ubl_invoice("F-1", DAY)), ("b.xml", b"<broken")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    said = edid("-c", etc, "route", path, "--format", "json")
    assert said.code == 1
    first, second = said.json
    assert (first["file"], first["number"]) == ("flow.tar.gz!a.xml", "F-1")
    assert (second["file"], second["action"]) == ("flow.tar.gz!b.xml", None)
    assert second["because"].startswith("illisible : ")
    assert "flow.tar.gz!b.xml -> -" in edid("-c", etc, "route", "--explain", path).out


def test_a_file_that_cannot_be_read_is_refused(edid: Edid, etc: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.xml"
    path.write_bytes(b"<broken")
    said = edid("-c", etc, "route", path)
    assert said.code == 1
    assert said.out == ""
    assert "edid:" in said.err


def test_what_is_no_invoice_is_told_so(edid: Edid, etc: Path, corpus: Path) -> None:
    said = edid("-c", etc, "route", corpus / "chorus" / "statut" / "Example01-FactureStatut-ok.xml", "-f", "json")
    (row,) = said.json
    assert (said.code, row["action"], row["because"]) == (0, None, "pas une facture (cpp-statut)")


def test_the_received_invoices_of_the_corpus_are_routed(edid: Edid, etc: Path, corpus: Path) -> None:
    for path in sorted((corpus / "chorus" / "pivot").glob("*.xml")):
        said = edid("-c", etc, "route", path, "--format", "json")
        assert said.code == 0, path
        assert said.json
        assert all(row["folder"] == "in" for row in said.json)


def test_the_sheet_must_be_named_when_there_are_several(edid: Edid, etc: Path, flow: Path) -> None:
    (etc.parent / "sheets" / "second.yaml").write_text(f"name: second\n{SHEET}")
    said = edid("-c", etc, "route", flow)
    assert said.code == 3
    assert "inbox, second" in said.err
    assert edid("-c", etc, "route", "--sheet", "second", flow, "-f", "json").json[0]["folder"] == "in"
    assert edid("-c", etc, "route", "--sheet", "third", flow).code == 3


def test_a_sender_sheet_has_no_routing(edid: Edid, etc: Path, flow: Path) -> None:
    sender = SHEET.replace("receiver", "sender").replace("reception: [FEN0036A]", "emission: [FSO1100A]")
    (etc.parent / "sheets" / "outbox.yaml").write_text(f"name: outbox\n{sender}")
    said = edid("-c", etc, "route", "--sheet", "outbox", flow)
    assert said.code == 3
    assert "sender sheet" in said.err
    assert "inbox" in said.err


def test_texts_of_a_document_reach_the_terminal_as_text(edid: Edid, etc: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.xml"
    path.write_bytes(ubl_invoice("F[red]1", DAY))
    assert "F[red]1" in edid("-c", etc, "route", path).out


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_example_of_the_page_is_a_right_sheet(edid: Edid, etc: Path, flow: Path) -> None:
    (example,) = _blocks("yaml")
    (etc.parent / "sheets" / "inbox.yaml").write_text(f"name: inbox\n{SHEET}{example}", encoding="utf-8")
    said = edid("-c", etc, "config", "check")
    assert (said.code, "warning" in said.out) == (0, False)
    rows: list[dict[str, Any]] = edid("-c", etc, "route", flow, "--format", "json").json
    assert [row["folder"] for row in rows] == ["in/a-valider", "in", "excluded/alpha", "in"]


def test_the_commands_of_the_page_work(edid: Edid, etc: Path, flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(flow.parent)
    (block,) = _blocks("sh")
    for line in block.splitlines():
        said = edid("-c", etc, *line.split()[1:])
        assert said.code == 0, line
    assert json.loads(said.out)
