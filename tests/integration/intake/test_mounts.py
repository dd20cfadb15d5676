"""Spools on other filesystems, read-only, full, and mounts that go and come back."""

from __future__ import annotations

import os
import queue
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edid.config.sheet import Intake
from edid.errors import OperatorError, TransientError
from edid.intake.claim import claim, finish
from edid.intake.folders import SheetFolders
from edid.intake.readiness import Readiness
from edid.intake.scan import scan
from edid.intake.setaside import set_aside
from edid.intake.watch import FolderWatch
from edid.store.blobs import BlobStore

from .conftest import mount


@pytest.fixture
def spool(mounted: Path) -> SheetFolders:
    folders = SheetFolders(mounted, "sheet")
    folders.prepare(sender=True)
    return folders


def dropped(folders: SheetFolders) -> Path:
    path = folders.out / "invoice.xml"
    path.write_bytes(b"<Invoice/>" * 1000)
    return path


def test_a_spool_on_another_filesystem_than_the_store_serves(spool: SheetFolders, tmp_path: Path) -> None:
    dropped(spool)
    claimed = claim(scan(spool.out, Intake())[0], spool, limit=10_000)
    blob = BlobStore(tmp_path / "store").add(claimed.path)
    finish(claimed)
    stored = BlobStore(tmp_path / "store").path(blob.sha256)
    target = set_aside(
        source=None, content=stored, folder=spool.rejected, name="invoice.xml", notes={".txt": b'"t"'}, token="t"
    )
    assert target.read_bytes() == b"<Invoice/>" * 1000


def test_a_file_from_another_filesystem_is_set_aside_by_copy(spool: SheetFolders, tmp_path: Path) -> None:
    source = tmp_path / "invoice.xml"
    source.write_bytes(b"<Invoice/>")
    target = set_aside(
        source=source, content=None, folder=spool.rejected, name="invoice.xml", notes={".txt": b'"t"'}, token="t"
    )
    assert target.read_bytes() == b"<Invoice/>"
    assert not source.exists()


def test_a_drop_folder_mounted_alone_is_an_operator_error(mounted: Path, tmp_path: Path) -> None:
    folders = SheetFolders(tmp_path, "mount")
    subprocess.run(["umount", mounted], check=True)
    folders.out.mkdir()
    mount(folders.out)
    try:
        with pytest.raises(OperatorError, match="different filesystems"):
            folders.prepare(sender=True)
        dropped(folders)
        with pytest.raises(OperatorError, match="in one mount"):
            claim(scan(folders.out, Intake())[0], folders, limit=10_000)
        assert (folders.out / "invoice.xml").exists()
    finally:
        subprocess.run(["umount", folders.out], check=True)


def test_a_read_only_spool_is_an_operator_error_and_changes_nothing(spool: SheetFolders) -> None:
    path = dropped(spool)
    (candidate,) = scan(spool.out, Intake())
    subprocess.run(["mount", "-o", "remount,ro", spool.spool], check=True)
    with pytest.raises(OperatorError, match=r"Read-only file system\. Mount the spool read-write"):
        claim(candidate, spool, limit=10_000)
    with pytest.raises(OperatorError, match="mounted read-write"):
        spool.prepare(sender=True)
    assert path.exists()


def test_a_full_spool_is_a_transient_error(mounted: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=64k", mounted], check=True)
    folders = SheetFolders(mounted, "sheet")
    folders.prepare(sender=True)
    path = dropped(folders)
    claimed = claim(scan(folders.out, Intake())[0], folders, limit=10_000)
    with pytest.raises(OSError, match="No space"):
        (mounted / "filler").write_bytes(b"x" * 100_000)
    with pytest.raises(TransientError, match="No space left"):
        set_aside(
            source=claimed.path,
            content=None,
            folder=folders.rejected,
            name=path.name,
            notes={".txt": b'"t"'},
            token="t",
        )
    assert claimed.path.exists()
    assert list(folders.rejected.iterdir()) == []


def test_a_file_copied_with_an_old_time_waits_on_a_real_filesystem(spool: SheetFolders) -> None:
    path = dropped(spool)
    os.utime(path, (0, 0))
    readiness = Readiness(Intake(settle="60s"))
    ready, wait = readiness.ready(scan(spool.out, Intake()), time.monotonic(), datetime.now(UTC))
    assert ready == []
    assert wait is not None
    assert 50 < wait <= 60


def test_a_mount_that_goes_and_returns_is_read_and_watched_again(spool: SheetFolders) -> None:
    wakes: queue.SimpleQueue[str] = queue.SimpleQueue()
    watch = FolderWatch({"sheet": spool.out}, wakes.put)
    watch.start()
    assert wakes.get(timeout=5) == "sheet"
    subprocess.run(["umount", spool.spool], check=True)
    with pytest.raises(OperatorError, match="Mount or create it"):
        scan(spool.out, Intake())
    watch.refresh()
    mount(spool.spool)
    spool.prepare(sender=True)
    watch.refresh()
    assert wakes.get(timeout=5) == "sheet"
    while not wakes.empty():
        wakes.get()
    dropped(spool)
    assert wakes.get(timeout=5) == "sheet"
    assert len(scan(spool.out, Intake())) == 1
    watch.stop()
