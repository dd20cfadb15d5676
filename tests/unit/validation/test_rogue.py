"""A judge process that a document took over holds nobody for long: the document is not judged, the others are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from edid.config.settings import Limits
from edid.sandbox.invoices import ubl_invoice
from edid.validation import catalogue
from edid.validation.judging import Judgement
from edid.validation.process import JudgeProcess, LostProcessError
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome
from edid.validation.worker import Job, JudgePool
from tests.unit.validation.rogue import RogueProcess

MB = 1000**2
Files = Callable[[str], Job]
Ask = Callable[[str, float], Judgement]


@pytest.fixture
def job(tmp_path: Path) -> Files:
    """Write a good invoice under a name, and name its work folder."""

    def make(name: str) -> Job:
        path, work = tmp_path / name, tmp_path / f"work-{name}"
        path.write_bytes(ubl_invoice(name, date(2026, 9, 1), lines=1))
        work.mkdir()
        return path, work

    return make


@pytest.fixture
def ask(job: Files) -> Iterator[Callable[[str, float], Judgement]]:
    """Have one document judged by a process of its own, within so many seconds; raises LostProcessError as it does."""
    processes: list[RogueProcess] = []

    def ask(trick: str, seconds: float) -> Judgement:
        limits = Limits(
            judge_time=timedelta(seconds=seconds), judge_memory=200 * MB, document_size=MB, attachment_size=2 * MB
        )
        processes.append(RogueProcess(limits, idle=60))
        (judgement,) = processes[-1].judge([job(trick)], catalogue.shipped(), Standard())
        return judgement

    yield ask
    for process in processes:
        process.kill()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 30
    while any(map(alive, pids)):
        assert time.monotonic() < deadline, f"still there: {[pid for pid in pids if alive(pid)]}"
        threading.Event().wait(0.01)


def descendants(work: Path) -> list[int]:
    return [int(path.name) for path in work.rglob("*") if path.name.isdigit()]


@pytest.mark.parametrize("trick", ["half", "drip", "sleep", "spin", "freeze"])
def test_a_process_that_does_not_end_is_given_up(ask: Ask, trick: str) -> None:
    with pytest.raises(LostProcessError, match=r"^took longer than 300ms$"):
        ask(trick, 0.3)


def test_the_good_documents_beside_it_are_judged(monkeypatch: pytest.MonkeyPatch, job: Files, tmp_path: Path) -> None:
    monkeypatch.setattr("edid.validation.worker.JudgeProcess", RogueProcess)
    with JudgePool(Limits(judge_time=timedelta(seconds=2))) as pool:
        before, rogue, after = pool.judge([job("before"), job("spawn"), job("after")])
    assert (before.verdict.outcome, after.verdict.outcome) == (Outcome.VALID, Outcome.VALID)
    assert rogue.verdict.not_judged_because == "the validator process took longer than 2s twice on this file."
    started = descendants(tmp_path / "work-spawn")
    assert len(started) == 10
    until_gone(started)


def test_an_heir_of_its_line_does_not_stand_in_for_it(
    monkeypatch: pytest.MonkeyPatch, job: Files, tmp_path: Path
) -> None:
    monkeypatch.setattr("edid.validation.worker.JudgeProcess", RogueProcess)
    with JudgePool(Limits(judge_time=timedelta(seconds=1))) as pool:
        (rogue,) = pool.judge([job("orphans")])
    assert "twice" in str(rogue.verdict.not_judged_because)
    until_gone(descendants(tmp_path / "work-orphans"))


def test_an_answer_without_end_is_not_listened_to(ask: Ask) -> None:
    with pytest.raises(LostProcessError, match=r"^died$"):
        ask("endless", 60)


def test_memory_without_end_is_not_given(ask: Ask) -> None:
    with pytest.raises(LostProcessError, match=r"^needed more than 200MB of memory$"):
        ask("hoard", 60)


def test_a_file_in_the_work_folder_does_not_grow_without_end(ask: Ask, tmp_path: Path) -> None:
    assert "File too large" in str(ask("write", 60).verdict.not_judged_because)
    assert (tmp_path / "work-write" / "large").stat().st_size <= 4 * MB


def test_files_are_not_opened_without_end(ask: Ask) -> None:
    assert "Too many open files" in str(ask("open", 60).verdict.not_judged_because)


def test_the_processor_time_of_a_document_is_bounded_even_without_a_parent(job: Files) -> None:
    with JudgePool(Limits(judge_time=timedelta(seconds=7))) as pool:
        pool.judge([job("good")])
        (pid,) = pool.pids()
        limits = Path(f"/proc/{pid}/limits").read_text("ascii")
    assert 24 <= int(limits.partition("Max cpu time")[2].split()[0]) < 60


def test_a_process_ends_with_its_parent_whatever_it_does(job: Files) -> None:
    path, work = job("noted")
    program = f"""
import os, pathlib
from edid.config.settings import Limits
from edid.validation import catalogue
from edid.validation.standard import Standard
from tests.unit.validation.rogue import RogueProcess
process = RogueProcess(Limits(), idle=60)
work = pathlib.Path({str(work)!r})
process._ask(iter([(pathlib.Path({str(path)!r}), work)]), catalogue.shipped(), Standard())
while not any(work.iterdir()):
    pass
os._exit(9)
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert ended.returncode == 9
    (pid,) = descendants(work)
    until_gone([pid])


def test_a_process_that_froze_before_it_is_asked_holds_nobody(job: Files) -> None:
    with JudgePool(Limits(judge_time=timedelta(seconds=2))) as pool:
        pool.judge([job("first")])
        (pid,) = pool.pids()
        os.kill(pid, signal.SIGSTOP)
        (judged,) = pool.judge([job("second")])
        assert judged.verdict.outcome is Outcome.VALID
        assert pool.pids() != [pid]


def test_a_process_that_does_not_read_holds_nobody_who_asks() -> None:
    process = JudgeProcess(Limits(judge_time=timedelta(milliseconds=300)), idle=60)
    os.kill(process.pid, signal.SIGSTOP)
    long = ((Path("x" * 4_000), Path("y")) for _ in range(10_000))

    def fill_the_line() -> None:
        while process._ask(long, catalogue.shipped(), Standard()):
            pass

    with pytest.raises(LostProcessError, match="took longer than 300ms"):
        fill_the_line()
    process.kill()
