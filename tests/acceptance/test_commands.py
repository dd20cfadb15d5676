"""What an operator types, against a real partner, with and without the daemon."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path

import pytest

from edid.sandbox.invoices import broken_invoice, ubl_invoice
from edid.sandbox.invoices.breakage import Breakage
from tests.acceptance.archives import tar_gz
from tests.acceptance.company import Company, contents
from tests.acceptance.partner_side import offer
from tests.partners.openssh import OpenSshPartner

DAY = date(2026, 3, 2)
SHEET = "ventes"
FIRST, SECOND = (f"FSO1100A_ABC123_ABC1231100{number:015d}" for number in (1, 2))
RECEIVED = "FEN3036A_ABC123_CPP0013036000000000000001"


@pytest.fixture
def ready(company: Company, partner: OpenSshPartner) -> Company:
    """A company with one sheet for the OpenSSH partner."""
    company.sheet(SHEET, partner.settings())
    return company


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    """A valid invoice in a folder of its own."""
    file = tmp_path / "facture.xml"
    file.write_bytes(ubl_invoice("MAIN-1", DAY))
    return file


def at_partner(partner: OpenSshPartner) -> dict[str, bytes]:
    return contents(partner.root / "in")


def test_a_rehearsal_names_the_flow_and_changes_nothing(ready: Company, partner: OpenSshPartner, invoice: Path) -> None:
    told = ready.edid("send", invoice, "--sheet", SHEET, "--dry-run")
    assert told.returncode == 0, told.stderr
    assert "verdict: valid" in told.stdout
    assert "would leave as FSO1100A_ABC123_ABC1231100<15 digits> to in/" in told.stdout
    assert at_partner(partner) == {}
    assert not ready.state.exists()
    assert not ready.spool.exists()
    assert invoice.is_file()


def test_a_rehearsal_of_a_bad_file_says_why_and_fails(ready: Company, tmp_path: Path) -> None:
    bad = tmp_path / "mauvaise.xml"
    bad.write_bytes(broken_invoice(Breakage.MISPLACED, "KO-1", DAY))
    told = ready.edid("send", bad, "--sheet", SHEET, "--dry-run")
    assert told.returncode == 1
    assert "verdict: invalid" in told.stdout
    assert "XSD: cbc:DocumentCurrencyCode" in told.stdout


def test_without_a_daemon_a_file_is_sent_here_and_now(ready: Company, partner: OpenSshPartner, invoice: Path) -> None:
    told = ready.edid("send", invoice, "--sheet", SHEET)
    assert told.returncode == 0, told.stderr
    assert f"sent in flow {FIRST}" in told.stdout
    assert at_partner(partner) == {FIRST: invoice.read_bytes()}
    assert [(row.state, row.flow_name) for row in ready.documents()] == [("sent", FIRST)]
    again = ready.edid("send", invoice, "--sheet", SHEET)
    assert again.returncode == 1
    assert "duplicate" in again.stdout
    forced = ready.edid("send", invoice, "--sheet", SHEET, "--force")
    assert forced.returncode == 0, forced.stderr
    assert set(at_partner(partner)) == {FIRST, SECOND}
    assert ready.left_in(SHEET, "claimed") == []


def test_a_file_that_is_refused_by_hand_is_kept_with_its_reason(ready: Company, tmp_path: Path) -> None:
    bad = tmp_path / "mauvaise.xml"
    bad.write_bytes(b"Bonjour")
    told = ready.edid("send", bad, "--sheet", SHEET)
    assert told.returncode == 1
    assert "rejected" in told.stdout
    assert "mauvaise.xml.verdict.txt" in ready.left_in(SHEET, "rejected")
    assert bad.is_file()


def test_with_a_daemon_the_file_goes_through_the_drop_folder(
    ready: Company, partner: OpenSshPartner, invoice: Path
) -> None:
    daemon = ready.run()
    told = ready.edid("send", invoice, "--sheet", SHEET)
    assert told.returncode == 0, told.stderr
    assert f"the running daemon takes it from {ready.out(SHEET) / invoice.name}" in told.stdout.replace("\n", "")
    daemon.wait_for("flow.sent")
    assert daemon.stop() == 0
    assert at_partner(partner) == {FIRST: invoice.read_bytes()}


def test_a_partner_that_is_down_is_told_and_the_file_leaves_later(
    company: Company, partner: OpenSshPartner, invoice: Path
) -> None:
    company.sheet(SHEET, partner.settings())
    partner.stop()
    try:
        told = company.edid("send", invoice, "--sheet", SHEET)
    finally:
        partner.start()
    assert told.returncode == 1
    assert "cannot be reached" in told.stdout
    daemon = company.run()
    daemon.wait_for("flow.sent")
    assert daemon.stop() == 0
    assert at_partner(partner) == {FIRST: invoice.read_bytes()}


def test_a_poll_by_hand_files_what_is_offered(ready: Company, partner: OpenSshPartner) -> None:
    offer(partner, RECEIVED, ubl_invoice("RECUE-1", DAY))
    told = ready.edid("poll")
    assert told.returncode == 0, told.stderr
    assert f"{SHEET}: 1 listed, 1 new, 0 failed, 1 filed" in told.stdout
    assert [row.number for row in ready.documents(direction="in")] == ["RECUE-1"]
    assert "0 new" in ready.edid("poll", "--sheet", SHEET).stdout
    partner.stop()
    try:
        failed = ready.edid("poll")
    finally:
        partner.start()
    assert failed.returncode != 0
    assert "cannot be reached" in failed.stdout + failed.stderr


def test_a_running_daemon_polls_when_asked(ready: Company, partner: OpenSshPartner) -> None:
    daemon = ready.run()
    daemon.wait_for("poll.done")
    offer(partner, RECEIVED, ubl_invoice("RECUE-1", DAY))
    told = ready.edid("poll", "--sheet", SHEET)
    assert told.returncode == 0, told.stderr
    assert f"the running daemon was asked to poll: {SHEET}" in told.stdout
    daemon.wait_for("flow.filed")
    assert daemon.stop() == 0


def test_a_failed_flow_waits_less_when_a_person_says_so(
    company: Company, partner: OpenSshPartner, invoice: Path
) -> None:
    company.sheet(SHEET, partner.settings(sessions=1), retry={"first": "1h", "longest": "1h"})
    partner.stop()
    daemon = company.run()
    company.drop(SHEET, invoice.name, invoice.read_bytes())
    daemon.wait_for("flow.transient")
    partner.start()
    told = company.edid("flows", "retry", "--sheet", SHEET)
    assert told.returncode == 0, told.stderr
    assert "1 flow(s) will be tried again" in told.stdout
    daemon.wait_for("flow.sent", seconds=20)
    assert daemon.stop() == 0
    assert company.edid("flows", "retry", "--sheet", SHEET).returncode == 1


def test_lists_have_a_form_for_programs(ready: Company, invoice: Path, tmp_path: Path) -> None:
    bad = tmp_path / "mauvaise.xml"
    bad.write_bytes(b"Bonjour")
    assert ready.edid("send", invoice, "--sheet", SHEET).returncode == 0
    assert ready.edid("send", bad, "--sheet", SHEET).returncode == 1
    [flow] = json.loads(ready.edid("flows", "list", "--format", "json").stdout)
    assert (flow["name"], flow["state"], flow["document_count"]) == (FIRST, "sent", 1)
    assert datetime.fromisoformat(flow["sent_at"]).tzinfo is not None
    [row] = csv.DictReader(io.StringIO(ready.edid("flows", "list", "--format", "csv").stdout))
    assert (row["name"], row["state"], row["attempt_count"]) == (FIRST, "sent", "1")
    listed = json.loads(ready.edid("documents", "list", "--format", "json").stdout)
    assert [(one["file_name"], one["state"]) for one in listed] == [
        ("mauvaise.xml", "rejected"),
        ("facture.xml", "sent"),
    ]
    shown = json.loads(ready.edid("documents", "show", str(listed[1]["id"])).stdout)
    assert shown["verdict"]["outcome"] == "valid"
    assert [event["name"] for event in shown["events"]] == ["document.valid", "document.packed", "document.sent"]
    flow_shown = json.loads(ready.edid("flows", "show", str(flow["id"])).stdout)
    assert [attempt["outcome"] for attempt in flow_shown["attempts"]] == ["delivered"]
    counts = json.loads(ready.edid("status", "--format", "json").stdout)
    assert {"sheet": SHEET, "entity": "flow", "direction": "out", "state": "sent", "count": 1} in counts


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"bonne.xml": ubl_invoice("V-1", DAY)}, 0),
        ({"lot.tar.gz": tar_gz({"a.xml": ubl_invoice("V-1", DAY), "b.xml": ubl_invoice("V-2", DAY)})}, 0),
        ({"bonne.xml": ubl_invoice("V-1", DAY), "cassee.xml": broken_invoice(Breakage.MISPLACED, "V-2", DAY)}, 1),
        ({"texte.xml": b"Bonjour"}, 1),
        ({"statut.xml": b'<CPPStatut Version="V9_99"/>'}, 2),
    ],
    ids=["valid", "valid archive", "one invalid", "no invoice", "not judged"],
)
def test_validate_tells_by_its_exit_code(company: Company, tmp_path: Path, files: dict[str, bytes], code: int) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    told = company.edid("validate", *(tmp_path / name for name in files), "--format", "json")
    assert told.returncode == code, told.stdout + told.stderr
    outcomes = {one["verdict"]["outcome"] for one in json.loads(told.stdout)["documents"]}
    assert ("not judged" in outcomes) == (code == 2)
    assert ("invalid" in outcomes) == (code == 1)


def test_a_connection_check_changes_nothing_at_the_partner(ready: Company, partner: OpenSshPartner) -> None:
    offer(partner, RECEIVED, b"offered")
    told = ready.edid("config", "check", "--connect")
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"1 sheet(s): {SHEET}" in told.stdout
    assert "SHA256:" in told.stdout
    assert [one for one in partner.operations() if one.kind in {"open", "rename", "remove"}] == []
    assert [path.name for path in (partner.root / "out").iterdir()] == [RECEIVED]
    assert not ready.state.exists()


def test_a_connection_check_tells_what_to_mend(ready: Company, partner: OpenSshPartner) -> None:
    ready.sheet(SHEET, partner.settings(host_keys=[]))
    told = ready.edid("config", "check", "--connect")
    assert told.returncode == 1
    assert partner.host_key("ed25519") in told.stdout or partner.host_key("rsa") in told.stdout
    ready.sheet(SHEET, partner.settings(in_folder="absent"))
    told = ready.edid("config", "check", "--connect")
    assert told.returncode == 1
    assert "absent" in told.stdout


def test_what_does_not_exist_is_told_in_one_paragraph(ready: Company, invoice: Path) -> None:
    for arguments, code, said in (
        (("send", invoice, "--sheet", "ventse"), 3, "Sheets here: ventes"),
        (("flows", "list"), 3, "edid run"),
        (("send", invoice.with_name("absente.xml"), "--sheet", SHEET), 2, "absente.xml"),
    ):
        told = ready.edid(*arguments)
        assert told.returncode == code, told.stderr
        assert said in told.stderr
        assert "Traceback" not in told.stderr
