"""Claiming: out of the ERP's sight in one step, judged after it."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from edid.config.sheet import Intake
from edid.errors import OperatorError
from edid.intake import claim as module
from edid.intake.claim import (
    Claimed,
    NotReadyYetError,
    RefusedFileError,
    check,
    claim,
    finish,
    forget_marker,
    put_back,
    recover,
)
from edid.intake.folders import SheetFolders
from edid.intake.scan import scan

Take = Callable[..., Claimed]
MARKED = Intake(readiness="marker", subfolders=True)


def dropped(folders: SheetFolders, name: str = "invoice.xml", content: bytes = b"<Invoice/>") -> Path:
    path = folders.out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def leftovers(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_claimed_file_left_the_drop_folder_whole(folders: SheetFolders, take: Take) -> None:
    path = dropped(folders)
    claimed = take("invoice.xml")
    assert not path.exists()
    assert claimed.path.read_bytes() == b"<Invoice/>"
    assert (claimed.name, claimed.size, claimed.links) == ("invoice.xml", 10, 1)
    assert claimed.path == folders.claimed / f"{claimed.token}-invoice.xml"


def test_finishing_leaves_nothing_and_may_be_repeated(folders: SheetFolders, take: Take) -> None:
    dropped(folders, "a/b/invoice.xml")
    claimed = take("a/b/invoice.xml")
    finish(claimed)
    finish(claimed)
    assert leftovers(folders.claimed) == []
    assert (folders.out / "a" / "b").is_dir()


def test_a_file_open_for_writing_is_not_touched(folders: SheetFolders, take: Take) -> None:
    path = dropped(folders)
    inode = path.stat().st_ino
    with path.open("ab"), pytest.raises(NotReadyYetError, match="open for writing"):
        take("invoice.xml")
    assert path.stat().st_ino == inode
    assert leftovers(folders.claimed) == []
    assert take("invoice.xml").name == "invoice.xml"


def test_a_mapped_file_is_not_touched(folders: SheetFolders, take: Take) -> None:
    path = dropped(folders)
    with path.open("r+b") as file:
        mapped = mmap.mmap(file.fileno(), 0)
    with pytest.raises(NotReadyYetError, match="open for writing"):
        take("invoice.xml")
    mapped.close()
    assert path.exists()


def test_a_file_changed_since_the_scan_is_not_touched(folders: SheetFolders) -> None:
    path = dropped(folders)
    (candidate,) = scan(folders.out, Intake())
    path.write_bytes(b"<Invoice>more</Invoice>")
    with pytest.raises(NotReadyYetError, match="changed since"):
        claim(candidate, folders, limit=1000)
    assert path.exists()


def test_a_file_that_is_gone_is_no_error_of_ours(folders: SheetFolders) -> None:
    dropped(folders).rename(folders.out / "other.xml")
    (candidate,) = scan(folders.out, Intake())
    with pytest.raises(NotReadyYetError, match="no longer there"):
        claim(candidate._replace(name="invoice.xml"), folders, limit=1000)
    assert leftovers(folders.claimed) == []


def test_a_file_opened_between_the_look_and_the_rename_goes_back(
    folders: SheetFolders, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dropped(folders)
    real = module._take
    writers = []

    def taken_while_opened(*given: object) -> Claimed:
        writers.append(path.open("ab"))
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_take", taken_while_opened)
    with pytest.raises(NotReadyYetError, match=r"open for writing.*back in the drop folder"):
        take("invoice.xml")
    writers[0].close()
    assert path.read_bytes() == b"<Invoice/>"
    assert leftovers(folders.claimed) == []


def test_a_file_replaced_between_the_look_and_the_rename_goes_back(
    folders: SheetFolders, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dropped(folders)
    real = module._take

    def taken_after_swap(*given: object) -> Claimed:
        dropped(folders, "new.xml", b"<Other/>").replace(path)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_take", taken_after_swap)
    with pytest.raises(NotReadyYetError, match="replaced"):
        take("invoice.xml")
    assert path.read_bytes() == b"<Other/>"


def test_a_file_changed_between_claim_and_read_goes_back(folders: SheetFolders, take: Take) -> None:
    path = dropped(folders)
    second = folders.root / "second-link"
    second.hardlink_to(path)
    claimed = take("invoice.xml")
    assert claimed.links == 2
    check(claimed, folders, limit=1000)
    second.write_bytes(b"<Invoice>")
    with pytest.raises(NotReadyYetError, match=r"changed.*back in the drop folder"):
        check(claimed, folders, limit=1000)
    assert path.read_bytes() == b"<Invoice>"


def test_a_file_of_the_same_size_and_time_but_other_bytes_goes_back(folders: SheetFolders, take: Take) -> None:
    path = dropped(folders)
    second = folders.root / "second-link"
    second.hardlink_to(path)
    claimed = take("invoice.xml")
    second.write_bytes(b"<Forgery/>")
    os.utime(second, ns=(claimed.mtime_ns, claimed.mtime_ns))
    with pytest.raises(NotReadyYetError, match="changed"):
        check(claimed, folders, limit=1000)


def test_what_is_put_back_never_replaces_what_came_meanwhile(folders: SheetFolders, take: Take) -> None:
    dropped(folders)
    claimed = take("invoice.xml")
    dropped(folders, content=b"<Newer/>")
    put_back(claimed, folders)
    assert (folders.out / "invoice.xml").read_bytes() == b"<Newer/>"
    assert (folders.out / "invoice-2.xml").read_bytes() == b"<Invoice/>"
    assert leftovers(folders.claimed) == []


def test_a_name_of_full_length_that_is_taken_meanwhile_is_put_back_shortened(folders: SheetFolders, take: Take) -> None:
    name = "é" * 125 + "x.xml"
    dropped(folders, name)
    claimed = take(name)
    dropped(folders, name, b"<Newer/>")
    put_back(claimed, folders)
    other = next(path for path in folders.out.iterdir() if path.name != name)
    assert other.read_bytes() == b"<Invoice/>"
    assert other.name.endswith("-2.xml")
    assert len(os.fsencode(other.name)) <= 255


def test_what_came_from_a_folder_that_is_gone_is_put_back_above_it(folders: SheetFolders, take: Take) -> None:
    dropped(folders, "day/invoice.xml")
    claimed = take("day/invoice.xml")
    (folders.out / "day").rmdir()
    put_back(claimed, folders)
    assert (folders.out / "invoice.xml").read_bytes() == b"<Invoice/>"


def test_an_empty_file_is_refused_and_kept(folders: SheetFolders, take: Take) -> None:
    dropped(folders, content=b"")
    with pytest.raises(RefusedFileError, match="is empty") as refused:
        take("invoice.xml")
    assert refused.value.code == "IRR_VIDE_F"
    assert refused.value.claimed.path.exists()
    assert refused.value.remedy


def test_an_oversized_file_is_refused_and_a_file_at_the_limit_is_not(folders: SheetFolders, take: Take) -> None:
    dropped(folders, "big.xml", b"x" * 11)
    dropped(folders, "fits.xml", b"x" * 10)
    with pytest.raises(RefusedFileError, match="11 bytes, more than the 10") as refused:
        take("big.xml", limit=10)
    assert refused.value.code == "IRR_TAILLE_F"
    assert take("fits.xml", limit=10).size == 10


def test_a_symbolic_link_is_refused_and_never_followed(folders: SheetFolders, take: Take, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not send")
    (folders.out / "link.xml").symlink_to(secret)
    with pytest.raises(RefusedFileError, match="is a symlink") as refused:
        take("link.xml")
    assert refused.value.claimed.path.is_symlink()
    assert secret.read_text() == "do not send"


def test_a_symbolic_link_swapped_in_after_the_scan_is_refused(folders: SheetFolders, tmp_path: Path) -> None:
    path = dropped(folders)
    (candidate,) = scan(folders.out, Intake())
    path.unlink()
    path.symlink_to(tmp_path / "secret")
    with pytest.raises(RefusedFileError, match="is a symlink"):
        claim(candidate, folders, limit=1000)


def test_a_fifo_does_not_block(folders: SheetFolders, take: Take) -> None:
    os.mkfifo(folders.out / "pipe.xml")
    with pytest.raises(RefusedFileError, match="is a fifo"):
        take("pipe.xml")


def test_a_fifo_swapped_in_after_the_scan_does_not_block(folders: SheetFolders) -> None:
    path = dropped(folders)
    (candidate,) = scan(folders.out, Intake())
    path.unlink()
    os.mkfifo(path)
    with pytest.raises((RefusedFileError, NotReadyYetError)):
        claim(candidate, folders, limit=1000)


def test_a_folder_swapped_in_after_the_look_goes_back(
    folders: SheetFolders, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dropped(folders)
    real = module._take

    def taken_after_swap(*given: object) -> Claimed:
        path.unlink()
        (path / "inner").mkdir(parents=True)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_take", taken_after_swap)
    with pytest.raises(NotReadyYetError, match="replaced"):
        take("invoice.xml")
    assert (path / "inner").is_dir()


def test_a_linked_folder_swapped_in_after_the_scan_is_not_entered(folders: SheetFolders, tmp_path: Path) -> None:
    dropped(folders, "day/invoice.xml")
    (candidate,) = scan(folders.out, Intake(subfolders=True))
    (folders.out / "day").rename(tmp_path / "elsewhere")
    (folders.out / "day").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotReadyYetError):
        claim(candidate, folders, limit=1000)
    assert (tmp_path / "elsewhere" / "invoice.xml").exists()


def test_the_marker_stays_until_its_file_is_safe_and_then_goes(folders: SheetFolders, take: Take) -> None:
    dropped(folders, "day/invoice.xml")
    dropped(folders, "day/invoice.xml.ok")
    claimed = take("day/invoice.xml", MARKED)
    assert leftovers(folders.out) == ["day", "day/invoice.xml.ok"]
    forget_marker(claimed, folders)
    forget_marker(claimed, folders)
    assert leftovers(folders.out) == ["day"]


def test_a_file_that_is_put_back_still_has_its_marker_and_must_settle(folders: SheetFolders, take: Take) -> None:
    dropped(folders)
    dropped(folders, "invoice.xml.ok")
    put_back(take("invoice.xml", MARKED), folders)
    (again,) = scan(folders.out, MARKED)
    assert again.ctime_ns >= again.marked_ns > 0


def test_the_marker_of_the_next_file_of_that_name_stays(folders: SheetFolders, take: Take) -> None:
    dropped(folders)
    dropped(folders, "invoice.xml.ok")
    claimed = take("invoice.xml", MARKED)
    dropped(folders, content=b"<Next/>")
    marker = dropped(folders, "invoice.xml.ok")
    forget_marker(claimed, folders)
    assert marker.exists()
    forget_marker(replace(claimed, ctime_ns=marker.stat().st_ctime_ns), folders)
    assert marker.exists(), "in the same instant of a coarse clock, the file that lies there decides"
    (folders.out / "invoice.xml").unlink()
    forget_marker(replace(claimed, ctime_ns=marker.stat().st_ctime_ns), folders)
    assert not marker.exists()


def test_the_marker_of_an_unfinished_file_stays(folders: SheetFolders, take: Take) -> None:
    path = dropped(folders)
    dropped(folders, "invoice.xml.ok")
    with path.open("ab"), pytest.raises(NotReadyYetError):
        take("invoice.xml", Intake(readiness="marker"))
    assert leftovers(folders.out) == ["invoice.xml", "invoice.xml.ok"]


def test_undecodable_names_survive_and_can_be_written_down(folders: SheetFolders, take: Take) -> None:
    raw = os.fsdecode(b"caf\xe9\n.xml")
    dropped(folders, raw)
    claimed = take(raw)
    assert claimed.name == "caf%E9%0A.xml"
    put_back(claimed, folders)
    assert [os.fsencode(path.name) for path in folders.out.iterdir()] == [b"caf\xe9\n.xml"]


def test_the_longest_possible_name_is_claimed(folders: SheetFolders, take: Take) -> None:
    name = "x" * 251 + ".xml"
    dropped(folders, name)
    assert take(name).name == name


def test_a_claim_of_a_decision_in_a_folder_leaves_no_empty_folder(tmp_path: Path) -> None:
    folders = SheetFolders(tmp_path / "spool", "sheet", "decide")
    folders.prepare(sender=True)
    dropped(folders, "claimed/monday/decision.json")
    (candidate,) = scan(folders.out, Intake(subfolders=True))
    finish(claim(candidate, folders, limit=1000))
    assert leftovers(folders.claimed) == []


def test_a_path_longer_than_the_kernel_takes_is_left_with_what_to_do(folders: SheetFolders) -> None:
    here = os.open(folders.out, os.O_RDONLY)
    for letter in "abcdefghijklmno":  # no path of ours may be longer than 4096 bytes, folders inside may
        os.mkdir(letter * 255, dir_fd=here)
        inner = os.open(letter * 255, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("z" * 255, os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)
    (candidate,) = scan(folders.out, Intake(subfolders=True))
    with pytest.raises(OperatorError, match=r"File name too long\. Shorten the name"):
        claim(candidate, folders, limit=1000)
    assert recover(folders) == []
    assert leftovers(folders.claimed) == []


def test_a_missing_claimed_folder_is_an_operator_error(folders: SheetFolders, take: Take) -> None:
    path = dropped(folders)
    folders.claimed.rmdir()
    with pytest.raises(OperatorError, match=r"cannot move files between .*claimed"):
        take("invoice.xml")
    assert path.exists()


def test_a_missing_drop_folder_is_not_taken_for_a_missing_file(folders: SheetFolders) -> None:
    path = dropped(folders)
    (candidate,) = scan(folders.out, Intake())
    path.unlink()
    folders.out.rmdir()
    with pytest.raises(OperatorError, match=r"cannot move files between .*out"):
        claim(candidate, folders, limit=1000)


def test_tokens_sort_in_the_order_of_claiming(folders: SheetFolders, take: Take) -> None:
    tokens = []
    for number in range(20):
        dropped(folders, f"{number}.xml")
        tokens.append(take(f"{number}.xml").token)
    assert tokens == sorted(set(tokens))
