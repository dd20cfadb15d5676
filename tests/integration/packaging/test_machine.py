"""The pages for operators, and the unit, on a machine with a real systemd. Opt-in: see machine.py."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from edid.sandbox.invoices import ubl_invoice
from tests.integration.packaging.machine import Machine, booted
from tests.integration.packaging.snippets import Snippet, snippets
from tests.partners.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SHEET = """
name: chorus
kind: sender
platform: generic
environment: qualification
structure: {siret: "12345678200010", name: Example}
application_code: AAA123
interfaces: {emission: [FSO1100A]}
contact: {name: IT, email: it@example.invalid}
transport: {protocol: folder, root: /srv/partner}
"""
SPOOL = "/var/spool/edid/chorus"


def section(page: Path, title: str) -> str:
    return page.read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]


def typed_on_machine(page: Path) -> list[Snippet]:
    return [snippet for snippet in snippets(page) if snippet.kind == "sh machine"]


@pytest.fixture(scope="module")
def machine(project: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which everything in docs/install.md was typed, but its last section, and one sheet is enabled."""
    page = project / "docs" / "install.md"
    with booted() as machine:
        wheels = tmp_path_factory.mktemp("packages") / "wheels"
        pinned = ["--require-hashes", "-r", str(project / "requirements" / "runtime.txt")]
        download = [sys.executable, "-m", "pip", "download", "--quiet", *pinned, "--dest", str(wheels)]
        subprocess.run(download, check=True, capture_output=True)
        for source in (wheels, wheel, project / "requirements"):
            machine.put(source, "/root")
        for snippet in typed_on_machine(page):
            if snippet.text not in section(page, "Uninstall"):
                done = machine.type(snippet.text)
                assert done.returncode == 0, (snippet, done.stdout, done.stderr)
        sheet = tmp_path_factory.mktemp("sheet") / "chorus.yaml"
        sheet.write_text(SHEET)
        machine.put(sheet, "/etc/edid/sheets")
        machine.ask("chown root:edid /etc/edid/sheets/chorus.yaml; systemctl restart edid")
        yield machine


@pytest.fixture(autouse=True)
def _running(machine: Machine) -> None:
    machine.ask("systemctl reset-failed edid; systemctl start edid")


def test_it_is_ready_when_systemd_says_so_and_names_its_sheets(machine: Machine):
    assert machine.unit("SubState") == "running"
    assert machine.unit("StatusText") == "1 sheet(s) open"
    assert '"daemon.ready"' in machine.ask("journalctl --unit edid --output cat")


def test_it_holds_its_one_privilege_and_no_other(machine: Machine):
    status = machine.ask(f"cat /proc/{machine.unit('MainPID')}/status")
    assert set(re.findall(r"^Cap\w+:\t(\w+)$", status, re.MULTILINE)) == {"0000000010000000"}
    assert "NoNewPrivs:\t1" in status


def test_an_erp_of_the_group_drops_an_invoice_and_it_is_delivered(machine: Machine, tmp_path: Path):
    (tmp_path / "invoice.xml").write_bytes(ubl_invoice("F-1", date(2026, 9, 1)))
    machine.put(tmp_path / "invoice.xml", "/srv/erp")
    as_erp(machine, f"umask 027; cp /srv/erp/invoice.xml {SPOOL}/out/")
    until(lambda: machine.ask("ls /srv/partner/in") != "", "the invoice arrives")
    assert machine.ask("ls /srv/partner/in").startswith("FSO1100A_AAA123_AAA123110")
    assert machine.ask(f"ls {SPOOL}/out {SPOOL}/claimed {SPOOL}/rejected") == "\n\n".join(
        f"{SPOOL}/{name}:" for name in ("claimed", "out", "rejected")
    )


def test_a_file_is_left_alone_while_its_erp_has_it_open(machine: Machine, tmp_path: Path):
    (tmp_path / "slow.xml").write_bytes(ubl_invoice("F-2", date(2026, 9, 1)))
    machine.put(tmp_path / "slow.xml", "/srv/erp")
    # Longer than it takes a file to settle: only the lease tells that it is not finished.
    seen = as_erp(machine, f"exec 9>{SPOOL}/out/slow.xml; cat /srv/erp/slow.xml >&9; sleep 5; ls {SPOOL}/out")
    assert seen == "slow.xml"
    until(lambda: machine.ask(f"ls {SPOOL}/out") == "", "the file is taken")
    until(lambda: len(machine.ask("ls /srv/partner/in").splitlines()) == 2, "the invoice arrives")


@pytest.mark.parametrize("folder", [".", "claimed", "rejected", "duplicates", "in"])
def test_an_erp_changes_no_folder_but_its_drop_folder(machine: Machine, folder: str):
    done = machine.type(f"runuser -u erp -- touch {SPOOL}/{folder}/mine")
    assert "Permission denied" in done.stderr


