"""The pool: the same judgements as in process, in order; a lost process costs one document its verdict, no more."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from edid.config.settings import Limits
from edid.errors import TransientError
from edid.validation import process, wire
from edid.validation.judging import judge_file
from edid.validation.process import LostProcessError
from edid.validation.verdict import Outcome
from edid.validation.worker import JudgePool

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def invoice(number: str, body: str = "") -> str:
    return f"""<Invoice xmlns="{UBL}Invoice-2" xmlns:cbc="{UBL}CommonBasicComponents-2"
 xmlns:cac="{UBL}CommonAggregateComponents-2"><cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-11-23</cbc:IssueDate>{body}
<cac:AccountingSupplierParty/><cac:AccountingCustomerParty/>
<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="EUR">1</cbc:LineExtensionAmount>
<cac:Item/></cac:InvoiceLine></Invoice>"""


@pytest.fixture
def job(tmp_path):
    """Write a file and make its work folder."""

    def _job(content: str, name: str) -> tuple[Path, Path]:
        path, work = tmp_path / name, tmp_path / f"work-{name}"
        path.write_text(content, "utf-8")
        work.mkdir()
        return path, work

    return _job


@pytest.fixture(scope="module")
def pool():
    with JudgePool(Limits()) as shared:
        yield shared


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        threading.Event().wait(0.005)


def gone(pid: int) -> bool:
    """Dead, if perhaps not yet waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


def numbers(judgements) -> list[str]:
    return [each.reading.facts.number for each in judgements]


def test_a_pool_says_what_judging_in_process_says(pool, job, messages, tmp_path):
    from lxml import etree

    contents = [invoice("F1"), invoice("F2").replace("2026-11-23", "x"), "not xml", ""]
    contents += [etree.tostring(root, encoding="unicode") for root in messages.values()]
    jobs = [job(content, f"document-{n}") for n, content in enumerate(contents)]
    judged = pool.judge(jobs)
    for (path, work), judgement in zip(jobs, judged, strict=True):
        again = tmp_path / f"again-{path.name}"
        again.mkdir()
        here = judge_file(path, again, Limits())
        assert judgement.verdict == here.verdict
        assert repr(judgement.reading) == repr(here.reading).replace(str(again), str(work))


def test_each_document_says_how_long_it_took(pool, job):
    jobs = [job(invoice("F1"), "a"), job("not xml", "b"), job(invoice("F2"), "c")]
    started = time.monotonic()
    took = [each.seconds for each in pool.judge(jobs)]
    assert 0 < min(took) <= sum(took) < time.monotonic() - started


def test_answers_come_in_order_from_several_processes(job):
    jobs = [job(invoice(f"F{n}"), f"{n}") for n in range(21)]
    with JudgePool(Limits(), size=2) as two:
        assert numbers(two.judge(jobs)) == [f"F{n}" for n in range(21)]
        assert len(two.pids()) == 2


