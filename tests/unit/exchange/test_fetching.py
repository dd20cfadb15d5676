from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath

import pytest

from edid.clock import now
from edid.config.transport import FolderSettings
from edid.errors import EdidError, OperatorError, TransientError
from edid.exchange import fetching
from edid.exchange.fetched import shown as as_told
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.setbacks import Setbacks
from edid.transport.contract import Progress, RemoteFile
from edid.transport.folder import FolderTransport
from tests.unit.exchange.corridor import Corridor, Crash, crash_at

Open = Callable[..., Corridor]
NAME = "CSO1100A_ABC123_CPP0011100000000000000001"


class Partner(FolderTransport):
    """A real folder partner that remembers what was fetched, and fails where the test says so."""

    def __init__(self, corridor: Corridor) -> None:
        settings = corridor.sheet.transport
        assert isinstance(settings, FolderSettings)
        super().__init__(settings)
        self.fetched: list[str] = []
        self.fails: dict[str, BaseException] = {}
        self.vanish: set[str] = set()
        self.also_offers: list[RemoteFile] = []

    def list(self, folder: PurePosixPath, progress: Progress | None = None) -> list[RemoteFile]:
        return sorted([*super().list(folder, progress), *self.also_offers], key=lambda file: file.name)

    def get(self, source: PurePosixPath, target: Path, *, limit: int, progress: Progress | None = None) -> int:
        self.fetched.append(source.name)
        if source.name in self.vanish:
            self.remove(source)
        error = self.fails.get(source.name)
        if error is not None:
            raise error
        return super().get(source, target, limit=limit, progress=progress)


def _names(corridor: Corridor) -> list[str]:
    return [flow.name for flow in corridor.flows()]


def _incoming(corridor: Corridor) -> list[str]:
    return sorted(path.name for path in corridor.house.incoming(corridor.sheet).iterdir())


def _interrupted(corridor: Corridor, name: str, came: bytes | None, size: int) -> None:
    """Leave what a crash during a fetch leaves."""
    base = corridor.house.incoming(corridor.sheet) / sha256(name.encode()).hexdigest()[:32]
    base.with_suffix(".json").write_text(json.dumps({"name": name, "size": size}))
    if came is not None:
        base.with_suffix(".part").write_bytes(came)


def test_what_is_offered_ends_in_the_store_and_the_journal(corridor: Corridor) -> None:
    corridor.offer(NAME, b"<CPPStatut/>")
    assert corridor.fetch() == fetching.Fetched(listed=1, new=1, failed=0)
    (flow,) = corridor.flows()
    assert (flow.name, flow.direction, flow.state) == (NAME, "in", "fetched")
    assert (flow.interface_code, flow.identifier) == ("CSO1100A", "CPP0011100000000000000001")
    assert corridor.house.store.require(flow.sha256).read_bytes() == b"<CPPStatut/>"
    assert _incoming(corridor) == []
    assert (corridor.partner / "out" / NAME).exists(), "a sheet with 'none' changes nothing at the partner"


def test_a_known_name_and_size_is_not_fetched_again(corridor: Corridor) -> None:
    corridor.offer(NAME, b"12345")
    partner = Partner(corridor)
    corridor.fetch(transport=partner)
    assert corridor.fetch(transport=partner) == fetching.Fetched(1, 0, 0)
    assert partner.fetched == [NAME]


@pytest.mark.parametrize("content", [b"123456", b"54321"], ids=["another size", "changed since"])
def test_a_file_that_was_replaced_under_its_name_is_fetched(corridor: Corridor, content: bytes) -> None:
    path = corridor.offer(NAME, b"12345")
    corridor.fetch()
    path.write_bytes(content)
    later = (now() + timedelta(seconds=5)).timestamp()
    os.utime(path, (later, later))
    assert corridor.fetch().new == 1
    assert len(corridor.flows()) == 2
    assert corridor.fetch().new == 0


def test_the_same_file_is_kept_once_however_often_it_is_offered(corridor: Corridor) -> None:
    path = corridor.offer(NAME, b"12345")
    corridor.fetch()
    later = (now() + timedelta(seconds=5)).timestamp()
    os.utime(path, (later, later))
    assert corridor.fetch().new == 0
    assert len(corridor.flows()) == 1


def test_a_file_that_vanishes_between_list_and_get_is_normal(corridor: Corridor) -> None:
    corridor.offer("A", b"a")
    corridor.offer("B", b"b")
    partner = Partner(corridor)
    partner.vanish.add("A")
    assert corridor.fetch(transport=partner) == fetching.Fetched(2, 1, 0)
    assert _names(corridor) == ["B"]


