"""Names, kinds and numbers that an enemy, or a tired ERP, puts into the drop folder; and a spool that fails."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from edid.exchange import storing
from edid.intake.folders import SheetFolders
from tests.integration.intake.conftest import mount
from tests.integration.intake.house import Clocks, TakingHouse

Desk = Callable[..., TakingHouse]

NAMES = [
    b"-rf.xml",
    b"--",
    b" leading.xml",
    b"trailing.xml ",
    b"two\nlines.xml",
    b"tab\tand\rreturn.xml",
    b"\xff\xfe.xml",
    b"\xe2\x80\xaeltr.xml",
    b"caf\xc3\xa9.xml",
    b"cafe\xcc\x81.xml",
    b"Case.xml",
    b"CASE.XML",
    b"%0A.xml",
    b"\x1b[2J.xml",
    b"a" * 255,
    "é".encode() * 127,
    b"*.xml",
    b"$(reboot).xml",
    b"CON",
    b"invoice.xml.verdict.json",
    b"0123456789abcdef01234567-a.xml",
    b"0123456789abcdef01234567",
]


def told(logs: list[structlog.typing.EventDict], name: str) -> list[structlog.typing.EventDict]:
    return [log for log in logs if log["event"] == name]


def test_every_name_that_a_disk_can_hold_is_taken_with_its_bytes(desk: Desk) -> None:
    here = desk(readiness="renamed")
    for number, name in enumerate(NAMES):
        (here.out / os.fsdecode(name)).write_bytes(b"<File n='%d'/>" % number)
    here.step()
    assert sorted(here.taken()) == sorted(b"<File n='%d'/>" % number for number in range(len(NAMES)))
    assert all(row.name.isprintable() for row in here.rows())
    assert here.dropped() == here.claimed() == []


def test_every_name_may_be_refused_and_kept(desk: Desk) -> None:
    here = desk(readiness="renamed")
    for name in NAMES:
        (here.out / os.fsdecode(name)).touch()
    here.step()
    assert len(here.refused()) == len({row.name for row in here.rows()}) == len(NAMES)
    files = [path for path in here.folders.rejected.iterdir() if path.stat().st_size == 0]
    assert len(files) == len(NAMES)
    assert all(path.name.isprintable() for path in here.folders.rejected.iterdir())
    assert here.dropped() == here.claimed() == []


def test_what_is_no_file_is_refused_unread_and_the_files_beside_it_are_taken(desk: Desk, tmp_path: Path) -> None:
    here = desk()
    os.mkfifo(here.out / "pipe.xml")
    (here.out / "link.xml").symlink_to(tmp_path)
    (here.out / "dangling.xml").symlink_to("nowhere")
    (here.out / "folder.xml").mkdir()
    folder = os.open(here.out, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{folder}/socket.xml")
    os.close(folder)
    kinds = {"pipe.xml", "link.xml", "dangling.xml", "socket.xml"}
    if os.geteuid() == 0:
        os.mknod(here.out / "device.xml", 0o600 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero never ends
        kinds.add("device.xml")
    (here.out / "z.xml").write_bytes(b"<Invoice/>")
    here.wait(6, look_every=3)
    assert here.taken() == [b"<Invoice/>"]
    assert here.refused() == dict.fromkeys(kinds, "EDID_NOT_A_FILE")
    assert set(here.kept()) == kinds
    assert os.listdir(here.out) == ["folder.xml"]


def test_a_sparse_file_is_taken_whole_and_one_above_the_limit_costs_nothing(desk: Desk) -> None:
    here = desk(readiness="renamed")
    for name, size in (("sparse.xml", 900_000), ("huge.xml", 1 << 43)):
        with (here.out / f".{name}").open("wb") as file:
            file.truncate(size)
        (here.out / f".{name}").rename(here.out / name)
    here.step()
    assert here.taken() == [b"\0" * 900_000]
    assert here.refused() == {"huge.xml": "IRR_TAILLE_F"}


def test_two_names_of_one_file_are_two_files(desk: Desk) -> None:
    here = desk()
    (here.out / "a.xml").write_bytes(b"<Invoice/>")
    (here.out / "b.xml").hardlink_to(here.out / "a.xml")
    here.wait(15, look_every=0.5)
    assert sorted(row.name for row in here.rows()) == ["a.xml", "b.xml"]
    assert here.taken() == [b"<Invoice/>"] * 2


def test_hundreds_of_folders_are_read_and_kept(desk: Desk) -> None:
    here = desk(readiness="renamed", subfolders=True)
    for number in range(300):
        folder = here.out / f"day-{number}" / "invoices"
        folder.mkdir(parents=True)
        (folder / "a.xml").write_bytes(b"<File n='%d'/>" % number)
    here.step()
    assert len(set(here.taken())) == 300
    assert here.dropped() == here.claimed() == []
    assert len(os.listdir(here.out)) == 300


def test_a_file_that_nobody_may_move_is_told_once_and_the_others_go_on(desk: Desk, tmp_path: Path) -> None:
    here = desk(readiness="renamed")
    (here.out / "fixed.xml").write_bytes(b"<Fixed/>")
    (here.out / "z.xml").write_bytes(b"<Invoice/>")
    if subprocess.run(["chattr", "+i", here.out / "fixed.xml"], check=False, capture_output=True).returncode:
        pytest.skip("no immutable files here")
    try:
        with structlog.testing.capture_logs() as logs:
            here.wait(60, look_every=5)
    finally:
        subprocess.run(["chattr", "-i", here.out / "fixed.xml"], check=True)
    assert here.taken() == [b"<Invoice/>"]
    (stuck,) = told(logs, "file.stuck")
    assert "immutable (lsattr)" in stuck["error"]
    here.step()
    assert here.taken() == [b"<Invoice/>", b"<Fixed/>"]


def test_a_folder_that_edid_may_not_enter_is_told_once(desk: Desk) -> None:
    here = desk(subfolders=True)
    (here.out / "/".join(["d"] * 17)).mkdir(parents=True)
    with structlog.testing.capture_logs() as logs:
        here.wait(600, look_every=10)
    (waiting,) = told(logs, "file.waiting")
    assert waiting["reason"] == "it is a folder below 16 others"


# --- a spool that fails


def test_a_removed_claimed_folder_is_made_again_and_nothing_is_missed(desk: Desk) -> None:
    here = desk(readiness="renamed")
    (here.out / "a.xml").write_bytes(b"<A/>")
    here.step()
    for folder in (here.folders.claimed, here.folders.rejected, here.folders.duplicates):
        folder.rmdir()
    (here.out / "b.xml").write_bytes(b"<B/>")
    (here.out / "empty.xml").touch()
    here.step()
    assert here.taken() == [b"<A/>", b"<B/>"]
    assert here.kept() == ["empty.xml"]
    assert stat.S_IMODE(here.folders.claimed.stat().st_mode) == 0o2700


def test_a_claimed_file_that_somebody_removes_before_it_was_stored_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = desk(readiness="renamed")
    (here.out / "a.xml").write_bytes(b"<A/>")
    original = here.house.store.add_many

    def add_many(sources: list[Path]) -> object:
        sources[0].unlink()
        return original(sources)

    monkeypatch.setattr(here.house.store, "add_many", add_many)
    with structlog.testing.capture_logs() as logs:
        here.step()
        monkeypatch.undo()
        here.step()
        here.step()
    assert [log["file"] for log in told(logs, "file.stuck")] == ["a.xml"]
    assert len(told(logs, "file.gone")) == 1


def test_a_drop_folder_that_is_a_link_now_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    here = desk(readiness="renamed")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "a.xml").write_bytes(b"<Private/>")
    here.out.rmdir()
    here.out.symlink_to(tmp_path / "private")
    with structlog.testing.capture_logs() as logs:
        here.step()
        here.step()
    assert here.rows() == []
    (unusable,) = told(logs, "intake.unusable")
    assert "Put a folder there instead" in unusable["error"]
    here.out.unlink()
    here.out.mkdir()
    (here.out / "b.xml").write_bytes(b"<B/>")
    with structlog.testing.capture_logs() as logs:
        here.step()
    assert here.taken() == [b"<B/>"]
    assert len(told(logs, "intake.usable")) == 1


@pytest.fixture
def on_a_mount(mounted: Path, tmp_path: Path, clocks: Clocks) -> Iterator[TakingHouse]:
    """A house whose spool is a filesystem of its own."""
    here = TakingHouse(tmp_path / "house", clocks=clocks, spool=mounted, readiness="renamed", settle="2s")
    yield here
    here.close()


def test_a_mount_that_goes_and_returns_is_told_once_and_taken_from_again(on_a_mount: TakingHouse) -> None:
    here = on_a_mount
    (here.out / "a.xml").write_bytes(b"<A/>")
    here.step()
    assert subprocess.run(["umount", here.settings.spool], check=False).returncode == 0, "edid holds nothing open"
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            assert here.step() is None
        mount(here.settings.spool)
        SheetFolders(here.settings.spool, "erp").prepare(sender=True)
        (here.out / "b.xml").write_bytes(b"<B/>")
        here.step()
    (unusable,) = told(logs, "intake.unusable")
    assert "Mount or create it" in unusable["error"]
    assert here.taken() == [b"<A/>", b"<B/>"]
    assert not (here.settings.spool.parent / "erp").exists()


def test_what_lay_in_claimed_when_the_mount_went_is_taken_when_it_is_back(
    on_a_mount: TakingHouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = on_a_mount
    (here.out / "a.xml").write_bytes(b"<A/>")
    monkeypatch.setattr(here.house.store, "add_many", lambda sources: [OSError(5, "I/O error") for _ in sources])
    here.step()
    monkeypatch.undo()
    assert len(here.claimed()) == 1
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run(["mount", "--bind", here.settings.spool, elsewhere], check=True)  # the disk itself is well
    try:
        subprocess.run(["umount", here.settings.spool], check=True)
        mount(here.settings.spool)
        here.folders.prepare(sender=True)
        here.step()
        here.step()
        assert here.rows() == []
        subprocess.run(["umount", here.settings.spool], check=True)
        subprocess.run(["mount", "--bind", elsewhere, here.settings.spool], check=True)
    finally:
        subprocess.run(["umount", elsewhere], check=True)
    here.step()
    assert here.taken() == [b"<A/>"]


def test_a_read_only_spool_is_told_once_and_heals(on_a_mount: TakingHouse) -> None:
    here = on_a_mount
    (here.out / "a.xml").write_bytes(b"<A/>")
    subprocess.run(["mount", "-o", "remount,ro", here.settings.spool], check=True)
    with structlog.testing.capture_logs() as logs:
        here.wait(30, look_every=5)
    (stuck,) = told(logs, "file.stuck")
    assert "Mount the spool read-write" in stuck["error"]
    assert here.rows() == []
    subprocess.run(["mount", "-o", "remount,rw", here.settings.spool], check=True)
    here.step()
    assert here.taken() == [b"<A/>"]


def test_a_spool_that_fills_up_while_a_file_is_set_aside_keeps_it_in_claimed(
    on_a_mount: TakingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = on_a_mount
    (here.out / "empty.xml").touch()
    (here.out / "z.xml").write_bytes(b"<Z/>")
    subprocess.run(["mount", "-o", "remount,size=200k", here.settings.spool], check=True)
    original = storing.keep_refused

    def keep_refused(*given: object) -> object:
        with suppress(OSError):  # No space left on device
            (here.settings.spool / "filler").write_bytes(b"x" * 300_000)
        return original(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "keep_refused", keep_refused)
    with structlog.testing.capture_logs() as logs:
        here.wait(30, look_every=5)
    assert here.refused() == {"empty.xml": "IRR_VIDE_F"}
    assert here.taken() == [b"<Z/>"]
    assert len(here.claimed()) == 1
    assert here.kept() == []
    (stuck,) = told(logs, "file.stuck")
    assert "No space left" in stuck["error"]
    monkeypatch.undo()
    (here.settings.spool / "filler").unlink()
    here.step()
    assert here.kept() == ["empty.xml"]
    assert here.claimed() == []


def test_a_full_state_folder_stops_the_taking_and_not_the_daemon(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    here = desk(readiness="renamed")
    (here.out / "a.xml").write_bytes(b"<A/>")

    def full(sources: list[Path]) -> object:
        raise OSError(28, "No space left on device", "store/incoming")

    monkeypatch.setattr(here.house.store, "add_many", full)
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            here.step()
    assert len(told(logs, "intake.unusable")) == 1
    monkeypatch.undo()
    here.step()
    assert here.taken() == [b"<A/>"]


HOLDING = """
import sys
from pathlib import Path
from edid.intake.folders import SheetFolders
from edid.intake.turn import turn
with turn(SheetFolders(Path(sys.argv[1]), "erp")):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_two_edids_on_one_spool_do_not_take_at_the_same_time(desk: Desk) -> None:
    here = desk(readiness="renamed")
    (here.out / "a.xml").write_bytes(b"<A/>")
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(here.settings.spool)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    with structlog.testing.capture_logs() as logs:
        here.step()
        here.step()
    other.communicate()
    (unusable,) = told(logs, "intake.unusable")
    assert "another edid takes files from" in unusable["error"]
    assert here.rows() == []
    here.step()
    assert here.taken() == [b"<A/>"]
