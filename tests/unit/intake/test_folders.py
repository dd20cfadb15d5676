"""The folders of a sheet."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from edid.errors import OperatorError
from edid.intake.folders import SheetFolders


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_drop_folder_is_group_writable_and_the_others_are_not(folders: SheetFolders) -> None:
    for folder in (folders.root, folders.rejected, folders.duplicates, folders.incoming):
        assert mode(folder) == 0o2750


def test_an_erp_cannot_touch_what_another_one_dropped(folders: SheetFolders) -> None:
    assert mode(folders.out) == 0o3770  # sticky


def test_nobody_else_reaches_a_file_that_was_taken(folders: SheetFolders) -> None:
    assert mode(folders.claimed) == 0o2700


def test_a_receiver_has_no_drop_folder(tmp_path: Path) -> None:
    folders = SheetFolders(tmp_path, "receiver")
    folders.prepare(sender=False)
    assert [path.name for path in folders.root.iterdir()] == ["in"]


def test_existing_modes_are_left_alone(folders: SheetFolders) -> None:
    folders.out.chmod(0o2775)
    folders.prepare(sender=True)
    assert mode(folders.out) == 0o2775


@pytest.mark.parametrize("name", ["out", "claimed"])
def test_something_else_in_a_folders_place_is_an_operator_error(tmp_path: Path, name: str) -> None:
    folders = SheetFolders(tmp_path, "sheet")
    folders.root.mkdir()
    (folders.root / name).write_text("no folder")
    with pytest.raises(OperatorError, match=rf"{name} is not a folder.*Move it away"):
        folders.prepare(sender=True)


def test_a_link_in_the_drop_folders_place_is_an_operator_error(tmp_path: Path) -> None:
    folders = SheetFolders(tmp_path, "sheet")
    folders.root.mkdir()
    folders.out.symlink_to(tmp_path)
    with pytest.raises(OperatorError, match="out is not a folder"):
        folders.prepare(sender=True)


def test_a_spool_below_a_file_is_an_operator_error(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("no folder")
    with pytest.raises(OperatorError, match="cannot create"):
        SheetFolders(tmp_path / "spool" / "deeper", "sheet").prepare(sender=True)
