from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

from edid.errors import OperatorError, TransientError
from edid.exchange import taking
from edid.exchange.pulse import Pulse
from edid.exchange.setbacks import MOST_TRIES
from edid.exchange.taking import Taker
from tests.unit.exchange.corridor import Corridor, Crash, crash_at


def _claimed(corridor: Corridor) -> list[Path]:
    return sorted(corridor.house.folders(corridor.sheet).claimed.iterdir())


def _dropped(corridor: Corridor) -> list[str]:
    return sorted(path.name for path in corridor.house.folders(corridor.sheet).out.iterdir())


def test_a_dropped_file_ends_in_the_store_and_the_journal_and_leaves_the_spool(corridor: Corridor) -> None:
    corridor.drop("a.xml", b"<a/>")
    corridor.take()
    (row,) = corridor.files()
    assert (row.name, row.state, row.size) == ("a.xml", "claimed", 4)
    assert corridor.house.store.require(row.sha256).read_bytes() == b"<a/>"
    assert not _dropped(corridor)
    assert not _claimed(corridor)
    assert [event.to_state for event in corridor.events("file.claimed")] == ["claimed"]


def test_a_file_that_will_not_be_read_is_kept_with_its_reason(corridor: Corridor) -> None:
    corridor.drop("empty.xml", b"")
    corridor.take()
    (row,) = corridor.files()
    assert row.state == "rejected"
    assert row.reason.startswith("IRR_VIDE_F: ")
    assert corridor.kept("rejected") == ["empty.xml", "empty.xml.verdict.json", "empty.xml.verdict.txt"]


