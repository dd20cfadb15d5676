from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from edid.errors import EdidError
from edid.store.blobs import BlobStore
from edid.store.durable import sync_filesystem


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


@pytest.mark.parametrize("count", [1, 7, 8, 200])
def test_many_files_are_stored_as_each_by_itself(tmp_path: Path, count: int) -> None:
    store = BlobStore(tmp_path / "store")
    sources = [tmp_path / str(number) for number in range(count)]
    for source in sources:
        source.write_text(f"content {source.name}")
    blobs = store.add_many([*sources, *sources])
    assert blobs[:count] == blobs[count:]
    for source, blob in zip(sources, blobs, strict=False):
        assert not isinstance(blob, OSError)
        assert store.require(blob.sha256).read_bytes() == source.read_bytes()
    assert not list((store.root / "incoming").iterdir())


def test_one_unreadable_file_among_many_gives_its_error_in_its_place(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "store")
    sources = [tmp_path / str(number) for number in range(20)]
    for source in sources[1:]:
        source.write_text(source.name)
    missing, *stored = store.add_many(sources)
    assert isinstance(missing, FileNotFoundError)
    assert all(not isinstance(blob, OSError) for blob in stored)


def test_what_a_power_cut_left_of_a_copy_is_replaced(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "store")
    sources = [tmp_path / str(number) for number in range(20)]
    for source in sources:
        source.write_text(f"content {source.name}")
    torn = store.path(hashlib.sha256(b"content 3").hexdigest())
    torn.parent.mkdir()
    torn.write_bytes(b"")
    store.add_all(sources)
    assert torn.read_bytes() == b"content 3"


def test_a_disk_that_fails_to_write_back_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = BlobStore(tmp_path / "store")
    sources = [tmp_path / str(number) for number in range(20)]
    for source in sources:
        source.write_text(source.name)

    def broken(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("edid.store.blobs.sync_filesystem", broken)
    with pytest.raises(OSError, match="Input/output"):
        store.add_many(sources)


def test_syncfs_refuses_what_is_no_open_file() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        sync_filesystem(-1)
