"""Steps in with a broken partner: what it offers is here once and whole, and nothing of it keeps back the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

import pytest

from edid.errors import EdidError
from edid.exchange.fetching import Fetched
from edid.transport.sftp import SftpTransport
from tests.integration.transport.conftest import sftp
from tests.partners.faulty import FaultyPartner
from tests.partners.faulty_faults import DENIED, FAILURE, Ask
from tests.partners.waiting import until
from tests.unit.exchange.corridor import Corridor

NAME = "CSO1100A_ABC123_CPP0011100000000000000001"
CONTENT = os.urandom(100_000)
OF_A_RECEPTION = [Ask.OPENDIR, Ask.READDIR, Ask.OPEN, Ask.FSTAT, Ask.READ, Ask.CLOSE]


class House:
    """A house that polls a faulty partner."""

    def __init__(self, open_corridor: Callable[..., Corridor], partner: FaultyPartner) -> None:
        self._open = open_corridor
        self.partner = partner
        self.transport = SftpTransport(sftp(partner))
        self._corridor: Corridor | None = None

    def sheet(self, **changes: Any) -> House:
        self._corridor = self._open(transport=self.partner.settings(), **changes)
        return self

    @property
    def corridor(self) -> Corridor:
        if self._corridor is None:
            self.sheet()
        assert self._corridor is not None
        return self._corridor

    def poll(self) -> Fetched:
        return self.corridor.fetch(transport=self.transport)

    def kept(self) -> dict[str, bytes]:
        """What was fetched, by name."""
        store = self.corridor.house.store
        return {flow.name: store.require(flow.sha256).read_bytes() for flow in self.corridor.flows()}

    def left_here(self) -> list[str]:
        return [path.name for path in self.corridor.house.incoming(self.corridor.sheet).iterdir()]


@pytest.fixture
def house(open_corridor: Callable[..., Corridor], faulty: FaultyPartner) -> Iterator[House]:
    house = House(open_corridor, faulty)
    yield house
    house.transport.close()


@pytest.mark.parametrize("once", [False, True], ids=["kept", "offered once"])
@pytest.mark.parametrize("when", ["drops_before", "drops_after"])
@pytest.mark.parametrize("asked", OF_A_RECEPTION, ids=lambda asked: asked.name)
def test_wherever_the_line_ends_the_file_is_here_once_and_whole(
    house: House, faulty: FaultyPartner, asked: Ask, when: str, once: bool
) -> None:
    faulty.write(f"out/{NAME}", CONTENT)
    setattr(faulty.faults, when, {asked})
    faulty.faults.once = once
    with suppress(EdidError):
        house.poll()
    faulty.faults.calm()
    faulty.faults.once = once
    house.poll()
    house.poll()
    assert [flow.name for flow in house.corridor.flows()] == [NAME]
    assert house.kept() == {NAME: CONTENT}
    assert house.left_here() == []


@pytest.mark.parametrize("at", [0, 1, 50_000, 99_999])
def test_a_file_that_is_offered_once_is_still_offered_after_a_cut(house: House, faulty: FaultyPartner, at: int) -> None:
    faulty.write(f"out/{NAME}", CONTENT)
    faulty.faults.once = True
    faulty.faults.drops_read_at = at
    assert house.poll().failed == 1
    assert house.kept() == {}
    assert (faulty.root / "out" / NAME).exists()
    faulty.faults.drops_read_at = None
    assert house.poll().new == 1
    assert house.kept() == {NAME: CONTENT}
    assert list((faulty.root / "out").iterdir()) == []


def test_a_file_that_vanishes_between_listing_and_opening_keeps_no_other_back(
    house: House, faulty: FaultyPartner
) -> None:
    for name in ("a", "b", "c"):
        faulty.write(f"out/{name}", name.encode())
    faulty.faults.gone_at_open = {b"b"}
    assert house.poll() == Fetched(listed=3, new=2, failed=0)
    assert house.kept() == {"a": b"a", "c": b"c"}


def test_a_name_that_is_listed_twice_is_one_flow(house: House, faulty: FaultyPartner) -> None:
    faulty.write("out/a", b"a")
    faulty.faults.twice = True
    for action in ("none", "delete"):
        house.sheet(after_fetch={"action": action})
        house.poll()
    assert house.kept() == {"a": b"a"}
    assert len(house.corridor.flows()) == 1
    assert list((faulty.root / "out").iterdir()) == []


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_clock_that_is_wrong_makes_no_second_flow_and_hides_no_new_file(
    house: House, faulty: FaultyPartner, year: int
) -> None:
    faulty.faults.put_clock_to((year - 1970) * 365.25 * 86_400)
    faulty.write("out/a", b"first")
    for _ in range(3):
        house.poll()
    faulty.write("out/b", b"second")
    faulty.write("out/a", b"another size")
    for _ in range(2):
        house.poll()
    assert sorted((flow.name, flow.size) for flow in house.corridor.flows()) == [("a", 5), ("a", 12), ("b", 6)]


HOSTILE = [
    b"line\nend",
    b"..",
    b".",
    b"",
    b"../../etc/passwd",
    b"/etc/passwd",
    b"a/b",
    b"nul\0l",
    b"latin-1 \xe9",
    b"cr\r",
]


def test_names_that_lead_elsewhere_are_counted_and_never_asked_for(house: House, faulty: FaultyPartner) -> None:
    faulty.write("out/good", b"good")
    faulty.faults.also_lists = HOSTILE
    assert house.poll() == Fetched(listed=1, new=1, failed=0, unusable=len(HOSTILE))
    assert house.kept() == {"good": b"good"}
    assert {path for _, path in faulty.done} == {"out/good"}


@pytest.mark.parametrize(
    "faults",
    [
        {"refuses": {Ask.READ: (FAILURE, "")}},
        {"refuses": {Ask.OPEN: (DENIED, "")}},
        {"grows": 7},
        {"drops_read_at": 10},
    ],
    ids=["unreadable", "forbidden", "growing", "cut"],
)
def test_what_fails_at_one_poll_comes_with_a_later_one(
    house: House, faulty: FaultyPartner, faults: dict[str, Any]
) -> None:
    faulty.write("out/a", b"a" * 1000)
    for name, value in faults.items():
        setattr(faulty.faults, name, value)
    assert house.poll().new == 0
    assert house.kept() == {}
    faulty.faults.calm()
    assert house.poll().new == 1
    assert house.kept() == {"a": (faulty.root / "out" / "a").read_bytes()}
    assert house.left_here() == []


def test_a_listing_of_fifty_thousand_names_is_read_to_its_end(faulty: FaultyPartner) -> None:
    faulty.faults.also_lists = [b"CSO1100A_ABC123_%025d" % number for number in range(50_000)]
    with SftpTransport(sftp(faulty)) as transport:
        beats: list[int] = []
        found = transport.list(PurePosixPath("out"), beats.append)
    assert len(found) == 50_000
    assert len(beats) > 100, "a long listing proves that it goes on"


def test_a_listing_without_end_ends(faulty: FaultyPartner) -> None:
    faulty.faults.empty_pages = True
    with SftpTransport(sftp(faulty)) as transport:
        assert transport.list(PurePosixPath("out")) == []


@pytest.mark.parametrize("first", [True, False], ids=["offered before", "offered after"])
def test_files_that_always_fail_keep_no_other_back_for_ever(house: House, faulty: FaultyPartner, first: bool) -> None:
    sick, sound = ("1", "2", "3"), ("4", "5")
    faulty.faults.refuses_to_read = {name.encode() for name in sick}
    for names in (sick, sound) if first else (sound, sick):
        for name in names:
            faulty.write(f"out/{name}", b"content")
        if first and names is sick:
            house.poll()
    until(lambda: house.poll().listed > 0 and set(sound) <= set(house.kept()), "the sound files are fetched")
    assert not set(sick) & set(house.kept())