@pytest.mark.parametrize("place", ["journal_claims", "finish"])
def test_a_crash_while_taking_is_finished_at_the_next_start(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    corridor.drop("a.xml", b"<a/>")
    corridor.drop("b.xml", b"<b/>")
    crash_at(monkeypatch, f"edid.exchange.storing.{place}")
    with pytest.raises(Crash):
        corridor.take()
    assert not _dropped(corridor)
    assert len(_claimed(corridor)) == 2
    corridor.restart()
    corridor.take()
    assert sorted(row.name for row in corridor.files()) == ["a.xml", "b.xml"]
    assert not _claimed(corridor)


@pytest.mark.parametrize("place", ["journal_refusal", "keep_refused"])
def test_a_crash_while_refusing_is_finished_at_the_next_start(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    corridor.drop("empty.xml", b"")
    crash_at(monkeypatch, f"edid.exchange.storing.{place}")
    with pytest.raises(Crash):
        corridor.take()
    corridor.restart()
    corridor.take()
    assert [row.state for row in corridor.files()] == ["rejected"]
    assert corridor.kept("rejected") == ["empty.xml", "empty.xml.verdict.json", "empty.xml.verdict.txt"]
    assert not _claimed(corridor)


def test_a_refused_file_is_not_lost_when_its_cause_is_gone_before_it_was_kept(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    corridor.drop("odd.xml", b"")
    crash_at(monkeypatch, "edid.exchange.storing.keep_refused")
    with pytest.raises(Crash):
        corridor.take()
    (claimed,) = _claimed(corridor)
    claimed.write_bytes(b"<now-it-has-bytes/>")
    corridor.restart()
    corridor.take()
    kept = corridor.house.folders(corridor.sheet).rejected / "odd.xml"
    assert kept.read_bytes() == b"<now-it-has-bytes/>"
    assert [row.state for row in corridor.files()] == ["rejected"]


def test_a_journalled_file_is_not_refused_after_a_crash_because_the_rules_changed(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch, open_corridor: Callable[..., Corridor]
) -> None:
    corridor.drop("a.xml", b"<a/>" * 100)
    crash_at(monkeypatch, "edid.exchange.storing.finish")
    with pytest.raises(Crash):
        corridor.take()
    smaller = open_corridor(limits={"flow_size": 10})
    smaller.take()
    assert [row.state for row in smaller.files()] == ["claimed"]
    assert smaller.kept("rejected") == []
    assert not _claimed(smaller)


def test_what_a_failure_left_is_taken_by_the_same_daemon(corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    corridor.drop("a.xml", b"<a/>")
    crash_at(monkeypatch, "edid.exchange.storing.journal_claims", error=TransientError("the journal is away"))
    corridor.take()
    assert len(_claimed(corridor)) == 1
    corridor.take()
    assert [row.name for row in corridor.files()] == ["a.xml"]
    assert not _claimed(corridor)


def test_a_file_that_cannot_be_claimed_stays_and_the_others_go_on(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = taking.claim

    def claim(candidate, *args, **options):
        if candidate.name == "stuck.xml":
            raise OperatorError("no right on this one")
        return original(candidate, *args, **options)

    monkeypatch.setattr(taking, "claim", claim)
    corridor.drop("stuck.xml", b"<a/>")
    corridor.drop("z.xml", b"<z/>")
    with structlog.testing.capture_logs() as logs:
        corridor.take()
        corridor.take()
    assert [row.name for row in corridor.files()] == ["z.xml"]
    assert _dropped(corridor) == ["stuck.xml"]
    assert [log["file"] for log in logs if log["event"] == "file.stuck"] == ["stuck.xml"], "told once"


def test_a_file_that_cannot_be_kept_in_rejected_does_not_stop_the_others(corridor: Corridor) -> None:
    rejected = corridor.house.folders(corridor.sheet).rejected
    rejected.rmdir()
    rejected.write_text("somebody put a file here")
    corridor.drop("empty.xml", b"")
    corridor.drop("good.xml", b"<a/>")
    corridor.take()
    assert sorted((row.name, row.state) for row in corridor.files()) == [
        ("empty.xml", "rejected"),
        ("good.xml", "claimed"),
    ]
    rejected.unlink()
    rejected.mkdir()
    corridor.take()
    assert "empty.xml" in corridor.kept("rejected")
    assert not _claimed(corridor)


def _unreadable(monkeypatch: pytest.MonkeyPatch, corridor: Corridor, name: str) -> None:
    original = corridor.house.store.add_many

    def add_many(sources):
        stored = original(sources)
        return [
            OSError(5, "Input/output error") if source.name.endswith(name) else blob
            for source, blob in zip(sources, stored, strict=True)
        ]

    monkeypatch.setattr(corridor.house.store, "add_many", add_many)


def test_a_file_that_the_disk_does_not_give_back_is_kept_after_some_tries(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    corridor.drop("bad-sector.xml", b"<a/>")
    corridor.drop("good.xml", b"<a/>")
    _unreadable(monkeypatch, corridor, "bad-sector.xml")
    original = Path.open

    def broken(self, *args, **options):
        if self.name.endswith("bad-sector.xml") and args[:1] == ("rb",):
            raise OSError(5, "Input/output error")
        return original(self, *args, **options)

    monkeypatch.setattr(Path, "open", broken)
    corridor.take()
    assert [row.name for row in corridor.files()] == ["good.xml"]
    for _ in range(MOST_TRIES):
        corridor.take()
    assert [(row.name, row.state) for row in corridor.files()] == [
        ("good.xml", "claimed"),
        ("bad-sector.xml", "rejected"),
    ]
    assert "bad-sector.xml" in corridor.kept("rejected")


def test_a_file_that_the_store_cannot_take_waits_without_end(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    corridor.drop("a.xml", b"<a/>")
    _unreadable(monkeypatch, corridor, "a.xml")
    for _ in range(2 * MOST_TRIES + 1):
        corridor.take()
    assert corridor.files() == []
    assert len(_claimed(corridor)) == 1
    monkeypatch.undo()
    corridor.take()
    assert [row.state for row in corridor.files()] == ["claimed"]


def test_names_that_are_no_utf8_are_journalled_in_printable_form(corridor: Corridor) -> None:
    out = os.fsencode(corridor.house.folders(corridor.sheet).out)
    with open(out + b"/facture-\xe9\n.xml", "wb") as file:  # noqa: PTH123
        file.write(b"<a/>")
    corridor.take()
    assert [row.name for row in corridor.files()] == ["facture-%E9%0A.xml"]


def test_more_than_one_chunk_is_taken_in_one_step(corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "CHUNK", 3)
    for number in range(8):
        corridor.drop(f"{number}.xml", b"<a/>")
    told: list[bool] = []
    taker = Taker(corridor.house, corridor.sheet)
    taker.on_taken = lambda: told.append(taker.busy)
    taker.step(Pulse())
    assert len(corridor.files()) == 8
    assert told == [True, True, False]
    assert taker.busy is False


def test_large_files_are_taken_one_at_a_time(corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "_CHUNK_BYTES", 10)
    for name, size in (("a", 4), ("b", 6), ("c", 1), ("d", 20), ("e", 1)):
        corridor.drop(name, b"x" * size)
    sizes: list[int] = []
    taker = Taker(corridor.house, corridor.sheet)
    taker.on_taken = lambda: sizes.append(len(corridor.files()) - sum(sizes))
    taker.step(Pulse())
    assert sizes == [2, 1, 1, 1]


def test_a_stop_leaves_the_rest_in_the_drop_folder(corridor: Corridor) -> None:
    corridor.drop("a.xml", b"<a/>")
    pulse = Pulse()
    pulse.stop(within=10)
    Taker(corridor.house, corridor.sheet).step(pulse)
    assert _dropped(corridor) == ["a.xml"]
