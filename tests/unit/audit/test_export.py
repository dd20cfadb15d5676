"""An archive for an auditor: whole, the same each time, and checked without edid."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from datetime import UTC, datetime
from functools import partial
from html import unescape
from pathlib import Path

import pytest

from edid.audit.anchor import anchor
from edid.audit.export import Exported, export
from edid.audit.selection import select_documents, select_period
from edid.clock import now
from edid.config.audit import Anchor
from edid.documents.kinds import Facts
from edid.errors import OperatorError, PermanentError
from edid.flows.names import parse_lenient
from edid.journal.events import Event, record
from edid.journal.tables import events
from edid.sandbox.answers import StatusLine, invoice_statuses
from edid.sandbox.invoices import SELLER
from tests.unit.audit.conftest import AT, DAY, document, forge
from tests.unit.exchange.corridor import Corridor


def _export(corridor: Corridor, target: Path, *ids: int, anchors: Path | None = None) -> Exported:
    store = corridor.settings.state / "store"
    return export(corridor.house.journal, store, partial(select_documents, ids=ids), target, anchors)


def _unpacked(archive: Path, folder: Path) -> Path:
    if archive.suffix == ".zip":
        zipfile.ZipFile(archive).extractall(folder)
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    return folder / "edid-audit"


def _check(folder: Path) -> subprocess.CompletedProcess[str]:
    """The recipe of the archive's README, by a Python that knows nothing of edid."""
    command = [sys.executable, "-I", "-S", "check_archive.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["audit.zip", "audit.tar"])
def test_an_archive_is_whole_and_checked_without_edid(corridor: Corridor, tmp_path: Path, name: str) -> None:
    sent = document(corridor, "F-1", "sent")
    done = _export(corridor, tmp_path / name, sent.id)
    folder = _unpacked(tmp_path / name, tmp_path / "unpacked")
    summed = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
    )
    assert summed.returncode == 0, summed.stderr
    listed = {line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    assert listed == {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    said = _check(folder)
    assert said.returncode == 0, said.stderr
    assert f"the chain holds; {done.events} events are shown" in said.stdout
    assert (folder / "originals" / f"{sent.sha256}.xml").is_file()
    assert corridor.flows()[0].sha256 == sent.sha256, "one invoice is its flow: its bytes are there once"
    assert len(list((folder / "returns").iterdir())) == 2, "the report and the statuses"
    assert (done.missing, done.broken, (folder / "missing.txt").read_text()) == ([], False, "")
    told = [json.loads(line) for line in (folder / "documents.jsonl").read_text().splitlines()]
    ours = next(each for each in told if each["id"] == sent.id)
    assert (ours["number"], ours["verdict"]["outcome"], ours["statuses"][0]["code"]) == ("F-1", "valid", "07")


def test_the_report_says_in_both_languages_what_happened(corridor: Corridor, tmp_path: Path) -> None:
    _export(corridor, tmp_path / "audit.zip", document(corridor, "F-1", "sent").id)
    folder = _unpacked(tmp_path / "audit.zip", tmp_path)
    french, english = (folder / f"report.{language}.html" for language in ("fr", "en"))
    for words in ("flux remis au partenaire", "statut reçu", "F-1", "commentaire : vu &lt;é&gt;", "valide"):
        assert words in french.read_text()
    for words in ("flow handed to the partner", "status received", "F-1", "vu &lt;é&gt;", "valid"):
        assert words in english.read_text()
    assert "<script" not in french.read_text()


def _told(folder: Path, language: str, number: str) -> str:
    """The part of a report about the document with this number, as a person sees it."""
    _, _, part = (folder / f"report.{language}.html").read_text().partition(f" : {number}</h2>")
    return unescape(re.sub("<[^>]+>", " ", part.partition("<h2>")[0]))


def test_the_report_of_an_invoice_that_was_paid_says_so(corridor: Corridor, tmp_path: Path) -> None:
    name = parse_lenient("FEN1200A_ABC123_CPP0011200000000000000002")
    assert name is not None
    facts = Facts(number="F-1", issue_date=DAY, seller_id=SELLER.siret)
    lines = [StatusLine(code, facts) for code in ("COMPTABILISEE", "MISE_EN_PAIEMENT")]
    corridor.inbound(str(name), invoice_statuses(name, lines, AT))
    sent = document(corridor, "F-1", "sent")
    _export(corridor, tmp_path / "audit.zip", sent.id)
    folder = _unpacked(tmp_path / "audit.zip", tmp_path)
    french, english = (_told(folder, language, "F-1") for language in ("fr", "en"))
    assert re.search(r"État\s+remis au partenaire", french)
    assert re.search(r"State\s+handed to the partner", english)
    assert re.search(rf"Dernier statut\s+{sent.status}", french)
    order = ["fichier pris", "jugé valide", "flux remis au partenaire", "compte rendu reçu", "statut reçu"]
    assert [words for words in order if words in french] == order
    assert "MISE_EN_PAIEMENT" in french


def test_the_report_of_a_refused_invoice_never_calls_it_sent(corridor: Corridor, tmp_path: Path) -> None:
    bad = next(row for row in corridor.documents() if row.state == "rejected")
    _export(corridor, tmp_path / "audit.zip", bad.id)
    folder = _unpacked(tmp_path / "audit.zip", tmp_path)
    french, english = (_told(folder, language, bad.number) for language in ("fr", "en"))
    assert "refusé, jamais envoyé" in french
    assert re.search(r"fatal\s+XSD", french)
    assert "rejected, never sent" in english
    assert "envoyé" not in french.replace("refusé, jamais envoyé", "")
    assert "sent" not in english.replace("rejected, never sent", "")


def test_the_report_of_a_received_invoice_says_where_it_was_filed(corridor: Corridor, tmp_path: Path) -> None:
    received = corridor.documents("in")[0]
    _export(corridor, tmp_path / "audit.zip", received.id)
    folder = _unpacked(tmp_path / "audit.zip", tmp_path)
    french = _told(folder, "fr", received.number)
    assert re.search(r"Sens\s+entrant", french)
    assert "reçu et rangé pour l'ERP" in french
    assert f"sous : {received.filed_as}" in french
    assert "received and filed for the ERP" in _told(folder, "en", received.number)


@pytest.mark.parametrize("name", ["audit.zip", "audit.tar"])
def test_the_same_journal_gives_the_same_archive(corridor: Corridor, tmp_path: Path, name: str) -> None:
    sent = document(corridor, "F-1", "sent").id
    digests = set()
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        _export(corridor, tmp_path / folder / name, sent)
        digests.add(hashlib.sha256((tmp_path / folder / name).read_bytes()).hexdigest())
        with corridor.house.journal.writing() as tx:
            record(tx, [Event("later", "sheet")])
    assert len(digests) == 1


def test_what_others_did_in_between_is_proved_but_not_shown(corridor: Corridor, tmp_path: Path) -> None:
    bad = next(row for row in corridor.documents() if row.state == "rejected")
    _export(corridor, tmp_path / "audit.zip", bad.id)
    folder = _unpacked(tmp_path / "audit.zip", tmp_path)
    links = [json.loads(line) for line in (folder / "chain.jsonl").read_text().splitlines()]
    assert any("event" not in link for link in links)
    assert all(
        link["event"]["entity_id"] == bad.id for link in links if link.get("event", {}).get("entity") == "document"
    )
    assert _check(folder).returncode == 0


@pytest.mark.parametrize("member", ["chain.jsonl", "originals"])
def test_the_check_of_an_archive_finds_what_was_changed_in_it(corridor: Corridor, tmp_path: Path, member: str) -> None:
    _export(corridor, tmp_path / "audit.zip", document(corridor, "F-1", "sent").id)
    folder = _unpacked(tmp_path / "audit.zip", tmp_path)
    path = folder / member
    if path.is_dir():
        path = next(path.iterdir())
    path.write_bytes(path.read_bytes().replace(b"F-1", b"F-7").replace(b"document.sent", b"document.held"))
    said = _check(folder)
    assert said.returncode == 1
    assert "was changed" in said.stderr


def test_a_period_takes_its_documents_in_and_no_other(corridor: Corridor, tmp_path: Path) -> None:
    store, today = corridor.settings.state / "store", now().date()
    choose = partial(select_period, first=today, last=today)
    done = export(corridor.house.journal, store, choose, tmp_path / "audit.zip")
    assert done.documents == len(corridor.documents()) + len(corridor.documents("in"))
    before = partial(select_period, first=today.replace(year=2020), last=today.replace(year=2021))
    with pytest.raises(PermanentError, match="no document is selected"):
        export(corridor.house.journal, store, before, tmp_path / "none.zip")
    assert sorted(path.name for path in tmp_path.iterdir() if "audit" in path.name or "none" in path.name) == [
        "audit.zip"
    ]


def test_an_archive_goes_on_to_the_next_anchor(corridor: Corridor, tmp_path: Path) -> None:
    bad = next(row for row in corridor.documents() if row.state == "rejected")
    anchor(corridor.house.journal, Anchor(folder=tmp_path / "anchors"), datetime(2026, 11, 23, tzinfo=UTC))
    _export(corridor, tmp_path / "audit.tar", bad.id, anchors=tmp_path / "anchors")
    folder = _unpacked(tmp_path / "audit.tar", tmp_path)
    assert _check(folder).returncode == 0
    note = folder / "anchor-2026-11-23.json"
    note.write_text(note.read_text().replace('"hash":"', '"hash":"0'))
    assert "knows another past" in _check(folder).stderr


def test_lost_bytes_are_said_and_the_rest_is_exported(corridor: Corridor, tmp_path: Path, store: Path) -> None:
    sent = document(corridor, "F-1", "sent")
    (store / sent.sha256[:2] / sent.sha256[2:]).unlink()
    assert _export(corridor, tmp_path / "audit.zip", sent.id).missing == [sent.sha256]


def test_a_forged_chain_is_said(corridor: Corridor, tmp_path: Path, database: Path) -> None:
    sent = document(corridor, "F-1", "sent")
    (event,) = (row for row in corridor.rows(events) if (row.name, row.entity_id) == ("document.packed", sent.id))
    forge(database, f"UPDATE events SET at = datetime(at, '-1 day') WHERE id = {event.id}")
    assert _export(corridor, tmp_path / "audit.zip", sent.id).broken
    assert _check(_unpacked(tmp_path / "audit.zip", tmp_path)).returncode == 1


def test_an_archive_never_replaces_what_stands(corridor: Corridor, tmp_path: Path) -> None:
    sent = document(corridor, "F-1", "sent").id
    (tmp_path / "audit.zip").write_bytes(b"mine")
    with pytest.raises(PermanentError, match="stands already"):
        _export(corridor, tmp_path / "audit.zip", sent)
    with pytest.raises(PermanentError, match=r"neither .zip nor .tar"):
        _export(corridor, tmp_path / "audit.rar", sent)
    with pytest.raises(PermanentError, match="no document 999"):
        _export(corridor, tmp_path / "other.zip", sent, 999)
    with pytest.raises(OperatorError, match="cannot be written"):
        _export(corridor, tmp_path / "missing" / "audit.zip", sent)
    assert (tmp_path / "audit.zip").read_bytes() == b"mine"
    assert not list(tmp_path.glob(".*"))
