from __future__ import annotations

import os
from pathlib import Path

import pytest

from edid.store.durable import copy_durably, durable_write, publish_folder


def test_a_durable_write_replaces_what_was_there_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    durable_write(target, b"old")
    durable_write(target, b"new", mode=0o600)
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["file"]


def test_a_write_that_fails_leaves_the_old_bytes_and_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "file"
    durable_write(target, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        durable_write(target, b"new")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_copy_tells_the_hash_and_size_of_what_it_wrote(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"abc")
    digest, size = copy_durably(tmp_path / "source", tmp_path / "target")
    assert (digest, size) == ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3)
    assert (tmp_path / "target").read_bytes() == b"abc"


def test_a_published_folder_replaces_the_one_of_an_earlier_run(tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        built = tmp_path / ".building"
        (built / "inner").mkdir(parents=True)
        (built / "inner" / "file").write_bytes(content)
        publish_folder(built, tmp_path / "day" / "item")
    assert (tmp_path / "day" / "item" / "inner" / "file").read_bytes() == b"second"
    assert not built.exists()
