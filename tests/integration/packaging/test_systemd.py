"""The unit, its user and its folders, as systemd itself reads them."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

MOST_EXPOSED = 1.5
ABSENT_BINARY = re.compile(r"^edid\.service: Command (edid|/bin/kill) is not executable: No such file or directory$")


def systemd(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    return subprocess.run([tool, *map(str, arguments)], check=False, capture_output=True, text=True)


@pytest.fixture
def unit(project: Path) -> Path:
    return project / "systemd" / "edid.service"


@pytest.fixture
def service(unit: Path) -> dict[str, list[str]]:
    """The [Service] section: systemd lets a key stand several times."""
    section = unit.read_text().split("[Service]")[1].split("[Install]")[0]
    keys: dict[str, list[str]] = {}
    for line in section.splitlines():
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            keys.setdefault(key, []).append(value)
    return keys


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A file system of its own for tools that would otherwise change this machine."""
    (tmp_path / "etc").mkdir()
    return tmp_path


def test_systemd_has_nothing_to_say_against_the_unit(unit: Path):
    # It exits 0 even on an unknown key: what it says is the verdict.
    said = systemd("systemd-analyze", "verify", "--man=no", unit).stderr.splitlines()
    assert [line for line in said if not ABSENT_BINARY.match(line)] == []


def test_an_unknown_key_would_be_noticed(unit: Path, tmp_path: Path):
    broken = tmp_path / "edid.service"
    broken.write_text(unit.read_text().replace("WatchdogSec=", "WatchdogSecs="))
    assert "WatchdogSecs" in systemd("systemd-analyze", "verify", "--man=no", broken).stderr


def test_the_service_is_hardly_exposed(unit: Path):
    done = systemd(
        "systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED * 10:.0f}", unit
    )
    found = re.search(r"Overall exposure level for edid\.service: ([0-9.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= MOST_EXPOSED
    assert done.returncode == 0


CLOSED = {
    **dict.fromkeys(("ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateIPC", "PrivateMounts", "RemoveIPC"), "yes"),
    **dict.fromkeys(("ProtectClock", "ProtectControlGroups", "ProtectHostname", "ProtectKernelLogs"), "yes"),
    **dict.fromkeys(("ProtectKernelModules", "ProtectKernelTunables", "LockPersonality", "NoNewPrivileges"), "yes"),
    **dict.fromkeys(("MemoryDenyWriteExecute", "RestrictNamespaces", "RestrictRealtime"), "yes"),
    "ProtectSystem": "strict",
    "ProtectProc": "invisible",
    "ProcSubset": "pid",
    "KeyringMode": "private",
    "LimitCORE": "0",
    "UMask": "0027",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "SystemCallArchitectures": "native",
}
"""What makes up the exposure; looked at on machines without systemd as well, where the tool cannot count."""


def test_nothing_that_is_closed_was_opened(service: dict[str, list[str]]):
    assert {key: service.get(key) for key in CLOSED} == {key: [value] for key, value in CLOSED.items()}
    assert service["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]
    assert service["ReadWritePaths"] == ["/var/spool/edid"]


def test_the_tool_would_notice_one_key_less(unit: Path, tmp_path: Path):
    weaker = tmp_path / "edid.service"
    weaker.write_text(unit.read_text().replace("ProtectProc=invisible\n", "").replace("ProtectHome=yes\n", ""))
    done = systemd(
        "systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED * 10:.0f}", weaker
    )
    assert done.returncode != 0


def test_its_one_privilege_is_to_ask_for_leases(service: dict[str, list[str]]):
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == ["CAP_LEASE"]
    assert service["User"] == service["Group"] == ["edid"]


def test_drop_folders_can_be_made_setgid_and_leases_asked_on_other_users_files(service: dict[str, list[str]]):
    assert "RestrictSUIDSGID" not in service
    assert "PrivateUsers" not in service


def test_the_death_of_a_judge_process_does_not_stop_the_service(service: dict[str, list[str]]):
    assert service["OOMPolicy"] == ["continue"]
    assert service["KillMode"] == ["mixed"]


def test_the_state_folder_is_closed_to_the_erps_of_the_group(service: dict[str, list[str]]):
    assert service["StateDirectoryMode"] == ["0700"]


def test_the_user_and_its_group_are_made(project: Path, root: Path):
    done = systemd("systemd-sysusers", f"--root={root}", project / "systemd" / "edid.sysusers")
    assert done.returncode == 0, done.stderr
    user = (root / "etc" / "passwd").read_text().strip().split(":")
    assert user[0] == "edid"
    assert user[5] == "/var/lib/edid"
    assert user[6].endswith("nologin")
    assert (root / "etc" / "group").read_text().startswith("edid:")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give folders away")
def test_the_spool_is_entered_by_the_group_and_changed_by_edid_alone(project: Path, root: Path):
    systemd("systemd-sysusers", f"--root={root}", project / "systemd" / "edid.sysusers")
    done = systemd("systemd-tmpfiles", "--create", f"--root={root}", project / "systemd" / "edid.tmpfiles")
    assert (done.returncode, done.stderr) == (0, "")
    modes = {name: stat.S_IMODE((root / name).stat().st_mode) for name in ("var/spool/edid", "etc/edid/sheets")}
    assert modes == {"var/spool/edid": 0o2750, "etc/edid/sheets": 0o750}


def test_unit_and_daemon_agree_on_the_places(unit: Path, project: Path):
    reader = configparser.ConfigParser(strict=False, interpolation=None)
    reader.optionxform = str  # type: ignore[assignment, method-assign]
    reader.read(unit)
    sample = (project / "config" / "edid.yaml").read_text()
    assert f"spool: {reader['Service']['ReadWritePaths']}\n" in sample
    assert f"state: /var/lib/{reader['Service']['StateDirectory']}\n" in sample
