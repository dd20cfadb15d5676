"""Sessions that are kept and reused; and the look at a partner that changes nothing."""

from __future__ import annotations

import threading
from pathlib import Path, PurePosixPath

import pytest

from edid.config.transport import FolderSettings
from edid.errors import PermanentError, RemoteMissingError, TransientError
from edid.transport.deliver import deliver
from edid.transport.pool import SessionPool
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


def test_a_session_is_used_again(partner: OpenSshPartner) -> None:
    pool = SessionPool(sftp(partner))
    with pool.lease() as first:
        first.connect()
    with pool.lease() as second:
        assert second is first
    pool.close()


def test_leases_at_the_same_time_are_different_sessions_and_no_more_than_the_sheet_says(
    partner: OpenSshPartner, source: Path
) -> None:
    settings = sftp(partner, sessions=2)
    pool = SessionPool(settings)
    both_lent = threading.Barrier(2, timeout=20)

    def work(number: int) -> None:
        with pool.lease() as transport:
            both_lent.wait()
            deliver(transport, source, f"flow{number}", settings)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for number in range(2, 6):
        with pool.lease() as transport:
            deliver(transport, source, f"flow{number}", settings)
    pool.close()
    assert len({step.session for step in partner.operations()}) == 2
    assert len(list((partner.root / "in").iterdir())) == 6


def test_a_refusal_keeps_the_session_and_a_lost_line_does_not(partner: OpenSshPartner, source: Path) -> None:
    pool = SessionPool(sftp(partner))
    put = PurePosixPath("in/a")
    with pool.lease() as transport:
        transport.put(source, put)
    with pytest.raises(RemoteMissingError), pool.lease() as transport:
        transport.remove(PurePosixPath("in/gone"))
    with pool.lease() as transport:
        transport.put(source, put)
    assert len({step.session for step in partner.operations()}) == 1
    with pytest.raises(TransientError), pool.lease():
        raise TransientError("the line is bad")
    with pool.lease() as transport:
        transport.put(source, put)
    assert len({step.session for step in partner.operations()}) == 2
    pool.close()


def test_after_close_nothing_is_lent(partner: OpenSshPartner) -> None:
    pool = SessionPool(sftp(partner))
    pool.close()
    with pytest.raises(PermanentError, match="closed"), pool.lease():
        pass


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
