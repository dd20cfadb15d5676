"""Room on the disks: what must wait, what goes on, and that it goes on by itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from edid.config.settings import Settings
from edid.exchange import room
from edid.exchange.alerts import rows
from edid.exchange.alerts.watching import Watch, look_at
from edid.exchange.room import Room
from tests.unit.exchange.corridor import Corridor

MB = 1000**2
Open = Callable[..., Corridor]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 MB that holds everything below `tmp_path`."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=40000k,nr_inodes=4000,mode=777", "edid-test", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def fill(disk: Path, leaving: int) -> None:
    """Let others take all room but `leaving` bytes."""
    others = disk / "others"
    others.unlink(missing_ok=True)
    facts = os.statvfs(disk)
    with others.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, facts.f_bavail * facts.f_frsize - leaving)


@pytest.fixture
def opened(disk: Path, tmp_path: Path) -> Room:
    """A room with a floor of 20 MB."""
    (tmp_path / "state").mkdir()
    values = {"spool": "spool", "state": "state", "limits": {"free_space": "20MB"}}
    return Room(Settings.model_validate(values, context={"folder": tmp_path}))


def lacks(opened: Room, coming: int = 0, step: str = "taking") -> bool:
    """One round with one question."""
    asking = opened.asking("emetteur", step)
    answer = asking.lacks(coming)
    asking.settle()
    return answer


def test_below_the_floor_nothing_new_is_taken_in_and_it_goes_on_with_a_tenth_more(opened: Room, disk: Path) -> None:
    assert not lacks(opened)
    fill(disk, 19 * MB)
    assert lacks(opened)
    fill(disk, 21 * MB)
    assert lacks(opened)
    fill(disk, 23 * MB)
    assert not lacks(opened)
    fill(disk, 21 * MB)
    assert not lacks(opened)


def test_what_comes_must_fit_above_the_floor(opened: Room, disk: Path) -> None:
    fill(disk, 30 * MB)
    assert lacks(opened, 11 * MB)
    assert not lacks(opened, 7 * MB)


def test_names_can_be_short_as_well(opened: Room, disk: Path) -> None:
    for number in range(4000 - room.FEWEST_INODES):
        (disk / str(number)).touch()
    assert lacks(opened)
    (shortage,) = opened.shortages("emetteur")
    assert (shortage.unit, shortage.wanted) == ("inodes", 1_100)
    for number in range(200):
        (disk / str(number)).unlink()
    assert not lacks(opened)


def test_a_shortage_is_logged_once_and_once_when_it_is_over(opened: Room, disk: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        fill(disk, 10 * MB)
        for _ in range(3):
            lacks(opened)
            lacks(opened, 50, "fetching")
        fill(disk, 30 * MB)
        opened.shortages("emetteur")
    assert [(line["event"], line["log_level"]) for line in logs] == [("room.short", "error"), ("room.enough", "info")]
    assert logs[0]["folder"] == str(disk / "state")
    assert logs[0]["wanted"] == 22 * MB


def test_the_greatest_wish_of_a_round_is_what_is_told(opened: Room, disk: Path) -> None:
    fill(disk, 25 * MB)
    asking = opened.asking("emetteur", "fetching")
    assert [asking.lacks(size * MB) for size in (6, 9, 1, 7)] == [True, True, False, True]
    asking.settle()
    (shortage,) = opened.shortages("emetteur")
    assert shortage.wanted == 29 * MB
    assert opened.shortages("another") == []


def test_a_wish_that_is_gone_is_waited_for_no_longer(opened: Room, disk: Path) -> None:
    fill(disk, 25 * MB)
    lacks(opened, 9 * MB)
    assert opened.shortages("emetteur")
    opened.asking("emetteur", "taking").settle()
    assert opened.shortages("emetteur") == []


def test_what_is_over_is_over_without_being_asked_again(opened: Room, disk: Path) -> None:
    fill(disk, 10 * MB)
    lacks(opened)
    fill(disk, 30 * MB)
    assert opened.shortages("emetteur") == []


def test_a_step_that_asks_seldom_is_let_go_by_one_that_asks_often(opened: Room, disk: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        fill(disk, 10 * MB)
        lacks(opened, step="fetching")
        fill(disk, 30 * MB)
        lacks(opened)
    assert [line["event"] for line in logs] == ["room.short", "room.enough"]


def test_a_folder_that_is_not_there_lacks_nothing(tmp_path: Path) -> None:
    settings = Settings.model_validate({"spool": "spool", "state": "state"}, context={"folder": tmp_path})
    assert not lacks(Room(settings), 10)


@pytest.fixture
def full(disk: Path, open_corridor: Open) -> Corridor:
    """A corridor whose state folder has less room than its settings want."""
    corridor = open_corridor(limits={"free_space": "20MB"})
    fill(disk, 15 * MB)
    return corridor


def _dropped(corridor: Corridor) -> list[str]:
    return sorted(path.name for path in corridor.house.folders(corridor.sheet).out.iterdir())


def test_a_dropped_file_waits_in_the_drop_folder_until_there_is_room(
    full: Corridor, disk: Path, invoice: Callable[..., bytes]
) -> None:
    full.drop("a.xml", invoice("F-1"))
    full.take()
    assert _dropped(full) == ["a.xml"]
    assert full.files() == []
    fill(disk, 30 * MB)
    full.take()
    assert _dropped(full) == []
    assert [row.state for row in full.files()] == ["claimed"]


def test_what_was_taken_before_goes_on_to_the_partner(
    disk: Path, open_corridor: Open, invoice: Callable[..., bytes]
) -> None:
    corridor = open_corridor(limits={"free_space": "20MB"})
    corridor.drop("a.xml", invoice("F-1"))
    corridor.take()
    fill(disk, 10 * MB)
    corridor.judge()
    corridor.pack()
    corridor.send()
    assert [row.state for row in corridor.documents()] == ["sent"]
    assert len(list((corridor.partner / "in").iterdir())) == 1


def test_what_is_offered_stays_unopened_at_the_partner_until_there_is_room(full: Corridor, disk: Path) -> None:
    offered = full.offer("flow-1", b"x")
    os.utime(offered, (1, 1))
    fetched = full.fetch()
    assert (fetched.listed, fetched.new, fetched.failed, fetched.lost) == (1, 0, 1, None)
    assert offered.stat().st_atime == 1
    assert list((disk / "state" / "incoming").rglob("*.part")) == []
    fill(disk, 30 * MB)
    assert full.fetch().new == 1


def test_small_flows_are_fetched_past_one_that_does_not_fit(full: Corridor, disk: Path) -> None:
    full.offer("a-large-one", b"x" * 3 * MB)
    full.offer("b-small-one", b"x")
    fill(disk, 24 * MB)
    fetched = full.fetch()
    assert (fetched.new, fetched.failed) == (1, 1)


def test_the_alert_says_which_disk_in_both_languages_and_goes_by_itself(full: Corridor, disk: Path) -> None:
    full.drop("a.xml", b"<a/>")
    full.take()
    watch = Watch()
    (cause,) = look_at(full.house, full.sheet, watch).raised
    assert (cause.kind, cause.subject, cause.urgent) == ("space", str(disk / "state"), True)
    assert cause.fr.startswith("Fiche emetteur : il reste ")
    assert f"sur le disque de {disk / 'state'}, il en faut 22,0 Mo." in cause.fr
    assert f"MB are left on the disk of {disk / 'state'}, 22.0 MB are needed." in cause.en
    with full.house.journal.reading() as view:
        assert [row.kind for row in rows.standing(view, "emetteur")] == ["space"]
    assert look_at(full.house, full.sheet, watch).raised == ()
    fill(disk, 30 * MB)
    full.take()
    assert [row.kind for row in look_at(full.house, full.sheet, watch).cleared] == ["space"]
