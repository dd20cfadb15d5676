"""The pool of judge processes: untrusted files are read there, with limits on memory and time.

The death of a process is one document's problem: that document is tried once more, alone, in a fresh process; then it
is `not judged`, with the cause. The others of its batch never notice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from edid.config.settings import Limits
from edid.errors import TransientError
from edid.validation import catalogue
from edid.validation.judging import Judgement
from edid.validation.packs import Catalogue
from edid.validation.process import JudgeProcess, LostProcessError
from edid.validation.standard import Standard
from edid.validation.verdict import not_judged

Job = tuple[Path, Path]
"""A file to judge, and the folder that takes its attachments or members."""
_TURN = 5.0
"""Seconds of waiting for a free process between two calls of the progress."""
Progress = Callable[[], object]
"""Called after each answer and each lost process, and while waiting; what it raises ends the batch."""


class _Batch(NamedTuple):
    """What the documents of one call have in common."""

    packs: Catalogue
    standard: Standard
    progress: Progress


class JudgePool:
    """Up to `size` judge processes, started when first needed. Every method may be called from any thread."""

    def __init__(
        self,
        limits: Limits,
        size: int = 1,
        *,
        idle: float = 300.0,
        recycle: int = 10_000,
        packs: Callable[[], Catalogue] = catalogue.shipped,
    ) -> None:
        """`idle`: seconds without work after which a process ends. `recycle`: documents after which it is replaced.

        `packs`: asked for the rule packs at every batch; those of this installation unless given.
        """
        self._packs = packs
        self._limits = limits
        self._size = size
        self._idle = idle
        self._recycle = recycle
        self._free: list[JudgeProcess] = []
        self._busy: list[JudgeProcess] = []
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(size)
        self._closed = False

    def judge(
        self, jobs: Sequence[Job], progress: Progress = lambda: None, *, standard: Standard | None = None
    ) -> list[Judgement]:
        """Judge files, each with a work folder of its own; return the judgements in the same order.

        `standard`: the profile `xsd-only` unless given. Raises ConfigError when the catalogue cannot be read,
        TransientError when the pool is closed, before or meanwhile, and what `progress` raises.
        """
        batch = _Batch(self._packs(), standard or Standard(), progress)
        if self._size == 1 or len(jobs) < 2:
            return self._share(jobs, batch)
        step = -(-len(jobs) // self._size)
        shares = [jobs[start : start + step] for start in range(0, len(jobs), step)]
        with ThreadPoolExecutor(len(shares), thread_name_prefix="judge") as threads:
            judged = threads.map(self._share, shares, [batch] * len(shares))
            return [judgement for share in judged for judgement in share]

    def pids(self) -> list[int]:
        """Return the process ids of the processes that are alive, for measurements."""
        with self._lock:
            return [process.pid for process in (*self._free, *self._busy) if process.alive]

    def reap(self) -> None:
        """Forget the processes that ended for want of work; to be called now and then, or they stay as zombies."""
        with self._lock:
            ended = [process for process in self._free if not process.alive]
            self._free = [process for process in self._free if process not in ended]
        for process in ended:
            process.close()

    def close(self, *, patience: float = 5.0) -> None:
        """End all processes. A batch in hand has `patience` seconds to finish; then its caller gets TransientError."""
        with self._lock:
            self._closed = True
        deadline = time.monotonic() + patience
        finished = [self._slots.acquire(timeout=max(0.0, deadline - time.monotonic())) for _ in range(self._size)]
        with self._lock:
            for busy in self._busy:
                busy.stop()
            while self._free:
                self._free.pop().close()
        for _ in range(sum(finished)):
            self._slots.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _share(self, jobs: Sequence[Job], batch: _Batch) -> list[Judgement]:
        done: list[Judgement] = []
        while len(done) < len(jobs):
            cause = self._attempt(jobs[len(done) :], done, batch)
            if cause is not None:
                batch.progress()
                done.append(self._once_more(jobs[len(done)], cause, batch))
        return done

    def _once_more(self, job: Job, first: str, batch: _Batch) -> Judgement:
        path, work = job
        again = work / "again"  # the first attempt may have left half-made files in the work folder
        again.mkdir(parents=True, exist_ok=True)
        done: list[Judgement] = []
        started = time.perf_counter()
        cause = self._attempt([(path, again)], done, batch)
        if cause is None:
            return done[0]
        both = f"{cause} twice" if cause == first else f"{first}, then {cause}"
        because = f"the validator process {both} on this file."
        verdict = not_judged(because, profile=batch.standard.profile)
        return Judgement(None, verdict, time.perf_counter() - started)

    def _attempt(self, jobs: Sequence[Job], done: list[Judgement], batch: _Batch) -> str | None:
        """Append judgements to `done` until the jobs or the process end; return why the process ended early."""
        try:
            with self._process(batch.progress) as process:
                for judgement in process.judge(jobs, batch.packs, batch.standard):
                    done.append(judgement)  # what came before the end of the process counts
                    batch.progress()
        except LostProcessError as lost:
            return str(lost)
        return None

    @contextmanager
    def _process(self, progress: Progress) -> Iterator[JudgeProcess]:
        while not self._slots.acquire(timeout=_TURN):
            progress()  # the processes are busy for other callers, each within its limits
        try:
            process = self._taken()
            try:
                yield process
            except BaseException:
                process.kill()
                raise
            finally:
                with self._lock:
                    self._busy.remove(process)
            self._give_back(process)
        finally:
            self._slots.release()

    def _taken(self) -> JudgeProcess:
        with self._lock:
            self._refuse_when_closed()
            process = self._free.pop() if self._free else None
        if process is not None and process.stale:
            process.close()
            process = None
        process = process or JudgeProcess(self._limits, self._idle)
        with self._lock:
            self._busy.append(process)
        return process

    def _give_back(self, process: JudgeProcess) -> None:
        with self._lock:
            if kept := not self._closed and process.judged < self._recycle:
                self._free.append(process)
        if not kept:
            process.close()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise TransientError("the validator is stopping.", remedy="The document is judged at the next start.")
