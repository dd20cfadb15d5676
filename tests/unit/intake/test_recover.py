"""What a crash between the rename and the journal's commit leaves, and how it is found again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edid.config.sheet import Intake
from edid.errors import OperatorError
from edid.intake.claim import Claimed, NotReadyYetError, check, claim, forget_marker, put_back, recover
from edid.intake.folders import SheetFolders
from edid.intake.scan import scan

Take = Callable[..., Claimed]


def drop(folders: SheetFolders, name: str) -> Path:
    path = folders.out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"<Invoice/>")
    return path


@pytest.mark.parametrize("name", ["invoice.xml", "a/b/invoice 1.xml", "x" * 251 + ".xml", os.fsdecode(b"\xe9\n%41")])
def test_a_claimed_file_is_found_with_its_name(folders: SheetFolders, take: Take, name: str) -> None:
    drop(folders, name)
    claimed = take(name)
    assert recover(folders) == [claimed]
    check(claimed, folders, limit=1000)


@settings(max_examples=60)
@given(st.lists(st.binary(min_size=1, max_size=255), min_size=1, max_size=3))
def test_any_name_that_a_disk_can_hold_is_found_again(parts: list[bytes]) -> None:
    assume(not any(b"/" in part or b"\0" in part or part in {b".", b".."} for part in parts))
    name = os.fsdecode(b"/".join(parts))
    with TemporaryDirectory() as spool:
        folders = SheetFolders(Path(spool), "sheet")
        folders.prepare(sender=True)
        drop(folders, name)
        (candidate,) = scan(folders.out, Intake(subfolders=True, temporary=()))
        claimed = claim(candidate, folders, limit=1000)
        assert recover(folders) == [claimed]
        assert claimed.relative == name
        put_back(claimed, folders)
        assert (folders.out / name).exists()


def test_files_are_found_in_the_order_of_claiming(folders: SheetFolders, take: Take) -> None:
    for name in ("b.xml", "a.xml", "c.xml"):
        drop(folders, name)
        take(name)
    assert [claimed.name for claimed in recover(folders)] == ["b.xml", "a.xml", "c.xml"]


def test_a_crash_before_the_rename_leaves_nothing_to_find(folders: SheetFolders, take: Take) -> None:
    drop(folders, "a/invoice.xml")
    claimed = take("a/invoice.xml")
    claimed.path.rename(folders.out / "a" / "invoice.xml")
    assert recover(folders) == []
    assert list(folders.claimed.iterdir()) == []


def test_links_and_fifos_are_found_too(folders: SheetFolders, take: Take, tmp_path: Path) -> None:
    (folders.out / "link").symlink_to(tmp_path)
    os.mkfifo(folders.out / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(Exception, match="not a file"):
            take(name)
    assert [(claimed.name, claimed.kind) for claimed in recover(folders)] == [("link", "symlink"), ("pipe", "fifo")]


def test_a_recovered_file_that_somebody_writes_goes_back(folders: SheetFolders, take: Take) -> None:
    path = drop(folders, "invoice.xml")
    claimed = take("invoice.xml")
    with claimed.path.open("ab"), pytest.raises(NotReadyYetError):
        check(recover(folders)[0], folders, limit=1000)
    assert path.exists()


def test_a_marker_left_by_the_crash_does_not_vouch_for_the_next_file(folders: SheetFolders, take: Take) -> None:
    drop(folders, "invoice.xml")
    marker = drop(folders, "invoice.xml.ok")
    take("invoice.xml", Intake())
    (left,) = recover(folders, ".ok")
    assert marker.exists(), "needed again should the file be put back"
    forget_marker(left, folders)
    assert not marker.exists()


def test_a_marker_dropped_after_the_claim_stays(folders: SheetFolders, take: Take) -> None:
    drop(folders, "invoice.xml")
    claimed = take("invoice.xml")
    marker = drop(folders, "invoice.xml.ok")
    while marker.stat().st_ctime_ns <= claimed.ctime_ns:
        marker.touch()
    forget_marker(recover(folders, ".ok")[0], folders)
    assert marker.exists()


def test_a_strangers_file_in_claimed_is_left_alone(folders: SheetFolders) -> None:
    (folders.claimed / "notes.txt").write_text("mine")
    assert recover(folders) == []
    assert (folders.claimed / "notes.txt").exists()


def test_several_files_under_one_token_go_back_one_by_one(folders: SheetFolders, take: Take) -> None:
    drop(folders, "a/invoice.xml")
    claimed = take("a/invoice.xml")
    (claimed.path.parent / "second.xml").write_text("x")
    assert recover(folders) == []
    assert sorted(path.name for path in (folders.out / "a").iterdir()) == ["invoice.xml", "second.xml"]
    assert list(folders.claimed.iterdir()) == []


def test_a_folder_swapped_in_under_a_claim_goes_back_whole(folders: SheetFolders) -> None:
    (folders.claimed / ("0" * 24 + "-batch") / "inner").mkdir(parents=True)
    assert recover(folders) == []
    assert (folders.out / "batch" / "inner").is_dir()


def test_a_missing_claimed_folder_is_an_operator_error(folders: SheetFolders) -> None:
    folders.claimed.rmdir()
    with pytest.raises(OperatorError, match=r"cannot read .*claimed"):
        recover(folders)
