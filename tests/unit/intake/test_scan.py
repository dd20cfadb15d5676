"""What a scan sees."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from edid.config.sheet import Intake
from edid.errors import OperatorError
from edid.intake import scan as module
from edid.intake.folders import SheetFolders
from edid.intake.scan import DEPTH, Left, scan


def names(folder: Path, intake: Intake | None = None) -> list[str]:
    return sorted(candidate.name for candidate in scan(folder, intake or Intake()))


def test_a_file_is_seen_with_its_facts(folders: SheetFolders) -> None:
    path = folders.out / "invoice.xml"
    path.write_text("<Invoice/>")
    (seen,) = scan(folders.out, Intake())
    facts = path.stat()
    assert (seen.name, seen.kind, seen.size, seen.inode) == ("invoice.xml", "file", 10, facts.st_ino)
    assert (seen.mtime_ns, seen.ctime_ns) == (facts.st_mtime_ns, facts.st_ctime_ns)


def test_things_that_are_no_files_are_named_by_what_they_are(folders: SheetFolders, tmp_path: Path) -> None:
    (folders.out / "link.xml").symlink_to(tmp_path / "secret")
    os.mkfifo(folders.out / "pipe.xml")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(folders.out, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{here}/socket.xml")
        os.close(here)
        kinds = {candidate.name: candidate.kind for candidate in scan(folders.out, Intake())}
    assert kinds == {"link.xml": "symlink", "pipe.xml": "fifo", "socket.xml": "socket"}


def test_temporary_names_are_not_seen_whatever_the_readiness(folders: SheetFolders) -> None:
    for name in ("a.tmp", "b.part", ".c.xml", "d.xml"):
        (folders.out / name).write_text("x")
    assert names(folders.out) == ["d.xml"]
    assert names(folders.out, Intake(readiness="renamed")) == ["d.xml"]
    assert names(folders.out, Intake(temporary=())) == [".c.xml", "a.tmp", "b.part", "d.xml"]


def test_folders_inside_are_left_out_unless_asked_for(folders: SheetFolders) -> None:
    (folders.out / "a" / "b").mkdir(parents=True)
    (folders.out / "a" / "b" / "deep.xml").write_text("x")
    (folders.out / "batch.tmp").mkdir()
    (folders.out / "batch.tmp" / "early.xml").write_text("x")
    assert names(folders.out) == []
    assert names(folders.out, Intake(subfolders=True)) == ["a/b/deep.xml"]


def test_a_linked_folder_is_a_thing_to_refuse_and_never_entered(folders: SheetFolders, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "private.xml").write_text("x")
    (folders.out / "link").symlink_to(elsewhere)
    assert [(c.name, c.kind) for c in scan(folders.out, Intake(subfolders=True))] == [("link", "symlink")]


def test_the_depth_is_bounded(folders: SheetFolders) -> None:
    deep = folders.out.joinpath(*["d"] * DEPTH)
    (deep / "e").mkdir(parents=True)
    (deep / "seen.xml").write_text("x")
    (deep / "e" / "unseen.xml").write_text("x")
    assert [Path(name).name for name in names(folders.out, Intake(subfolders=True))] == ["seen.xml"]


def test_a_marker_is_never_a_document(folders: SheetFolders) -> None:
    for name in ("a.xml", "a.xml.ok", "early.xml.ok", "waiting.xml"):
        (folders.out / name).write_text("x")
    (seen,) = scan(folders.out, Intake(readiness="marker"))
    assert (seen.name, seen.marker) == ("a.xml", "a.xml.ok")
    assert names(folders.out) == ["a.xml", "a.xml.ok", "early.xml.ok", "waiting.xml"]


def test_a_marker_in_a_folder_inside_counts_for_that_folder_only(folders: SheetFolders) -> None:
    (folders.out / "a").mkdir()
    for name in ("a/x.xml", "x.xml.ok", "a/y.xml", "a/y.xml.ok"):
        (folders.out / name).write_text("x")
    (seen,) = scan(folders.out, Intake(readiness="marker", subfolders=True))
    assert (seen.name, seen.marker) == ("a/y.xml", "a/y.xml.ok")


def test_the_longest_unchanged_comes_first(folders: SheetFolders) -> None:
    for name in ("z.xml", "a.xml"):
        (folders.out / name).write_text("x")
        os.utime(folders.out / name, ns=(0, 0))
    stamps = [candidate.ctime_ns for candidate in scan(folders.out, Intake())]
    assert stamps == sorted(stamps)


def test_undecodable_names_are_seen_exactly(folders: SheetFolders) -> None:
    (folders.out / os.fsdecode(b"caf\xe9\n.xml")).write_bytes(b"x")
    assert [os.fsencode(name) for name in names(folders.out)] == [b"caf\xe9\n.xml"]


def test_a_missing_drop_folder_is_an_operator_error(folders: SheetFolders) -> None:
    folders.out.rmdir()
    with pytest.raises(OperatorError, match=r"cannot read .*out: No such file.*Mount or create it"):
        scan(folders.out, Intake())


def test_what_is_left_out_is_given_with_the_reason(folders: SheetFolders) -> None:
    for name in ("a.tmp", "unmarked.xml", "lonely.xml.ok"):
        (folders.out / name).write_text("x")
    (folders.out / "day").mkdir()
    left: list[Left] = []
    assert scan(folders.out, Intake(readiness="marker"), left) == []
    assert {one.name: one.why.split()[0] for one in left} == {
        "a.tmp": "has",
        "unmarked.xml": "waits",
        "lonely.xml.ok": "is",
        "day": "is",
    }
    assert not any(one.broken for one in left)


class Entry:
    """What a damaged disk or a dead mount makes of a folder's entry; none is at hand."""

    name = "bad.xml"

    def __init__(self, error: int) -> None:
        self._error = error

    def inode(self) -> int:
        return 7

    def is_dir(self, *, follow_symlinks: bool) -> bool:
        return False

    def stat(self, *, follow_symlinks: bool) -> os.stat_result:
        raise OSError(self._error, os.strerror(self._error))


@pytest.mark.parametrize("error", [errno.EIO, errno.ESTALE, errno.ENOTCONN])
def test_one_entry_that_cannot_be_looked_at_does_not_hide_the_others(
    folders: SheetFolders, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    (folders.out / "good.xml").write_text("x")
    real = os.scandir

    class Listing:
        def __enter__(self) -> list[object]:
            with real(folders.out) as listing:
                return [Entry(error), *listing]

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(module, "os", SimpleNamespace(**{**vars(os), "scandir": lambda _: Listing()}))
    left: list[Left] = []
    assert [candidate.name for candidate in scan(folders.out, Intake(), left)] == ["good.xml"]
    (bad,) = left
    assert (bad.name, bad.broken) == ("bad.xml", True)
    assert os.strerror(error) in bad.why
