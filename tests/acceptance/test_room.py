"""A disk that is nearly full: nothing new comes in, nothing is lost at the partner, and it goes on by itself."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.company import Company
from tests.partners.waiting import until

MB = 1000**2
FLOOR = 40
SHEET = "chorus"
FLOW = "FEN0036A_CPP001_CPP0010036000000000000001"


@pytest.fixture(params=["state", "spool"])
def disk(request: pytest.FixtureRequest, company: Company) -> Iterator[Path]:
    """A disk of 100 MB where the state folder or the spool is, which is nearly full."""
    folder: Path = company.folder / request.param
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100000k,mode=777", "edid-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount")
    fill(folder, 30)
    yield folder
    company.kill_all()
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, leaving: int) -> None:
    """Let others take all room but so many MB."""
    others = disk / "others"
    others.unlink(missing_ok=True)
    facts = os.statvfs(disk)
    with others.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, facts.f_bavail * facts.f_frsize - leaving * MB)


@pytest.fixture
def root(company: Company, disk: Path) -> Path:
    """The folder of a partner that offers one flow, and a sheet that exchanges with it."""
    root = company.folder / "partner"
    for name in ("in", "out"):
        (root / name).mkdir(parents=True)
    (root / "out" / FLOW).write_bytes(b"<a/>")
    company.configure(limits={"free_space": f"{FLOOR}MB"})
    company.sheet(SHEET, {"protocol": "folder", "root": str(root)}, after_fetch={"action": "delete"})
    return root


def alerts(company: Company, *options: str) -> list[dict[str, Any]]:
    told = json.loads(company.edid("alerts", "list", "--format", "json", *options).stdout)
    return [alert for alert in told if alert["kind"] == "space"]


def test_nothing_new_comes_in_below_the_floor_and_all_of_it_once_there_is_room(
    company: Company, disk: Path, root: Path
) -> None:
    dropped = company.drop(SHEET, "a.xml", ubl_invoice("F-1", date(2026, 3, 2), lines=1))
    daemon = company.run()
    short = daemon.wait_for("room.short")
    assert Path(short["folder"]).is_relative_to(disk)
    assert short["unit"] == "bytes"
    assert short["free"] < FLOOR * MB < short["wanted"] < (FLOOR + 5) * MB
    assert daemon.wait_for("poll.done", listed=1)["failed"] == 1
    assert dropped.exists()
    assert (root / "out" / FLOW).exists()
    assert company.files() == {}
    fill(disk, 60)
    daemon.wait_for("room.enough")
    until(lambda: len(list((root / "in").iterdir())) == 1, "the invoice at the partner")
    company.edid("poll", "--sheet", SHEET)
    daemon.wait_for("flow.fetched")
    until(lambda: not (root / "out" / FLOW).exists(), "the flow to be tidied up")
    assert daemon.stop() == 0
    assert len(daemon.events("room.short")) == len(daemon.events("room.enough")) == 1


@pytest.mark.parametrize("disk", ["state"], indirect=True)
def test_a_person_is_told_at_once_and_the_partner_is_asked_again_by_itself(
    company: Company, disk: Path, root: Path
) -> None:
    fill(disk, 60)
    (root / "out" / FLOW).rename(root / FLOW)
    daemon = company.run()
    daemon.wait_for("poll.done", listed=0)
    fill(disk, 30)
    (root / FLOW).rename(root / "out" / FLOW)
    company.edid("poll", "--sheet", SHEET)
    daemon.wait_for("alert.raised", kind="space", seconds=20)
    (alert,) = alerts(company)
    assert alert["text_fr"].startswith(f"Fiche {SHEET} : il reste ")
    assert alert["text_en"].startswith(f"Sheet {SHEET}: ")
    assert str(disk) in alert["subject"]
    fill(disk, 60)
    daemon.wait_for("flow.fetched", seconds=20)
    daemon.wait_for("alert.cleared", kind="space", seconds=20)
    assert alerts(company) == []
    assert len(alerts(company, "--all")) == 1
    assert daemon.stop() == 0
