"""The look at a partner that changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from edid.config.transport import FolderSettings
from edid.transport.probe import ProbeReport, probe
from tests.integration.transport.conftest import empty, sftp
from tests.partners.openssh import OpenSshPartner


@pytest.fixture
def partner(openssh: OpenSshPartner) -> OpenSshPartner:
    empty(openssh.root)
    openssh.forget()
    return openssh


def outcomes(report: ProbeReport) -> dict[str, str]:
    return {step.name: step.outcome for step in report.steps}


def test_a_probe_lists_and_changes_nothing(partner: OpenSshPartner) -> None:
    partner.write("out/report", b"kept")
    report = probe(sftp(partner, upload={"strategy": "directory-rename"}))
    assert report.passed
    assert outcomes(report) == {
        "connect": "ok",
        "list in": "ok",
        "list out": "ok",
        "list temporary": "ok",
    }
    assert "SHA256:" in report.steps[0].detail
    assert "1 file" in report.steps[2].detail
    assert partner.operations() == []


def test_a_probe_reports_the_first_refusal_and_stops(partner: OpenSshPartner) -> None:
    report = probe(sftp(partner, host_keys=[]))
    assert not report.passed
    assert outcomes(report) == {"connect": "failed"}
    assert partner.host_key("ed25519") in report.steps[0].remedy


def test_a_probe_tells_which_folder_is_missing(partner: OpenSshPartner) -> None:
    report = probe(sftp(partner, out_folder="nowhere"))
    assert not report.passed
    assert outcomes(report) == {"connect": "ok", "list in": "ok", "list out": "failed"}
    assert "nowhere" in report.steps[2].detail


def test_a_drop_box_that_may_not_be_listed_is_a_warning_only(partner: OpenSshPartner) -> None:
    (partner.root / "in").chmod(0o300)
    try:
        report = probe(sftp(partner))
    finally:
        (partner.root / "in").chmod(0o750)
    assert report.passed
    assert outcomes(report)["list in"] == "warning"


def test_a_folder_partner_is_probed_too(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    report = probe(FolderSettings(protocol="folder", root=tmp_path))
    assert outcomes(report) == {"connect": "ok", "list in": "ok", "list out": "failed"}