def test_neither_an_erp_nor_a_stranger_sees_what_is_not_theirs(machine: Machine):
    for user, place in (
        ("erp", "/var/lib/edid"),
        ("erp", "/etc/edid/keys"),
        ("nobody", SPOOL),
        ("nobody", "/etc/edid"),
    ):
        assert "Permission denied" in machine.type(f"runuser -u {user} -- ls {place}").stderr, (user, place)


def test_a_reload_takes_the_new_configuration_and_keeps_the_process(machine: Machine):
    before = machine.unit("MainPID")
    machine.ask("systemctl reload edid")
    assert machine.unit("MainPID") == before
    until(lambda: '"reload.done"' in machine.ask("journalctl --unit edid --output cat"), "the reload is done")


def test_a_broken_configuration_fails_the_reload_and_not_the_daemon(machine: Machine):
    before = machine.unit("MainPID")
    sheet = "/etc/edid/sheets/chorus.yaml"
    machine.ask(f"sed -i.good 's/^kind:/kin:/' {sheet}")
    try:
        assert machine.type("systemctl reload edid").returncode != 0
    finally:
        machine.ask(f"mv {sheet}.good {sheet}")
    assert (machine.unit("SubState"), machine.unit("MainPID")) == ("running", before)
    assert "Did you mean 'kind'?" in machine.ask("journalctl --unit edid --output cat")


@pytest.mark.parametrize(("blow", "result"), [("KILL", "signal"), ("STOP", "watchdog")])
def test_a_daemon_that_dies_or_hangs_is_started_again(machine: Machine, blow: str, result: str):
    before = machine.unit("MainPID")
    machine.ask(f"kill -s {blow} {before}")
    until(lambda: machine.unit("SubState") == "running" and machine.unit("MainPID") != before, "it is back", 60)
    assert f"Failed with result '{result}'" in machine.ask("journalctl --unit edid --output cat")


def test_the_death_of_its_judge_processes_leaves_it_running(machine: Machine):
    before = machine.unit("MainPID")
    machine.type(f"pkill -KILL --parent {before}")
    assert (machine.unit("SubState"), machine.unit("MainPID")) == ("running", before)


def test_a_stop_is_done_within_ten_seconds(machine: Machine):
    began = time.monotonic()
    machine.ask("systemctl stop edid")
    assert time.monotonic() - began < 10
    assert machine.unit("Result") == "success"


def test_the_daemon_notes_and_signs_the_end_of_the_chain_where_a_drop_in_lets_it(machine: Machine, project: Path):
    """The unit, its credential and its folder as docs/audit.md shows them."""
    (drop_in,) = (each.text for each in snippets(project / "docs" / "audit.md") if each.kind == "ini")
    place = "/mnt/elsewhere/edid-anchors"
    machine.ask(
        f"install -d -o edid -g edid {place}; openssl genpkey -algorithm ed25519 -out /etc/edid/keys/anchor.pem;"
        "openssl pkey -in /etc/edid/keys/anchor.pem -pubout -out /root/anchor.pub.pem;"
        f"cat > /etc/systemd/system/edid.service.d/anchor.conf <<'EOF'\n{drop_in}EOF\n"
        "cp /etc/edid/edid.yaml /root/edid.yaml.before;"
        f"sed -i 's|^    folder: null|    folder: {place}|; s|^    key: null|    key: {{credential: edid-anchor}}|'"
        " /etc/edid/edid.yaml;"
        "systemctl daemon-reload; systemctl restart edid"
    )
    try:
        until(lambda: ".json" in machine.ask(f"ls {place}"), "the note stands there", 60)
        machine.ask(
            f"cd {place}; openssl pkeyutl -verify -pubin -inkey /root/anchor.pub.pem -rawin"
            " -in anchor-*.json -sigfile anchor-*.sig"
        )
        assert "Permission denied" in machine.type("runuser -u edid -- cat /etc/edid/keys/anchor.pem").stderr
    finally:
        machine.ask(
            "cp /root/edid.yaml.before /etc/edid/edid.yaml; rm /etc/systemd/system/edid.service.d/anchor.conf;"
            "systemctl daemon-reload; systemctl restart edid"
        )


def test_the_service_writes_nowhere_else(machine: Machine):
    pid = machine.unit("MainPID")
    for place in ("/etc/edid", "/opt/edid", "/usr", "/home", "/var/log", "/mnt"):
        said = machine.type(f"nsenter --target {pid} --mount --setuid 0 touch {place}/mine").stderr
        assert re.search("Read-only file system|No such file|Permission denied", said), (place, said)


def test_the_uninstall_keeps_the_state_and_the_spool(machine: Machine, project: Path):
    page = project / "docs" / "install.md"
    for snippet in typed_on_machine(page):
        if snippet.text in section(page, "Uninstall"):
            machine.ask(snippet.text)
    assert "journal.db" in machine.ask("ls /var/lib/edid")
    assert machine.type("systemctl cat edid").returncode != 0


def as_erp(machine: Machine, text: str) -> str:
    return machine.ask(f"runuser -u erp -- bash -c '{text}'")
