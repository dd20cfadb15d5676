"""One judge process as its parent sees it: start, ask, end."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar, cast

import edid
from edid.config.settings import Limits
from edid.config.values import write_duration, write_size
from edid.validation import serve, wire
from edid.validation.judging import Judgement
from edid.validation.line import Line
from edid.validation.packs import Catalogue
from edid.validation.standard import Standard

START_TIME = 60.0
"""Seconds that a process may take to say that it is ready."""

_SLACK = 1 << 20
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
"""Environment that a judge process gets: nothing that names or holds a secret (CREDENTIALS_DIRECTORY, PG*, ...)."""


class LostProcessError(Exception):
    """The process died, did not start or took too long; the text says which, in words for the verdict."""


class JudgeProcess:
    """A running judge process. Used by one thread at a time.

    A plain child process, not `multiprocessing`: that one would run the program's main module once more in the child,
    with everything that it imports. It leads a process group: what it may have started ends with it.
    """

    module: ClassVar[str] = serve.__name__
    """What it runs."""

    def __init__(self, limits: Limits, idle: float) -> None:
        """Start the process and wait until it is ready. Raises LostProcessError when it does not start.

        `idle`: seconds without work after which the process ends by itself.
        """
        self._limits = limits
        self._plain = cast("Limits", SimpleNamespace(**dict(limits)))  # no pydantic: it would cost the child 13 MB
        self._seconds = limits.judge_time.total_seconds()
        self._too_late = f"took longer than {write_duration(limits.judge_time)}"
        self._idle = idle
        self._used_at = time.monotonic()
        self.judged = 0
        """Documents answered so far."""
        self._rules: tuple[Catalogue, Standard] | None = None
        ours, theirs = socket.socketpair()
        self._line = Line(ours)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [
                    *(sys.executable, "-P", "-m", self.module, str(theirs.fileno()), str(idle)),
                    *(str(limits.judge_memory), str(_largest_file(limits))),
                ],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        try:
            self._receive(START_TIME, "did not start")
        except LostProcessError:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self._process.poll() is None

    @property
    def stale(self) -> bool:
        """True when the process is gone, or may end by itself at any moment for want of work."""
        return not self.alive or time.monotonic() - self._used_at > 0.9 * self._idle

    def judge(self, jobs: Iterable[tuple[Path, Path]], packs: Catalogue, standard: Standard) -> Iterator[Judgement]:
        """Yield the judgement of each (path, work folder) in order, by `standard` with the rules in `packs`.

        `jobs` is asked for the next one while the one before it is judged, so that the process never waits for us.
        Raises LostProcessError at the document on which the process died or took too long; it must be killed then.
        """
        source = iter(jobs)
        asked = self._ask(source, packs, standard)
        if asked:
            asked += self._ask(source, packs, standard)
        while asked:
            judgement = _answer(self._receive(self._seconds, self._too_late))
            asked -= 1
            self.judged += 1
            self._used_at = time.monotonic()
            yield judgement
            asked += self._ask(source, packs, standard)

    def close(self) -> None:
        """Ask the process to end, and end it when it does not."""
        self._line.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.kill()

    def stop(self) -> None:
        """End the process now, from any thread; the thread that uses it meets LostProcessError."""
        if self._process.returncode is None:  # not waited for yet: its number is still its own
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End the process now, and clear up after it."""
        self.stop()
        self._line.close()
        self._process.wait()

    def _ask(self, source: Iterator[tuple[Path, Path]], packs: Catalogue, standard: Standard) -> int:
        """Send the next job, if there is one, after the rules when they are other ones; return how many were sent."""
        job = next(source, None)
        if job is None:
            return 0
        if self._rules is None or self._rules[0] is not packs or self._rules[1] != standard:
            self._send(("rules", self._plain, packs, standard))
            self._rules = packs, standard
        self._send(("judge", *job))
        return 1

    def _send(self, message: serve.Rules | serve.Order) -> None:
        try:
            self._line.send(pickle.dumps(message), self._seconds)
        except TimeoutError as error:
            raise LostProcessError(self._too_late) from error
        except OSError as error:
            raise LostProcessError("died") from error

    def _receive(self, seconds: float, too_late: str) -> bytes:
        try:
            data = self._line.receive(wire.LARGEST, seconds)
        except TimeoutError as error:
            raise LostProcessError(too_late) from error
        except (EOFError, OSError) as error:
            raise LostProcessError("died") from error
        if data == serve.OUT_OF_MEMORY:
            raise LostProcessError(f"needed more than {write_size(self._limits.judge_memory)} of memory")
        return data


def _answer(data: bytes) -> Judgement:
    """Return the judgement in `data`. Raises LostProcessError when it is none: the process can no longer be trusted."""
    try:
        answer = wire.unpacked(data)
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise LostProcessError("gave an answer that cannot be read") from error
    if not isinstance(answer, Judgement):
        raise LostProcessError("gave an answer that cannot be read")
    return answer


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # The same edid as ours, whatever the current folder is.
    return {**kept, "PYTHONPATH": str(Path(edid.__file__).resolve().parent.parent)}


def _largest_file(limits: Limits) -> int:
    """Return the most bytes of one file in a work folder: a member of an archive, or an attachment."""
    return max(limits.document_size, limits.attachment_size) + _SLACK
