"""The daemon as systemd and its operator know it: start, stop, reload, one instance, proof of life."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.company import Company, contents, digest
from tests.acceptance.partner_side import arrived
from tests.acceptance.systemd import Listener
from tests.partners.openssh import OpenSshPartner
from tests.partners.waiting import until

DAY = date(2026, 3, 2)
SHEET = "ventes"
# The program itself, with a shorter patience for loops that show no progress: the shipped one is minutes.
IMPATIENT = (
    "-c",
    "import edid.service.daemon as daemon; daemon._SILENCE_MARGIN = 1.0; from edid.cli.main import run; run()",
)


@pytest.fixture
def ready(company: Company, partner: OpenSshPartner) -> Company:
    """A company with one sheet for the OpenSSH partner."""
    company.sheet(SHEET, partner.settings())
    return company


def drop(company: Company, prefix: str, count: int) -> Counter[str]:
    """Drop made-up invoices; return the sha256 of each, to be found at the partner once."""
    files = {f"{prefix}-{number}.xml": ubl_invoice(f"{prefix}-{number}", DAY, lines=1) for number in range(count)}
    for name, content in files.items():
        company.drop(SHEET, name, content)
    return Counter(map(digest, files.values()))


def test_sigterm_in_the_middle_of_a_run_ends_it_soon_with_a_consistent_journal(
    ready: Company, partner: OpenSshPartner
) -> None:
    dropped = drop(ready, "STOP", 150)
    daemon = ready.run()
    daemon.wait_for("flow.sent", count=10)
    asked = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - asked < 10
    assert [flow.state for flow in ready.flows() if flow.state not in {"ready", "sent"}] == []
    at_partner = contents(partner.root / "in")
    assert {flow.name for flow in ready.flows(state="sent")} == set(at_partner)
    assert not any(name.endswith(".part") for name in at_partner)
    assert daemon.events("loop.fault") == []
    assert len(at_partner) < 150, "the stop came too late to show anything"
    daemon = ready.run()
    ready.wait_until_settled(150)
    assert daemon.stop() == 0
    assert arrived(partner) == dropped


def test_a_partner_that_fell_silent_does_not_delay_the_stop(company: Company, partner: OpenSshPartner) -> None:
    ready = company
    ready.configure(schedules={"scan": "500ms", "stop_within": "4s"})
    ready.sheet(SHEET, partner.settings(sessions=1))
    daemon = ready.run()
    drop(ready, "AVANT", 1)
    daemon.wait_for("flow.sent")
    partner.freeze()
    drop(ready, "PENDANT", 1)
    until(lambda: [flow.state for flow in ready.flows()] == ["sent", "sending"], "the second upload is under way")
    asked = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - asked < 4.5
    assert [flow.state for flow in ready.flows()] == ["sent", "ready"]
    partner.cut()
    daemon = ready.run()
    daemon.wait_for("flow.sent")
    assert daemon.stop() == 0
    assert len(contents(partner.root / "in")) == 2


def test_a_second_daemon_on_the_same_state_is_refused_and_harms_nothing(
    ready: Company, partner: OpenSshPartner
) -> None:
    daemon = ready.run()
    refused = ready.edid("run")
    assert refused.returncode == 3
    assert f"another edid (process {daemon.pid}) works on {ready.state}" in refused.stderr
    assert "Stop it first" in refused.stderr
    dropped = drop(ready, "SEUL", 1)
    daemon.wait_for("flow.sent")
    assert arrived(partner) == dropped
    daemon.kill()
    assert ready.run().stop() == 0


def test_a_broken_sheet_at_reload_is_refused_and_the_old_configuration_goes_on(
    ready: Company, partner: OpenSshPartner
) -> None:
    daemon = ready.run()
    path = ready.folder / "sheets" / f"{SHEET}.yaml"
    good = path.read_text()
    path.write_text(good.replace('"application_code": "ABC123"', '"application_code": "trop long"'))
    daemon.signal(signal.SIGHUP)
    refused = daemon.wait_for("reload.refused")
    assert str(path) in refused["error"]
    assert "application_code" in refused["error"]
    assert "trop long" in refused["error"]
    dropped = drop(ready, "RELIRE", 1)
    daemon.wait_for("flow.sent")
    assert arrived(partner) == dropped
    path.write_text(good)
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("reload.done")
    assert daemon.stop() == 0


def test_a_reload_opens_new_sheets_and_closes_disabled_ones(ready: Company, partner: OpenSshPartner) -> None:
    daemon = ready.run()
    ready.sheet("achats", partner.settings(), application_code="NEU001")
    ready.sheet(SHEET, partner.settings(), enabled=False)
    daemon.signal(signal.SIGHUP)
    assert daemon.wait_for("reload.done")["sheets"] == ["achats"]
    ready.drop(SHEET, "reste.xml", ubl_invoice("RESTE-1", DAY))
    ready.drop("achats", "part.xml", ubl_invoice("PART-1", DAY))
    assert daemon.wait_for("flow.sent")["sheet"] == "achats"
    ready.sheet(SHEET, partner.settings())
    daemon.signal(signal.SIGHUP)
    assert daemon.wait_for("flow.sent", sheet=SHEET)
    assert daemon.stop() == 0
    assert [row.file_name for row in ready.documents()] == ["part.xml", "reste.xml"]


def test_a_reload_gets_past_a_partner_that_fell_silent(company: Company, partner: OpenSshPartner) -> None:
    company.configure(schedules={"scan": "500ms", "stop_within": "2s"})
    company.sheet(SHEET, partner.settings(sessions=1))
    daemon = company.run()
    dropped = drop(company, "AVANT", 1)
    daemon.wait_for("flow.sent")
    partner.freeze()
    dropped += drop(company, "PENDANT", 1)
    until(lambda: [flow.state for flow in company.flows()] == ["sent", "sending"], "the second upload is under way")
    company.sheet(SHEET, partner.settings(sessions=1, timeouts={"channel": "5s"}))
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("flow.sent", count=2, seconds=15)
    assert arrived(partner) == dropped
    assert daemon.stop() == 0
    partner.cut()


def test_systemd_hears_of_every_change(ready: Company, tmp_path: Path) -> None:
    with Listener(tmp_path / "notify") as systemd:
        daemon = ready.run(environment={"NOTIFY_SOCKET": str(systemd.place), "WATCHDOG_USEC": "600000"})
        until(
            lambda: systemd.messages(of="READY=1") == [["READY=1", "STATUS=1 sheet(s) open"]],
            "systemd hears that the daemon is ready",
        )
        until(lambda: len(systemd.messages(of="WATCHDOG=1")) >= 3, "the watchdog is fed")
        daemon.signal(signal.SIGHUP)
        until(lambda: len(systemd.messages(of="READY=1")) == 2, "the daemon is ready again")
        [reloading] = systemd.messages(of="RELOADING=1")
        assert reloading[1].startswith("MONOTONIC_USEC=")
        assert 0 <= time.monotonic() - int(reloading[1].partition("=")[2]) / 1e6 < 30
        assert daemon.stop() == 0
    order = [message[0] for message in systemd.messages() if message[0] != "WATCHDOG=1"]
    assert order == ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"]
    assert systemd.messages()[-1] == ["STOPPING=1"]


def test_the_watchdog_goes_hungry_while_a_loop_makes_no_progress(company: Company, tmp_path: Path) -> None:
    ready = company
    ready.configure(limits={"judge_time": "1500ms"})
    for name in ("in", "out"):
        (tmp_path / "partner" / name).mkdir(parents=True)
    ready.sheet(SHEET, {"protocol": "folder", "root": str(tmp_path / "partner")})
    with Listener(tmp_path / "notify") as systemd:
        environment = {"NOTIFY_SOCKET": str(systemd.place), "WATCHDOG_USEC": "400000"}
        daemon = ready.run(program=IMPATIENT, environment=environment)
        until(lambda: len(systemd.messages(of="WATCHDOG=1")) >= 3, "the watchdog is fed")
        journal = sqlite3.connect(ready.state / "journal.db", isolation_level=None)
        journal.execute("BEGIN IMMEDIATE")  # whoever wants to write waits now
        drop(ready, "FAIM", 1)
        daemon.wait_for("loop.stalled", loop=f"{SHEET}/taking")
        until(lambda: systemd.silent_for("WATCHDOG=1") > 1.5, "the watchdog is not fed any more")
        journal.execute("ROLLBACK")
        journal.close()
        fed = len(systemd.messages(of="WATCHDOG=1"))
        until(lambda: len(systemd.messages(of="WATCHDOG=1")) > fed, "the watchdog is fed again")
        daemon.wait_for("flow.sent")
        assert daemon.stop() == 0


def test_without_a_usable_configuration_nothing_starts_and_every_problem_is_told(ready: Company) -> None:
    path = ready.folder / "sheets" / f"{SHEET}.yaml"
    path.write_text(path.read_text().replace('"platform": "chorus-pro"', '"plattform": "chorus", "kind": "sender"'))
    refused = ready.edid("run")
    assert refused.returncode == 3
    assert "plattform" in refused.stderr
    assert "platform" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_partner_that_may_be_slow_does_not_starve_the_watchdog(
    company: Company, partner: OpenSshPartner, tmp_path: Path
) -> None:
    company.configure(limits={"judge_time": "1500ms"})
    company.sheet(SHEET, partner.settings(sessions=1, timeouts={"channel": "30s"}))
    with Listener(tmp_path / "notify") as systemd:
        environment = {"NOTIFY_SOCKET": str(systemd.place), "WATCHDOG_USEC": "400000"}
        daemon = company.run(program=IMPATIENT, environment=environment)
        drop(company, "AVANT", 1)
        daemon.wait_for("flow.sent")
        partner.freeze()
        drop(company, "PENDANT", 1)
        until(lambda: [flow.state for flow in company.flows()] == ["sent", "sending"], "the upload is under way")
        fed = len(systemd.messages(of="WATCHDOG=1"))
        until(lambda: len(systemd.messages(of="WATCHDOG=1")) > fed + 25, "the watchdog is fed all the same")
        assert daemon.events("loop.stalled") == []
        partner.cut()
        daemon.wait_for("flow.sent", count=2)
        assert daemon.stop() == 0
