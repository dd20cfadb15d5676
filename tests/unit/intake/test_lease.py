"""Who has a file open for writing."""

from __future__ import annotations

import mmap
import os
import signal
import threading
from pathlib import Path

import pytest

from edid.intake import mounts
from edid.intake.lease import blindness, open_for_writing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "invoice.xml"
    made.write_bytes(b"x" * 100)
    return made


def asked(path: Path) -> bool | None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return open_for_writing(descriptor)
    finally:
        os.close(descriptor)


def test_nobody_writes(path: Path) -> None:
    assert asked(path) is False


def test_a_reader_is_no_writer(path: Path) -> None:
    with path.open("rb"):
        assert asked(path) is False


def test_an_open_writer_is_noticed_and_his_close_too(path: Path) -> None:
    with path.open("ab"):
        assert asked(path) is True
    assert asked(path) is False


def test_a_mapped_writer_is_noticed_after_he_closed_the_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    mapped = mmap.mmap(descriptor, 100)
    os.close(descriptor)
    assert asked(path) is True
    mapped.close()
    assert asked(path) is False


def test_the_kernel_cannot_tell_about_what_is_no_file() -> None:
    reading, writing = os.pipe()
    try:
        assert open_for_writing(reading) is None
    finally:
        os.close(reading)
        os.close(writing)


def test_a_writer_who_comes_in_between_neither_kills_nor_hangs(path: Path) -> None:
    assert signal.getsignal(signal.SIGIO) is signal.SIG_DFL
    done = threading.Event()

    def write_often() -> None:
        for _ in range(3000):
            os.close(os.open(path, os.O_WRONLY))
        done.set()

    writer = threading.Thread(target=write_often)
    writer.start()
    while not done.is_set():
        assert asked(path) is not None
    writer.join()


@pytest.mark.parametrize(
    ("kind", "told"), [("nfs4", None), ("nfs", None), ("cifs", None), ("smb3", None), ("ext4", True)]
)
def test_a_filesystem_that_passes_on_what_its_server_lends_cannot_tell(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, told: bool | None
) -> None:
    """There the kernel refuses a lease whenever the server lent none: as if somebody wrote every file, for ever."""
    device = path.stat().st_dev
    mounted = f"36 25 {os.major(device)}:{os.minor(device)} / /spool rw,relatime shared:1 - {kind} server:/export rw\n"
    (tmp_path / "mountinfo").write_text(f"20 1 0:5 / /proc rw - proc proc rw\n{mounted}")
    monkeypatch.setattr(mounts, "_MOUNTS", tmp_path / "mountinfo")
    with path.open("ab"):
        assert asked(path) is told
    assert asked(path) is False


def test_this_disk_tells_about_files_of_other_users_to_root(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs the capability CAP_LEASE")
    assert blindness(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_filesystem_that_cannot_be_asked_is_told_as_such() -> None:
    assert "cannot be asked" in (blindness(Path("/proc")) or "")
