"""`edid config check` knows which rule packs and rules there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edid.sandbox.invoices import ubl_invoice
from tests.unit.cli.conftest import DAY, Edid
from tests.unit.validation.added.stylesheets import GOOD


@pytest.fixture
def sheet(company: Path):
    """Give the sheet of the company this `validation`."""

    def of(**validation: Any) -> None:
        path = company.parent / "sheets" / "emetteur.yaml"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"validation": validation}, indent=1))

    return of


def test_a_pin_of_a_pack_that_does_not_exist_is_3(edid: Edid, company: Path, sheet) -> None:
    sheet(pins=["EN16931-UBL@9.9.9"])
    said = edid("-c", company, "config", "check")
    assert said.code == 3
    assert "emetteur.yaml:" in said.out
    assert "validation.pins[0]" in said.out
    assert "'EN16931-UBL@9.9.9'" in said.out
    assert "EN16931-UBL@1.3.16" in said.out


def test_a_pin_of_a_pack_that_was_added_is_right(edid: Edid, company: Path, sheet, tmp_path: Path) -> None:
    (tmp_path / "next.xslt").write_text(GOOD.replace("/rsm:*", "/*"))
    arguments = ("--name", "EN16931-UBL", "--version", "9.9.9", "--source", "ours", "--keep-off")
    assert edid("-c", company, "rules", "add", tmp_path / "next.xslt", *arguments).code == 0
    sheet(pins=["EN16931-UBL@9.9.9"])
    assert edid("-c", company, "config", "check").code == 0


def test_names_that_change_nothing_are_warnings(edid: Edid, company: Path, sheet) -> None:
    sheet(severities={"BR-CO-99X": "warning", "pack:EN16931-UBLX": "warning"}, tolerated=["EN16931-UBLY"])
    said = edid("-c", company, "config", "check")
    assert said.code == 0
    for word in ("BR-CO-99X", "EN16931-UBLX", "EN16931-UBLY"):
        assert f"'{word}'" in said.out
    assert said.out.count("warning ") == 3


def test_packs_that_cannot_be_read_are_told_and_nothing_is_said_of_pins(edid: Edid, company: Path, sheet) -> None:
    sheet(pins=["EN16931-UBL@9.9.9"])
    (company.parent / "state" / "rules").mkdir()
    (company.parent / "state" / "rules" / "catalogue.yaml").write_text('"damaged"')
    said = edid("-c", company, "config", "check")
    assert said.code == 0
    assert "were not checked" in said.out


def test_a_document_is_named_even_when_a_pin_does_not_exist(edid: Edid, company: Path, sheet, tmp_path: Path) -> None:
    sheet(pins=["EN16931-UBL@9.9.9"])
    (tmp_path / "a.xml").write_bytes(ubl_invoice("F-1", DAY))
    said = edid("-c", company, "validate", tmp_path / "a.xml", "--sheet", "emetteur", "--format", "json")
    (document,) = said.json["documents"]
    assert (said.code, document["kind"], document["number"]) == (2, "ubl-invoice", "F-1")
