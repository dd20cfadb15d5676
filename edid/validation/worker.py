"""The pool of judge processes: untrusted files are read there, with limits on memory and time.

The death of a process is one document's problem: that document is tried once more, alone, in a fresh process; then it
is `not judged`, with the cause. The others of its batch never notice.

Callers take turns: one that has much to ask gives a process back after a few documents when another one waits. So a
single invoice is judged amid the flood of another sheet, and what is received amid what is sent.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from edid.config.settings import Limits
from edid.errors import TransientError
from edid.validation import catalogue
from edid.validation.judging import Judgement
from edid.validation.packs import Catalogue
from edid.validation.process import JudgeProcess, LostProcessError
from edid.validation.standard import Standard
from edid.validation.turns import Turns
from edid.validation.verdict import not_judged

Job = tuple[Path, Path]
"""A file to judge, and the folder that takes its attachments or members."""
Progress = Callable[[], object]
"""Called after each answer and each lost process, and while waiting; what it raises ends the batch."""
_TURN_DOCUMENTS = 8
_TURN_SECONDS = 0.25
"""A process is given back, when somebody waits, after so many documents or so many seconds."""


class _Batch:
    """The documents of one call: which are left, and the answers so far."""

    def __init__(self, jobs: Sequence[Job], packs: Catalogue, standard: Standard, progress: Progress) -> None:
        self.jobs = jobs
        self.packs = packs
        self.standard = standard
        self.progress = progress
        self.left = deque(range(len(jobs)))
        self.answers: dict[int, Judgement] = {}

    def take(self) -> int | None:
        """Return the number of the next document; from then on it is the calling thread's. None: there is no more."""
        try:
            return self.left.popleft()
        except IndexError:
            return None


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
        self._turns = Turns(size)
        self._closed = False

    def judge(
        self, jobs: Sequence[Job], progress: Progress = lambda: None, *, standard: Standard | None = None
    ) -> list[Judgement]:
        """Judge files, each with a work folder of its own; return the judgements in the same order.

        `standard`: the profile `xsd-only` unless given. Raises ConfigError when the catalogue cannot be read,
        TransientError when the pool is closed, before or meanwhile, and what `progress` raises.
        """
        batch = _Batch(jobs, self._packs(), standard or Standard(), progress)
        hands = min(self._size, len(jobs))
        if hands > 1:
            with ThreadPoolExecutor(hands, thread_name_prefix="judge") as threads:
                list(threads.map(self._work, [batch] * hands))
        else:
            self._work(batch)
        return [batch.answers[number] for number in range(len(jobs))]

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
        self._turns.wait_until_free(patience)
        with self._lock:
            for busy in self._busy:
                busy.stop()
            while self._free:
                self._free.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _work(self, batch: _Batch) -> None:
        """Judge documents of `batch`, turn by turn, until none is left for this thread."""
        try:
            while batch.left:
                self._turn(batch)
        except BaseException:
            batch.left.clear()  # the call fails: its other threads need not go on
            raise

    def _turn(self, batch: _Batch) -> None:
        taken: deque[int] = deque()
        cause = self._attempt(batch, self._until_over(batch, taken), taken)
        if cause is None:
            return
        culprit = taken.popleft() if taken else batch.take()
        batch.left.extendleft(reversed(taken))
        batch.progress()
        if culprit is not None:
            batch.answers[culprit] = self._once_more(batch, culprit, cause)

    def _until_over(self, batch: _Batch, taken: deque[int]) -> Iterator[Job]:
        """Yield documents until there is none, or others wait and this turn was long enough; note them in `taken`."""
        started = time.monotonic()
        for count in itertools.count():
            long_enough = count >= _TURN_DOCUMENTS or time.monotonic() - started >= _TURN_SECONDS
            if count and long_enough and not self._closed and self._turns.should_yield(batch):
                return
            number = batch.take()
            if number is None:
                return
            taken.append(number)
            yield batch.jobs[number]

    def _once_more(self, batch: _Batch, number: int, first: str) -> Judgement:
        path, work = batch.jobs[number]
        again = work / "again"  # the first attempt may have left half-made files in the work folder
        again.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        cause = self._attempt(batch, iter([(path, again)]), deque([number]))
        if cause is None:
            return batch.answers[number]
        both = f"{cause} twice" if cause == first else f"{first}, then {cause}"
        because = f"the validator process {both} on this file."
        verdict = not_judged(because, profile=batch.standard.profile)
        return Judgement(None, verdict, time.perf_counter() - started)

    def _attempt(self, batch: _Batch, jobs: Iterator[Job], numbers: deque[int]) -> str | None:
        """Judge `jobs`, whose `numbers` are taken away with each answer; return why the process ended early."""
        try:
            with self._process(batch) as process:
                for judgement in process.judge(jobs, batch.packs, batch.standard):
                    batch.answers[numbers.popleft()] = judgement  # what came before the end of the process counts
                    batch.progress()
        except LostProcessError as lost:
            return str(lost)
        return None

    @contextmanager
    def _process(self, batch: _Batch) -> Iterator[JudgeProcess]:
        self._turns.take(batch, batch.progress)  # the processes may be busy for others, each within its limits
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
            self._turns.give_back(batch)

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
