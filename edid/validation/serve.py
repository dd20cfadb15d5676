"""The judge process from the inside: reads jobs from a pipe, judges, answers; ends when the pipe closes.

Started by `edid.validation.process` as `python -m edid.validation.serve FD IDLE MEMORY`.
"""

from __future__ import annotations

import resource
import signal
import sys
import time
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from edid.errors import EdidError
from edid.validation import wire
from edid.validation.judging import Judgement, judge_file
from edid.validation.verdict import not_judged

if TYPE_CHECKING:
    from pathlib import Path

    from edid.config.settings import Limits
    from edid.validation.packs import Catalogue
    from edid.validation.standard import Standard

READY = b"ready"
OUT_OF_MEMORY = b"out of memory"


def main(arguments: list[str]) -> None:
    """Serve the pipe whose file descriptor is the first argument; see `serve`."""
    descriptor, idle, memory = int(arguments[0]), float(arguments[1]), int(arguments[2])
    # The parent decides when this process ends, by closing the pipe: a stop of the service lets it finish a document.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not RLIMIT_AS: the virtual machine of Saxon reserves far more address space than it ever uses.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    serve(Connection(descriptor), idle)


def serve(pipe: Connection, idle: float) -> None:
    """Answer batches until the pipe closes or nothing was asked for `idle` seconds.

    A batch is (limits, packs, standard, [(path, work folder), ...]), where the limits are a plain copy; each document
    is answered by itself, in order. After `OUT_OF_MEMORY` the process ends: the parent asks a fresh one.
    """
    try:
        pipe.send_bytes(READY)
        while pipe.poll(idle):
            limits, packs, standard, jobs = pipe.recv()
            if not _answer(pipe, limits, packs, standard, jobs):
                return
    except (EOFError, OSError):
        return


def _answer(
    pipe: Connection, limits: Limits, packs: Catalogue, standard: Standard, jobs: list[tuple[Path, Path]]
) -> bool:
    for path, work in jobs:
        _bound_time(limits.judge_time.total_seconds())
        started = time.perf_counter()
        try:
            judgement = _judged(path, work, limits, packs, standard)
            answer = wire.packed(replace(judgement, seconds=time.perf_counter() - started))
        except MemoryError:
            pipe.send_bytes(OUT_OF_MEMORY)
            return False
        pipe.send_bytes(answer)
    return True


def _bound_time(seconds: float) -> None:
    """Let the next document use no more processor time than twice what it may last: Saxon has threads of its own."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = used.ru_utime + used.ru_stime + 2 * seconds + 10
    resource.setrlimit(resource.RLIMIT_CPU, (int(allowed), resource.RLIM_INFINITY))


def _judged(path: Path, work: Path, limits: Limits, packs: Catalogue, standard: Standard) -> Judgement:
    try:
        return judge_file(path, work, limits, standard=standard, packs=packs)
    except EdidError as error:
        return Judgement(None, not_judged(str(error)))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect met by one document must not cost the others theirs
        traceback.print_exc()
        return Judgement(None, not_judged(f"the validator failed on this file ({type(error).__name__}: {error})."))


if __name__ == "__main__":
    main(sys.argv[1:])