def test_many_threads_share_a_pool(pool, job):
    jobs = [job(invoice(f"F{n}"), f"{n}") for n in range(40)]
    found: dict[int, list[str]] = {}

    def ask(start: int) -> None:
        found[start] = numbers(pool.judge(jobs[start : start + 10]))

    threads = [threading.Thread(target=ask, args=(start,)) for start in range(0, 40, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [number for start in sorted(found) for number in found[start]] == [f"F{n}" for n in range(40)]


def test_nothing_starts_before_the_first_document(job):
    with JudgePool(Limits()) as fresh:
        assert fresh.pids() == []
        assert fresh.judge([]) == []
        assert fresh.pids() == []
        fresh.judge([job(invoice("F1"), "a")])
        assert len(fresh.pids()) == 1


def test_a_document_that_needs_too_much_memory_is_not_judged_and_the_others_are(job):
    heavy = job(invoice("F2", "<a/>" * 1_200_000), "heavy")
    with JudgePool(Limits(judge_memory=150 * 1000**2)) as small:
        judged = small.judge([job(invoice("F1"), "a"), heavy, job(invoice("F3"), "b")])
    assert [each.verdict.outcome for each in judged] == [Outcome.VALID, Outcome.NOT_JUDGED, Outcome.VALID]
    assert judged[1].verdict.not_judged_because == (
        "the validator process needed more than 150MB of memory twice on this file."
    )
    assert judged[1].reading is None


def test_a_document_that_takes_too_long_is_not_judged(job):
    slow = job(invoice("F1", "<cbc:Note/>" * 150_000), "slow")
    with JudgePool(Limits(judge_time=timedelta(milliseconds=10))) as hasty:
        judged = hasty.judge([slow])
    assert judged[0].verdict.outcome is Outcome.NOT_JUDGED
    assert judged[0].verdict.not_judged_because == "the validator process took longer than 10ms twice on this file."


def test_the_death_of_a_process_in_a_batch_loses_nothing(job):
    slow = invoice("F0", "<cbc:Note/>" * 20_000)
    jobs = [job(slow.replace("F0", f"F{n}"), f"{n}") for n in range(30)]
    with JudgePool(Limits()) as hunted:
        hunted.judge([job(invoice("F"), "first")])
        victim = hunted.pids()[0]
        killer = threading.Timer(0.1, os.kill, (victim, signal.SIGKILL))
        killer.start()
        assert numbers(hunted.judge(jobs)) == [f"F{n}" for n in range(30)]
        killer.join()
        assert hunted.pids() != [victim]


def test_a_document_on_which_the_process_dies_twice_is_not_judged(job, monkeypatch):
    class Mortal(process.JudgeProcess):
        def judge(self, jobs, packs, standard):
            for each in jobs:
                if each[0].name == "poison":
                    self.stop()
                yield from super().judge([each], packs, standard)

    monkeypatch.setattr("edid.validation.worker.JudgeProcess", Mortal)
    jobs = [job(invoice("F1"), "a"), job(invoice("F2"), "poison"), job(invoice("F3"), "b")]
    with JudgePool(Limits()) as pool:
        judged = pool.judge(jobs)
    assert [each.verdict.outcome for each in judged] == [Outcome.VALID, Outcome.NOT_JUDGED, Outcome.VALID]
    assert judged[1].verdict.not_judged_because == "the validator process died twice on this file."
    assert judged[1].seconds > 0


def test_an_idle_process_leaves_no_zombie(job):
    with JudgePool(Limits(), idle=0.2) as tired:
        tired.judge([job(invoice("F1"), "a")])
        (pid,) = tired.pids()

        def reaped() -> bool:
            tired.reap()
            return not Path(f"/proc/{pid}").exists()

        until(reaped, "the idle process to be gone altogether")


def test_an_idle_process_ends_by_itself_and_the_next_document_gets_another(job):
    with JudgePool(Limits(), idle=0.2) as tired:
        tired.judge([job(invoice("F1"), "a")])
        pid = tired.pids()[0]
        until(lambda: gone(pid), "the idle process to end")
        assert numbers(tired.judge([job(invoice("F2"), "b")])) == ["F2"]
        assert tired.pids() != [pid]


def test_a_process_is_replaced_after_so_many_documents(job):
    with JudgePool(Limits(), recycle=2) as often:
        often.judge([job(invoice("F1"), "a")])
        (pid,) = often.pids()
        often.judge([job(invoice("F2"), "b")])
        assert gone(pid)
        assert often.pids() == []


def test_a_closed_pool_ends_its_processes_and_takes_no_more(job):
    pool = JudgePool(Limits())
    pool.judge([job(invoice("F1"), "a")])
    (pid,) = pool.pids()
    pool.close()
    assert gone(pid)
    with pytest.raises(TransientError, match="stopping"):
        pool.judge([job(invoice("F2"), "b")])


def test_closing_does_not_wait_for_a_slow_document_for_ever(job):
    slow = job(invoice("F1", "<a/>" * 2_000_000), "slow")
    pool = JudgePool(Limits())
    pool.judge([job(invoice("F0"), "quick")])
    (pid,) = pool.pids()
    caught: list[Exception] = []

    def ask() -> None:
        try:
            pool.judge([slow])
        except TransientError as error:
            caught.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    until(lambda: bool(pool._busy), "the batch to start")
    pool.close(patience=0.05)
    thread.join()
    assert len(caught) == 1
    assert gone(pid)


def test_a_stop_signal_does_not_end_the_process_but_the_end_of_its_parent_does(job):
    path, work = job(invoice("F1"), "a")
    program = f"""
import os, pathlib, sys
from edid.config.settings import Limits
from edid.validation.worker import JudgePool
pool = JudgePool(Limits())
job = (pathlib.Path({str(path)!r}), pathlib.Path({str(work)!r}))
pool.judge([job])
print(pool.pids()[0], flush=True)
sys.stdin.readline()
print(pool.judge([job])[0].verdict.outcome.value, flush=True)
sys.stdin.readline()
os._exit(9)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        pid = int(parent.stdout.readline())
        os.kill(pid, signal.SIGTERM)
        os.kill(pid, signal.SIGINT)
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert parent.stdout.readline().strip() == "valid"
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert parent.wait(30) == 9
    until(lambda: gone(pid), "the orphan to end")


def test_the_process_gets_no_secret_no_core_dump_and_a_limit(job, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/edid.service")
    monkeypatch.setenv("PGPASSWORD", "hush")
    with JudgePool(Limits(judge_memory=900 * 1000**2)) as pool:
        pool.judge([job(invoice("F1"), "a")])
        (pid,) = pool.pids()
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        limits = Path(f"/proc/{pid}/limits").read_text("ascii")
    assert b"CREDENTIALS" not in environment
    assert b"hush" not in environment
    assert limits.partition("Max data size")[2].split()[:2] == ["900000000", "900000000"]
    assert limits.partition("Max core file size")[2].split()[:2] == ["0", "0"]


def test_a_process_holds_little_and_nothing_of_the_rest_of_edid(job):
    heavy = "('paramiko', 'sqlalchemy', 'xmlschema', 'typer', 'ruamel.yaml', 'facturx', 'requests')"
    found = subprocess.run(
        [sys.executable, "-c", f"import edid.validation.serve, sys; print([m for m in {heavy} if m in sys.modules])"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"
    with JudgePool(Limits()) as pool:
        pool.judge([job(invoice("F1"), "a")])
        assert memory_mb(pool.pids()[0]) < 80


def test_an_answer_may_hold_known_classes_only():
    class Evil:
        def __reduce__(self):
            return os.system, ("true",)

    with pytest.raises(pickle.UnpicklingError, match="system has no place"):
        wire.unpacked(pickle.dumps(Evil()))
    for data in (b"", b"nonsense", wire.packed("a text"), pickle.dumps(Evil())):
        with pytest.raises(LostProcessError, match="cannot be read"):
            process._answer(data)
