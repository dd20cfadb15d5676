"""Who has a file open for writing."""

from __future__ import annotations

import mmap
import os
import signal
import threading
from pathlib import Path

import pytest

from edid.intake.lease import open_for_writing


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