def test_a_file_that_cannot_be_fetched_stops_no_other(corridor: Corridor) -> None:
    for name in "ABC":
        corridor.offer(name, b"x")
    partner = Partner(corridor)
    partner.fails = {"A": OperatorError("no right."), "B": ValueError("never foreseen")}
    assert corridor.fetch(transport=partner) == fetching.Fetched(3, 1, 2)
    assert _names(corridor) == ["C"]
    partner.fails.clear()
    assert corridor.fetch(transport=partner).new == 2


def test_a_dead_line_is_not_tried_once_for_each_file(corridor: Corridor) -> None:
    partner = Partner(corridor)
    for number in range(10):
        corridor.offer(f"{number}", b"x")
        partner.fails[f"{number}"] = TransientError("dead.")
    assert corridor.fetch(transport=partner).failed == 3
    assert len(partner.fetched) == 3


def test_more_than_the_limit_is_left_with_the_partner(open_corridor: Open) -> None:
    corridor = open_corridor(limits={"flow_size": 10})
    corridor.offer("large", b"x" * 11)
    corridor.offer("small", b"x" * 10)
    assert corridor.fetch() == fetching.Fetched(2, 1, 1)
    assert (corridor.partner / "out" / "large").exists()
    assert not [name for name in _incoming(corridor) if name.endswith(".part")]


def test_a_folder_that_cannot_be_listed_is_said(corridor: Corridor) -> None:
    shutil.rmtree(corridor.partner / "out")
    with pytest.raises(EdidError, match="Create the folder"):
        corridor.fetch()


@pytest.mark.parametrize(("action", "left"), [("delete", []), ("move", [NAME])])
def test_after_the_fetch_the_partner_is_tidied_as_the_sheet_says(
    open_corridor: Open, action: str, left: list[str]
) -> None:
    corridor = open_corridor(after_fetch={"action": action})
    corridor.offer(NAME, b"x")
    assert corridor.fetch().new == 1
    assert list((corridor.partner / "out").iterdir()) == []
    assert [path.name for path in (corridor.partner / "archive").iterdir()] == left


