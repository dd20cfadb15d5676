"""What is left, and what is said, when the line or the partner fails in the middle."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from edid.errors import RemoteMissingError, TransientError
from edid.transport.deliver import deliver, is_delivered
from edid.transport.sftp import SftpTransport
from tests.integration.transport.conftest import empty, sftp
from tests.partners.openssh import OpenSshPartner

BIG = 8_000_000
LIMIT = 1 << 30


@pytest.fixture
def big(tmp_path: Path) -> Path:
    file = tmp_path / "big.xml"
    file.write_bytes(os.urandom(BIG))
    return file


@pytest.fixture
def partner(openssh: OpenSshPartner) -> OpenSshPartner:
    empty(openssh.root)
    openssh.forget()
    return openssh


class CutOnce:
    """A progress callback that cuts the line when the first bytes have moved."""

    def __init__(self, partner: OpenSshPartner) -> None:
        self._partner = partner
        self._cut = False

    def __call__(self, moved: int) -> None:
        if not self._cut:
            self._cut = True
            self._partner.cut()


def test_an_interrupted_upload_is_repeated_whole_by_the_same_transport(partner: OpenSshPartner, big: Path) -> None:
    settings = sftp(partner)
    with SftpTransport(settings) as transport:
        with pytest.raises(TransientError, match=r"lost.*in/flow\.part"):
            deliver(transport, big, "flow", settings, CutOnce(partner))
        assert is_delivered(transport, "flow", BIG, settings) is False
        assert 0 < (partner.root / "in" / "flow.part").stat().st_size < BIG
        assert deliver(transport, big, "flow", settings).size_confirmed
        assert is_delivered(transport, "flow", BIG, settings) is True
    assert [file.name for file in (partner.root / "in").iterdir()] == ["flow"]
    assert (partner.root / "in" / "flow").read_bytes() == big.read_bytes()
    renames = [step for step in partner.operations() if step.kind == "rename"]
    assert [(step.path, step.target) for step in renames] == [("in/flow.part", "in/flow")]


def test_an_interrupted_fetch_leaves_no_part_here_and_is_repeated(
    partner: OpenSshPartner, big: Path, tmp_path: Path
) -> None:
    partner.write("out/flow", big.read_bytes())
    back = tmp_path / "back"
    with SftpTransport(sftp(partner)) as transport:
        with pytest.raises(TransientError, match=r"lost.*out/flow"):
            transport.get(PurePosixPath("out/flow"), back, limit=LIMIT, progress=CutOnce(partner))
        assert not back.exists()
        assert transport.get(PurePosixPath("out/flow"), back, limit=LIMIT) == BIG
    assert back.read_bytes() == big.read_bytes()


def test_a_partner_that_falls_silent_is_given_up_and_tried_again(
    partner: OpenSshPartner, big: Path, tmp_path: Path
) -> None:
    partner.write("out/flow", big.read_bytes())
    settings = sftp(partner, timeouts={"channel": "300ms"})

    def freeze(moved: int) -> None:
        partner.freeze()

    with SftpTransport(settings) as transport:
        with pytest.raises(TransientError, match="no answer in time"):
            transport.put(big, PurePosixPath("in/flow"), freeze)
        partner.cut()
        with pytest.raises(TransientError, match="no answer in time"):
            transport.get(PurePosixPath("out/flow"), tmp_path / "back", limit=LIMIT, progress=freeze)
        partner.cut()
        assert transport.put(big, PurePosixPath("in/flow")).size == BIG


def test_a_session_that_the_partner_ended_is_replaced_without_a_word(partner: OpenSshPartner, source: Path) -> None:
    with SftpTransport(sftp(partner)) as transport:
        transport.put(source, PurePosixPath("in/a"))
        first = transport.session
        partner.cut()
        first.ssh.join(10)
        transport.put(source, PurePosixPath("in/b"))
        assert transport.session is not first


def test_one_session_serves_many_files(partner: OpenSshPartner, source: Path) -> None:
    settings = sftp(partner)
    with SftpTransport(settings) as transport:
        for number in range(20):
            deliver(transport, source, f"flow{number}", settings)
    assert len({step.session for step in partner.operations()}) == 1


def test_a_file_that_was_fetched_by_another_in_between_is_missing(partner: OpenSshPartner, tmp_path: Path) -> None:
    offered = partner.write("out/flow", b"once")
    with SftpTransport(sftp(partner)) as transport:
        assert [file.name for file in transport.list(PurePosixPath("out"))] == ["flow"]
        offered.unlink()
        with pytest.raises(RemoteMissingError):
            transport.get(PurePosixPath("out/flow"), tmp_path / "back", limit=LIMIT)


def test_the_remote_handle_is_closed_only_after_the_local_file_is_complete(
    partner: OpenSshPartner, big: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner.write("out/flow", big.read_bytes())
    back = tmp_path / "back"
    synced: list[tuple[int, bool]] = []
    real_fsync = os.fsync

    def watched(descriptor: int) -> None:
        closed = any(step.kind == "close" for step in partner.operations())
        synced.append((back.stat().st_size, closed))
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    with SftpTransport(sftp(partner)) as transport:
        transport.get(PurePosixPath("out/flow"), back, limit=LIMIT)
    assert synced == [(BIG, False), (BIG, False)]


def test_a_local_failure_never_counts_as_fetched_at_the_partner(
    partner: OpenSshPartner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that offers a file once drops it at the close: the line is cut instead."""
    partner.write("out/flow", b"once" * 1000)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with SftpTransport(sftp(partner)) as transport:
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", full)
            with pytest.raises(TransientError, match="this machine"):
                transport.get(PurePosixPath("out/flow"), tmp_path / "back", limit=LIMIT)
        assert not (tmp_path / "back").exists()
        assert transport.get(PurePosixPath("out/flow"), tmp_path / "back", limit=LIMIT) == 4000
    kinds = [step.kind for step in partner.operations()]
    assert kinds == ["open", "forced-close", "open", "close"]


@pytest.fixture
def small_disk(partner: OpenSshPartner) -> Iterator[Path]:
    """A partner whose in folder has room for 256 kB."""
    folder = partner.root / "in"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k,mode=777", "edid", folder], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("may not mount a small disk here")
    yield folder
    partner.cut()
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("size", [300_000, 8_000_000])
def test_a_full_disk_at_the_partner_is_noticed_even_without_asking_for_the_size(
    partner: OpenSshPartner, small_disk: Path, tmp_path: Path, size: int
) -> None:
    file = tmp_path / "file"
    file.write_bytes(os.urandom(size))
    settings = sftp(partner, confirm_size=False)
    with SftpTransport(settings) as transport:
        with pytest.raises(TransientError, match="disk is full"):
            deliver(transport, file, "flow", settings)
        assert is_delivered(transport, "flow", size, settings) is False
        file.write_bytes(b"small")
        deliver(transport, file, "flow", settings)
    assert (small_disk / "flow").read_bytes() == b"small"
