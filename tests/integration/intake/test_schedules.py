"""Any order of writers' acts, looks, crashes and clock steps: a ledger says what may be taken, and what must be."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from unittest import mock

import pytest

from edid.exchange import storing
from tests.integration.intake.house import Clocks, TakingHouse
from tests.integration.intake.writers import SETTLE, Writers

ACTS = 45
SCHEDULES = int(os.environ.get("EDID_SCHEDULES", "8"))
"""How many of each readiness. More by hand: EDID_SCHEDULES=500 pytest tests/integration/intake/test_schedules.py"""


class Crash(BaseException):
    """The power goes."""


class Schedule:
    """One house, its writers, and what happens to edid; all by the chance of one seed."""

    def __init__(self, folder: Path, seed: int, readiness: str) -> None:
        chance = random.Random(seed)
        self.chance = chance
        self.clocks = Clocks()
        self.desk = TakingHouse(folder, clocks=self.clocks, readiness=readiness, settle="60s")
        self.writers = Writers(self.desk, self.clocks, folder, chance)
        self.did: list[str] = []
        self._seen = 0

    def act(self) -> None:
        """Do one thing, then look into the ledger."""
        writers = self.writers
        often = [writers.drop_whole, writers.open_and_begin, writers.write_on, self.time_passes, self.look]
        seldom = [
            writers.map_and_begin,
            writers.close_to_come_back,
            writers.finish_one,
            writers.meddle,
            writers.drop_nonsense,
            self.clock_is_set,
            self.crash_while_looking,
            self.same_name_arrives_while_taking,
            self.second_links_are_written_while_taking,
        ]
        act = self.chance.choice(often + often + seldom)
        self.did.append(act.__name__)
        act()
        self.nothing_unfinished_and_nothing_twice()

    def time_passes(self) -> None:
        until = self.clocks.monotonic() + self.chance.choice([0.3, 20.0, 59.0, 61.0, 300.0])
        while self.clocks.monotonic() < until:  # nobody who comes back in time is late by more than a moment
            self.clocks.advance(min(SETTLE / 4, until - self.clocks.monotonic()))
            self.writers.keep_appointments(self.clocks.monotonic() + SETTLE / 4)
            if self.chance.random() < 0.5:
                self.look()

    def clock_is_set(self) -> None:
        self.clocks.jump(self.chance.choice([-40_000.0, -90.0, 90.0, 1_000_000.0]))  # never near the files' own time
        self.look()

    def look(self) -> None:
        self.desk.step()

    def crash_while_looking(self) -> None:
        places = ["journal_claims", "journal_refusal", "keep_refused", "forget_marker", "finish", "check"]
        with mock.patch.object(storing, self.chance.choice(places), side_effect=Crash), suppress(Crash):
            self.desk.step()
        self.desk.restart()

    def same_name_arrives_while_taking(self) -> None:
        self._look_while(self.writers.drop_whole)

    def second_links_are_written_while_taking(self) -> None:
        self._look_while(self.writers.write_through_second_links)

    def _look_while(self, act: Callable[[], None]) -> None:
        """Look once; `act` happens when bytes of claimed files were copied, before they are checked again."""
        store = self.desk.house.store
        original = store.add_many
        done: list[bool] = []

        def add_many(sources: list[Path]) -> object:
            copied = original(sources)
            if sources and not done:
                done.append(True)
                act()
            return copied

        with mock.patch.object(store, "add_many", add_many):
            self.desk.step()

    def nothing_unfinished_and_nothing_twice(self) -> None:
        rows = self.desk.rows()
        for row in rows[self._seen :]:
            if row.state != "claimed":
                continue
            content = self.desk.bytes_of(row)
            owners = [drop for drop in self.writers.drops if drop.content == content]
            assert len(owners) == 1, f"half of something was taken: {content[:40]!r}"
            assert owners[0].finished, f"{owners[0]} was taken while it was written"
            assert not owners[0].taken, f"{owners[0]} was taken twice"
            owners[0].taken += 1
        self._seen = len(rows)

    def everything_finished_is_taken(self) -> None:
        for drop in self.writers.drops:
            if drop.writing:
                self.writers.finish(drop)
        for _ in range(4):
            self.look()
            self.clocks.advance(SETTLE + 1)
        self.look()
        self.nothing_unfinished_and_nothing_twice()
        drops = self.writers.drops
        assert [drop for drop in drops if not drop.taken and not drop.replaced] == [], "missed"
        assert len(self.desk.refused()) == self.writers.nonsense == len(self.desk.kept())
        assert self.desk.claimed() == []
        assert set(self.desk.dropped()) <= {f"{drop.name}.ok" for drop in drops if drop.replaced}


@pytest.mark.parametrize("readiness", ["settled", "renamed", "marker"])
def test_whatever_writers_do_each_finished_file_is_taken_once_and_no_other(readiness: str) -> None:
    taken = 0
    for seed in range(SCHEDULES):
        with tempfile.TemporaryDirectory(dir=_memory()) as folder:
            schedule = Schedule(Path(folder), seed, readiness)
            try:
                for _ in range(ACTS):
                    schedule.act()
                schedule.everything_finished_is_taken()
            except AssertionError as error:
                error.add_note(f"seed {seed}, {readiness}: {' '.join(schedule.did)}")
                raise
            finally:
                schedule.writers.let_go()
                schedule.desk.close()
            taken += sum(drop.taken for drop in schedule.writers.drops)
    assert taken > 3 * SCHEDULES, "a test in which nothing is taken could not fail"


def _memory() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
