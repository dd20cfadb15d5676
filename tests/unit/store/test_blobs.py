from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from edid.errors import EdidError
from edid.store.blobs import BlobStore


def test_bytes_are_found_under_their_hash(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "store")
    (tmp_path / "file").write_bytes(b"content")
    blob = store.add(tmp_path / "file")
    assert blob.sha256 == hashlib.sha256(b"content").hexdigest()
    assert blob.size == 7
    assert store.require(blob.sha256).read_bytes() == b"content"


def test_the_same_bytes_are_stored_once(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "store")
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"same")
    assert store.add(tmp_path / "a") == store.add(tmp_path / "b")
    assert len([path for path in store.root.rglob("*") if path.is_file()]) == 1


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "store")
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="link"):
        store.add(tmp_path / "link")


def test_lost_bytes_are_reported_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EdidError, match="Restore the state folder"):
        BlobStore(tmp_path / "store").require("0" * 64)


def test_what_a_crash_left_half_stored_is_removed_at_the_next_start(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "store")
    (store.root / "incoming" / "half").write_bytes(b"ha")
    BlobStore(tmp_path / "store")
    assert not list((store.root / "incoming").iterdir())
