"""`edid validate`: by which rules, of what, told in which form."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from edid.sandbox.invoices import factur_x, ubl_invoice
from tests.unit.cli.conftest import Edid

Invoice = Callable[..., Path]
FRENCH = {"frame": "S1"}
"""What makes an example follow the rules of plateformes agreees, not those of the historical interfaces."""


def _packs(document: dict) -> list[str]:
    return [pack["name"] for pack in document["verdict"]["packs"]]


def _documents(edid: Edid, *arguments: object) -> list[dict]:
    documents: list[dict] = edid("validate", *arguments, "--format", "json").json["documents"]
    return documents


def test_without_options_en_16931_is_asked(edid: Edid, invoice: Invoice) -> None:
    (document,) = _documents(edid, invoice())
    assert document["verdict"]["profile"] == "en16931"
    assert _packs(document) == ["UBL-Invoice", "EN16931-UBL"]


@pytest.mark.parametrize(
    ("profile", "packs"),
    [
        ("xsd-only", ["UBL-Invoice"]),
        ("fr-ctc", ["UBL-Invoice", "EN16931-UBL", "BR-FR-Flux2-UBL"]),
        ("fr-ctc-b2g", ["UBL-Invoice", "EN16931-UBL", "BR-FR-Flux2-UBL", "BR-FR-CPRO"]),
        ("chorus-pro", ["UBL-Invoice", "CHORUS-PRO", "EN16931-UBL"]),
    ],
)
def test_a_profile_is_a_chain_of_packs(edid: Edid, invoice: Invoice, profile: str, packs: list[str]) -> None:
    (document,) = _documents(edid, invoice(), "--profile", profile)
    assert _packs(document) == packs


def test_an_example_for_a_platform_is_valid_by_french_rules(edid: Edid, invoice: Invoice) -> None:
    good = invoice(content=ubl_invoice("F-1", date(2026, 9, 1), **FRENCH))
    assert edid("validate", good, "--profile", "fr-ctc").code == 0


def test_named_packs_are_asked_and_no_others(edid: Edid, invoice: Invoice) -> None:
    (document,) = _documents(edid, invoice(), "--packs", "BR-FR-Flux2-UBL@1.4.0.04, CHORUS-PRO")
    assert _packs(document) == ["BR-FR-Flux2-UBL", "CHORUS-PRO"]


def test_a_pack_that_does_not_exist_judges_nothing(edid: Edid, invoice: Invoice) -> None:
    said = edid("validate", invoice(), "--packs", "EN16931-UBLX", "--language", "en")
    assert (said.code, "there is no rule pack 'EN16931-UBLX'" in said.out) == (2, True)


def test_the_rules_of_a_day_are_those_that_were_in_force(edid: Edid, invoice: Invoice) -> None:
    broken = invoice(content=ubl_invoice("F-1", date(2026, 9, 1), frame="A1"))  # no frame of the reform
    assert edid("validate", broken, "--profile", "fr-ctc", "--at", "2026-09-30").code == 0
    assert edid("validate", broken, "--profile", "fr-ctc", "--at", "2026-10-01").code == 1


def test_in_qualification_a_false_check_digit_is_a_warning(edid: Edid, invoice: Invoice) -> None:
    content = ubl_invoice("F-1", date(2026, 9, 1)).replace(b"00020317400016", b"00020317400017")
    arguments = ("validate", invoice(content=content), "--profile", "chorus-pro")
    assert edid(*arguments).code == 1
    assert edid(*arguments, "--environment", "qualification").code == 0


def test_a_sheet_says_by_what_and_how_heavy(edid: Edid, company: Path, invoice: Invoice) -> None:
    content = ubl_invoice("F-1 " + "9" * 20, date(2026, 9, 1))  # too long a number for Chorus Pro
    arguments = ("-c", company, "validate", invoice(content=content), "--sheet", "emetteur")
    assert edid(*arguments).code == 1
    sheet = company.parent / "sheets" / "emetteur.yaml"
    lighter = {"validation": {"severities": {"CPP-NUMBER-LENGTH": "warning"}}}
    sheet.write_text(json.dumps(json.loads(sheet.read_text()) | lighter))
    assert edid(*arguments).code == 0


def test_a_folder_is_judged_file_by_file_and_an_archive_member_by_member(edid: Edid, tmp_path: Path) -> None:
    folder = tmp_path / "lot"
    (folder / "deep").mkdir(parents=True)
    for number in range(5):
        (folder / "deep" / f"{number}.xml").write_bytes(ubl_invoice(f"F-{number}", date(2026, 9, 1), lines=1))
    with tarfile.open(folder / "flow.tar.gz", "w:gz") as archive:
        for name, content in (("a.xml", ubl_invoice("F-A", date(2026, 9, 1))), ("b.xml", b"<broken")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    said = edid("validate", folder, "--format", "json", "--jobs", "2")
    outcomes = {each["file"]: each["verdict"]["outcome"] for each in said.json["documents"]}
    assert said.code == 1
    assert [outcomes[str(folder / "deep" / f"{number}.xml")] for number in range(5)] == ["valid"] * 5
    assert outcomes[f"{folder / 'flow.tar.gz'}!a.xml"] == "valid"
    assert outcomes[f"{folder / 'flow.tar.gz'}!b.xml"] == "invalid"


def test_standard_input_is_a_file_like_another(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "edid", "-c", tmp_path / "none.yaml", "validate", "-", "--format", "json"],
        input=ubl_invoice("F-1", date(2026, 9, 1)),
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    (document,) = json.loads(answer.stdout)["documents"]
    assert (document["file"], document["number"]) == ("stdin", "F-1")


def test_a_pdf_is_judged_with_what_it_claims(edid: Edid, tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(factur_x("F-1", date(2026, 9, 1)))
    (document,) = _documents(edid, path)
    assert document["verdict"]["outcome"] == "valid"
    assert _packs(document) == ["FACTUR-X-EN16931-XSD", "FACTUR-X-PDF", "FACTUR-X-EN16931"]


def test_a_report_in_a_file_shows_the_lines_of_members_too(edid: Edid, invoice: Invoice, tmp_path: Path) -> None:
    archive = tmp_path / "flow.tar.gz"
    content = ubl_invoice("F-1", date(2026, 9, 1)).replace(
        b"<cbc:ID>F-1</cbc:ID>", b"<cbc:ID>MARKED IN SOURCE</cbc:ID>"
    )
    with tarfile.open(archive, "w:gz") as target:
        entry = tarfile.TarInfo("a.xml")
        entry.size = len(content)
        target.addfile(entry, io.BytesIO(content))
    report = tmp_path / "report.html"
    said = edid("validate", archive, "--profile", "fr-ctc", "--format", "html", "--output", report)
    assert (said.code, said.out) == (1, "")
    assert "MARKED IN SOURCE" in report.read_text("utf-8")


def test_reports_say_how_long_each_document_took(edid: Edid, invoice: Invoice) -> None:
    (document,) = _documents(edid, invoice())
    assert document["seconds"] > 0
    suite = etree.fromstring(edid("validate", invoice(), "--format", "junit").out.encode())[0]
    assert float(suite[0].get("time")) == float(suite.get("time")) > 0


@pytest.mark.parametrize("form", ["sarif", "jsonl", "junit"])
def test_programs_get_what_they_can_read(edid: Edid, invoice: Invoice, form: str) -> None:
    said = edid("validate", invoice(), "--format", form)
    assert said.code == 0
    if form == "junit":
        assert etree.fromstring(said.out.encode()).tag == "testsuites"
    else:
        assert json.loads(said.out)


def test_a_file_that_is_not_there_is_wrong_usage(edid: Edid, tmp_path: Path) -> None:
    said = edid("validate", tmp_path / "nothing.xml")
    assert (said.code, "nothing.xml" in said.err) == (2, True)