@pytest.mark.parametrize("place", ["keep", "_tidy"])
def test_a_crash_around_the_journal_loses_nothing_and_doubles_nothing(
    open_corridor: Open, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    corridor = open_corridor(after_fetch={"action": "delete"})
    corridor.offer(NAME, b"x")
    crash_at(monkeypatch, f"edid.exchange.fetching.{place}")
    with pytest.raises(Crash):
        corridor.fetch()
    assert (corridor.partner / "out" / NAME).exists(), "removed there only once it is journalled here"
    corridor.restart()
    corridor.fetch()
    assert _names(corridor) == [NAME]
    assert list((corridor.partner / "out").iterdir()) == []


def test_a_file_is_never_removed_unread_though_its_name_and_size_are_known(open_corridor: Open) -> None:
    corridor = open_corridor(after_fetch={"action": "delete"})
    corridor.offer(NAME, b"first")
    corridor.fetch()
    path = corridor.offer(NAME, b"other")
    earlier = (now() - timedelta(days=1)).timestamp()
    os.utime(path, (earlier, earlier))
    corridor.fetch()
    assert len(corridor.flows()) == 2
    assert list((corridor.partner / "out").iterdir()) == []


def test_a_partner_that_cannot_be_tidied_costs_no_flow(open_corridor: Open) -> None:
    corridor = open_corridor(after_fetch={"action": "move", "folder": "missing"})
    corridor.offer(NAME, b"x")
    assert corridor.fetch() == fetching.Fetched(listed=1, new=1, failed=1)
    assert _names(corridor) == [NAME]


def test_a_fetch_cut_off_after_its_last_byte_is_adopted_though_the_partner_dropped_it(corridor: Corridor) -> None:
    _interrupted(corridor, NAME, b"12345", 5)
    corridor.fetch()
    assert _names(corridor) == [NAME]
    assert _incoming(corridor) == []


def test_a_complete_fetch_is_adopted_even_when_the_partner_is_away(corridor: Corridor) -> None:
    _interrupted(corridor, NAME, b"12345", 5)
    shutil.rmtree(corridor.partner / "out")
    with pytest.raises(EdidError):
        corridor.fetch()
    assert _names(corridor) == [NAME]


def test_the_beginning_of_a_file_that_is_still_offered_is_dropped(corridor: Corridor) -> None:
    corridor.offer(NAME, b"12345")
    _interrupted(corridor, NAME, b"123", 5)
    corridor.fetch()
    (flow,) = corridor.flows()
    assert flow.size == 5
    assert _incoming(corridor) == []


def test_of_a_file_that_is_offered_no_more_the_bytes_that_came_are_kept(corridor: Corridor) -> None:
    _interrupted(corridor, NAME, b"123", 5)
    _interrupted(corridor, "NEVER-BEGUN", None, 5)
    corridor.fetch()
    assert [(flow.name, flow.size) for flow in corridor.flows()] == [(NAME, 3)]
    assert _incoming(corridor) == []


def test_an_unreadable_note_of_a_fetch_stops_nothing(corridor: Corridor) -> None:
    (corridor.house.incoming(corridor.sheet) / "0.json").write_bytes(b"\xff[")
    (corridor.house.incoming(corridor.sheet) / "1.json").write_bytes(b"[]")
    corridor.offer(NAME, b"x")
    assert corridor.fetch().new == 1


def test_bytes_that_cannot_be_adopted_now_stay_for_the_next_poll(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _interrupted(corridor, NAME, b"12345", 5)
    corridor.offer("B", b"b")
    crash_at(monkeypatch, "edid.exchange.torn.keep", error=ValueError("never foreseen"))
    assert corridor.fetch().new == 1
    assert _names(corridor) == ["B", NAME] or _names(corridor) == [NAME, "B"]


@pytest.mark.parametrize("name", ["facture\x1b[31m.xml", "N" * 250, "éà ü", "\u202egpj.exe"])
def test_any_name_that_a_partner_may_offer_is_journalled(corridor: Corridor, name: str) -> None:
    corridor.offer(name, b"x")
    assert corridor.fetch().new == 1
    assert corridor.fetch().new == 0
    assert corridor.flows()[0].name.isprintable()


def test_names_beyond_any_index_stay_apart(corridor: Corridor) -> None:
    shown = {as_told("N" * 4000 + last) for last in "AB"}
    assert len(shown) == 2
    assert max(map(len, shown)) <= 300


def test_a_name_that_is_no_utf8_is_kept_in_printable_form(corridor: Corridor) -> None:
    corridor.offer("bad-\udce9", b"x")
    corridor.offer("good", b"y")
    partner = Partner(corridor)
    partner.also_offers.append(RemoteFile("bad-\udce9", 1, None))
    assert corridor.fetch(transport=partner) == fetching.Fetched(2, 2, 0, unusable=1)
    assert corridor.fetch(transport=partner).new == 0
    assert _names(corridor) == ["bad-%E9", "good"]


def test_a_stop_ends_between_two_files(corridor: Corridor) -> None:
    corridor.offer("A", b"a")
    pulse = Pulse()
    pulse.stop(within=10)
    assert fetching.fetch(corridor.house, corridor.sheet, Partner(corridor), pulse).new == 0
    late = Pulse()

    class Slow(Partner):
        def get(self, source: PurePosixPath, target: Path, *, limit: int, progress: Progress | None = None) -> int:
            late.stop(within=-1)
            return super().get(source, target, limit=limit, progress=progress)

    with pytest.raises(StopRequestedError):
        fetching.fetch(corridor.house, corridor.sheet, Slow(corridor), late)
    assert corridor.flows() == []
    assert corridor.fetch().new == 1


def test_a_folder_of_very_many_names_is_looked_up(corridor: Corridor) -> None:
    offered = [RemoteFile(f"flow-{number}", 1, None) for number in range(40_000)]
    assert fetching._known(corridor.house, corridor.sheet, offered) == set()


def test_a_name_that_cannot_be_used_is_counted_and_stops_no_other(corridor: Corridor) -> None:
    out = corridor.partner / "out"
    (out / "good").write_bytes(b"x")
    (out / "line\nend").write_bytes(b"x")
    os.close(os.open(os.fsencode(out) + b"/\xe9.xml", os.O_CREAT | os.O_WRONLY))
    assert corridor.fetch() == fetching.Fetched(listed=1, new=1, failed=0, unusable=2)


def test_a_file_beyond_the_limit_is_not_read_to_it_at_every_poll(open_corridor: Open) -> None:
    corridor = open_corridor(limits={"flow_size": 100})
    corridor.offer("huge", b"x" * 101)
    partner, rests = Partner(corridor), Setbacks(first=3600)
    for _ in range(3):
        told = fetching.fetch(corridor.house, corridor.sheet, partner, Pulse(), rests)
        assert (told.listed, told.new, told.failed) == (1, 0, 1), "it is told at every poll"
    assert partner.fetched == ["huge"]
    corridor.offer("huge", b"x" * 99)
    told = fetching.fetch(corridor.house, corridor.sheet, partner, Pulse(), rests)
    assert told.new == 1, "with another size it is another file"
