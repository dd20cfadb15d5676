"""Setting a file aside: its reason is there before it is, and a crash never doubles it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from edid.errors import OperatorError
from edid.intake import setaside
from edid.intake.claim import Claimed, RefusedFileError
from edid.intake.folders import SheetFolders
from edid.intake.setaside import set_aside

Take = Callable[..., Claimed]


def notes(token: str, word: str = "refused") -> dict[str, bytes]:
    return {
        ".verdict.json": json.dumps({"token": token, "word": word}).encode(),
        ".verdict.txt": word.encode(),
    }


def claimed_file(folders: SheetFolders, take: Take, name: str = "invoice.xml") -> Claimed:
    path = folders.out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"<Invoice/>")
    return take(name)


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def aside(folders: SheetFolders, claimed: Claimed) -> Path:
    return set_aside(
        source=claimed.path,
        content=None,
        folder=folders.rejected,
        name=claimed.name,
        notes=notes(claimed.token),
        token=claimed.token,
    )


def test_a_file_lies_beside_its_notes(folders: SheetFolders, take: Take) -> None:
    target = aside(folders, claimed_file(folders, take, "day/invoice.xml"))
    assert target == folders.rejected / "invoice.xml"
    assert listed(folders.rejected) == ["invoice.xml", "invoice.xml.verdict.json", "invoice.xml.verdict.txt"]
    assert listed(folders.claimed) == []


def test_the_notes_are_there_before_the_file(
    folders: SheetFolders, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real = setaside.rename_new
    monkeypatch.setattr(setaside, "rename_new", lambda *given: (seen.append(listed(folders.rejected)), real(*given))[1])
    aside(folders, claimed_file(folders, take))
    assert seen == [["invoice.xml.verdict.json", "invoice.xml.verdict.txt"]]


def test_stored_bytes_are_copied_and_kept(folders: SheetFolders, tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    blob.write_bytes(b"<Invoice/>")
    target = set_aside(
        source=None, content=blob, folder=folders.duplicates, name="a.xml", notes=notes("t1"), token="t1"
    )
    assert target.read_bytes() == blob.read_bytes()


def test_an_equal_name_gets_a_number_before_its_extension(folders: SheetFolders, take: Take) -> None:
    made = [aside(folders, claimed_file(folders, take)).name for _ in range(3)]
    assert made == ["invoice.xml", "invoice-2.xml", "invoice-3.xml"]
    assert "invoice-3.xml.verdict.json" in listed(folders.rejected)


def test_a_file_named_like_a_note_is_not_overwritten(folders: SheetFolders, take: Take) -> None:
    aside(folders, claimed_file(folders, take, "a.xml.verdict.txt"))
    target = aside(folders, claimed_file(folders, take, "a.xml"))
    assert target.name == "a-2.xml"
    assert (folders.rejected / "a.xml.verdict.txt").read_bytes() == b"<Invoice/>"


@pytest.mark.parametrize("step", ["durable_write", "fsync_file", "rename_new", "fsync_folder"])
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_step_is_finished_by_repeating(
    folders: SheetFolders, take: Take, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    class CrashError(BaseException):
        """Like SIGKILL, nothing catches it."""

    claimed = claimed_file(folders, take)
    real = getattr(setaside, step)

    def crash(*given: object) -> None:
        if after:
            real(*given)
        raise CrashError

    with monkeypatch.context() as patched:
        patched.setattr(setaside, step, crash)
        with pytest.raises(CrashError):
            aside(folders, claimed)
    assert aside(folders, claimed).read_bytes() == b"<Invoice/>"
    assert aside(folders, claimed).name == "invoice.xml"
    assert listed(folders.rejected) == ["invoice.xml", "invoice.xml.verdict.json", "invoice.xml.verdict.txt"]
    assert listed(folders.claimed) == []


def test_a_repeat_with_stored_bytes_finds_what_the_move_did(folders: SheetFolders, take: Take, tmp_path: Path) -> None:
    claimed = claimed_file(folders, take)
    first = aside(folders, claimed)
    blob = tmp_path / "blob"
    blob.write_bytes(b"<Invoice/>")
    again = set_aside(
        source=None,
        content=blob,
        folder=folders.rejected,
        name="invoice.xml",
        notes=notes(claimed.token),
        token=claimed.token,
    )
    assert again == first
    assert len(listed(folders.rejected)) == 3


def test_a_second_link_of_the_erp_does_not_reach_what_is_kept(folders: SheetFolders, take: Take) -> None:
    path = folders.out / "invoice.xml"
    path.write_bytes(b"<Invoice/>")
    second = folders.root / "second"
    second.hardlink_to(path)
    target = aside(folders, take("invoice.xml"))
    second.write_bytes(b"changed")
    assert target.read_bytes() == b"<Invoice/>"


def test_a_symbolic_link_is_kept_as_a_link(folders: SheetFolders, take: Take, tmp_path: Path) -> None:
    (folders.out / "link.xml").symlink_to(tmp_path / "secret")
    with pytest.raises(RefusedFileError) as refused:
        take("link.xml")
    target = aside(folders, refused.value.claimed)
    assert target.readlink() == tmp_path / "secret"


def test_a_hostile_name_becomes_a_plain_one(folders: SheetFolders, tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    blob.write_bytes(b"x")
    for token, name in enumerate(("../../evil.xml", os.fsdecode(b"\xff\n.xml"), "é" * 300 + ".xml", "/")):
        target = set_aside(
            source=None,
            content=blob,
            folder=folders.rejected,
            name=name,
            notes=notes(f"t{token}"),
            token=f"t{token}",
        )
        assert target.parent == folders.rejected
        assert target.name.isprintable()


def test_notes_without_the_token_are_a_mistake_of_the_caller(folders: SheetFolders, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="token"):
        set_aside(source=None, content=tmp_path, folder=folders.rejected, name="a", notes=notes("other"), token="t1")
    with pytest.raises(ValueError, match="exactly one"):
        set_aside(source=None, content=None, folder=folders.rejected, name="a", notes=notes("t1"), token="t1")


def test_a_missing_folder_is_an_operator_error_and_the_file_stays(folders: SheetFolders, take: Take) -> None:
    claimed = claimed_file(folders, take)
    folders.rejected.rmdir()
    with pytest.raises(OperatorError, match=r"set a file aside in .*rejected"):
        aside(folders, claimed)
    assert claimed.path.exists()
