"""Fair turns: nobody waits for the whole of another one's work. What counts is the order of answers, not the time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from edid.config.settings import Limits
from edid.sandbox.invoices import ubl_invoice
from edid.validation.turns import Turns
from edid.validation.worker import Job, JudgePool

TURN = 8
AHEAD = 1
Files = Callable[[str, int], list[Job]]


@pytest.fixture
def jobs(tmp_path: Path) -> Files:
    """Make so many jobs on one good invoice."""
    invoice = tmp_path / "invoice.xml"
    invoice.write_bytes(ubl_invoice("F-1", date(2026, 9, 1), lines=1))

    def make(name: str, count: int) -> list[Job]:
        works = [tmp_path / f"{name}-{number}" for number in range(count)]
        for work in works:
            work.mkdir()
        return [(invoice, work) for work in works]

    return make


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        threading.Event().wait(0.002)


class Flood:
    """A caller with many documents, who lets others come at one of its answers and counts those after it."""

    def __init__(self, pool: JudgePool, at: int, others: Callable[[], None], waiting: int) -> None:
        self._pool = pool
        self._at = at
        self._others = others
        self._waiting = waiting
        self.answers = 0

    def progress(self) -> None:
        self.answers += 1
        if self.answers == self._at:
            self._others()
            until(lambda: self._pool._turns.waiting >= self._waiting, "the others to wait")


def test_one_document_is_judged_amid_the_flood_of_another(jobs: Files) -> None:
    with JudgePool(Limits()) as pool, ThreadPoolExecutor(1) as threads:
        answered_at: list[int] = []

        def one() -> None:
            (judged,) = pool.judge(single)
            assert judged.reading is not None
            answered_at.append(flood.answers)

        single = jobs("b", 1)
        flood = Flood(pool, 20, lambda: others.append(threads.submit(one)), waiting=1)
        others: list[object] = []
        assert len(pool.judge(jobs("a", 300), flood.progress)) == 300
    assert len(answered_at) == 1
    # Until it gets its turn; then the flood waits for it, but may get on before the answer is noted above.
    assert answered_at[0] <= 20 + 3 * (TURN + AHEAD)


def test_many_small_callers_take_turns_with_a_flood_on_two_processes(jobs: Files) -> None:
    with JudgePool(Limits(), size=2) as pool, ThreadPoolExecutor(6) as threads:
        small = [jobs(f"b{number}", 3) for number in range(6)]
        done: list[int] = []

        def ask(own: list[Job]) -> None:
            pool.judge(own)
            done.append(flood.answers)

        others: list[object] = []
        flood = Flood(pool, 20, lambda: others.extend(threads.submit(ask, own) for own in small), waiting=2)
        judged = pool.judge(jobs("a", 600), flood.progress)
    assert len(judged) == 600
    assert all(each.reading is not None for each in judged)
    assert len(done) == 6
    assert max(done) < 600


def test_a_batch_keeps_its_process_when_nobody_waits(jobs: Files) -> None:
    with JudgePool(Limits()) as pool:
        takes = 0
        plain = pool._turns.take

        def counted(caller: object, meanwhile: Callable[[], object]) -> None:
            nonlocal takes
            takes += 1
            plain(caller, meanwhile)

        pool._turns.take = counted  # type: ignore[method-assign]
        pool.judge(jobs("a", 5 * TURN))
    assert takes == 1


def test_answers_keep_their_order_through_all_turns(tmp_path: Path) -> None:
    def numbered(name: str) -> list[Job]:
        made = []
        for number in range(60):
            path, work = tmp_path / f"{name}{number}.xml", tmp_path / f"{name}{number}"
            path.write_bytes(ubl_invoice(f"{name}-{number}", date(2026, 9, 1), lines=1))
            work.mkdir()
            made.append((path, work))
        return made

    with JudgePool(Limits(), size=2) as pool, ThreadPoolExecutor(3) as threads:
        names = "ABC"
        for name, judged in zip(names, threads.map(pool.judge, [numbered(name) for name in names]), strict=True):
            numbers = [each.reading.facts.number for each in judged if each.reading and each.reading.facts]
            assert numbers == [f"{name}-{number}" for number in range(60)]


def nothing() -> None:
    """Do nothing while waiting."""


def test_the_caller_with_the_fewest_places_is_next_and_then_the_one_that_waits_longest() -> None:
    turns = Turns(2)
    for _ in range(2):
        turns.take("rich", nothing)
    order: list[str] = []

    def wait(name: str) -> None:
        turns.take(name, nothing)
        order.append(name)

    threads = []
    for name in ("rich", "first", "second"):
        threads.append(threading.Thread(target=wait, args=(name,)))
        threads[-1].start()
        until(lambda: turns.waiting == len(threads), "one more to wait")
    for count, name in enumerate(("rich", "first", "rich"), start=1):
        turns.give_back(name)
        until(lambda count=count: len(order) == count, "the next one")
    for thread in threads:
        thread.join()
    assert order == ["first", "second", "rich"]


def test_only_who_holds_more_must_yield() -> None:
    turns = Turns(1)
    turns.take("a", nothing)
    assert not turns.should_yield("a")
    waiter = threading.Thread(target=turns.take, args=("b", nothing))
    waiter.start()
    until(lambda: turns.waiting == 1, "b to wait")
    assert turns.should_yield("a")
    turns.give_back("a")
    waiter.join()
    assert not turns.should_yield("b")


def test_who_gives_up_waiting_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edid.validation.turns._ASK_AGAIN", 0.01)
    turns = Turns(1)
    turns.take("a", nothing)

    def give_up() -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        turns.take("b", give_up)
    assert turns.waiting == 0
    turns.give_back("a")
    turns.take("c", nothing)
    assert not turns.wait_until_free(0)
    turns.give_back("c")
    assert turns.wait_until_free(0)
