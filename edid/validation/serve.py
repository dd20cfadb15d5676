"""The judge process from the inside: reads jobs from a pipe, judges, answers; ends when the pipe closes.

Started by `edid.validation.process` as `python -m edid.validation.serve FD IDLE MEMORY FILE`.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import sys
import threading
import time
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from edid.errors import EdidError
from edid.validation import wire
from edid.validation.judging import Judgement, judge_file
from edid.validation.line import Line
from edid.validation.verdict import not_judged

if TYPE_CHECKING:
    from pathlib import Path

    from edid.config.settings import Limits
    from edid.validation.packs import Catalogue
    from edid.validation.standard import Standard

READY = b"ready"
OUT_OF_MEMORY = b"out of memory"
_LARGEST = 1 << 30
_STACK = 256 * 1024
_OPEN_FILES = 256
"""Reading a document takes a few, the engine of the rules some more."""

Rules = tuple[Literal["rules"], "Limits", "Catalogue", "Standard"]
"""What the documents asked for after this message are judged by; the limits are a plain copy."""
Order = tuple[Literal["judge"], "Path", "Path"]
"""A document to judge, and its work folder."""


def main(arguments: list[str]) -> None:
    """Serve the line whose file descriptor is the first argument; see `serve`.

    The others: seconds without work after which to end, most bytes of memory, most bytes of one file.
    """
    descriptor, idle, memory, file = int(arguments[0]), float(arguments[1]), int(arguments[2]), int(arguments[3])
    # The parent decides when this process ends, by closing the line: a stop of the service lets it finish a document.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not RLIMIT_AS: the virtual machine of Saxon reserves far more address space than it ever uses.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file, file))  # a write beyond fails: Python ignores SIGXFSZ
    files = min(_OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    line = Line.at(descriptor)
    _end_with(line)
    serve(line, idle)


def _end_with(line: Line) -> None:
    """Have this process end as soon as the line does: nobody wants its answer, and its work folder gets another use."""

    def watch() -> None:
        line.wait_for_its_end()
        os._exit(0)

    threading.stack_size(_STACK)  # memory is counted
    threading.Thread(target=watch, daemon=True).start()
    threading.stack_size(0)


def serve(line: Line, idle: float) -> None:
    """Answer documents, each by itself and in order, until the line closes or nothing was asked for `idle` seconds.

    After `OUT_OF_MEMORY` the process ends: the parent asks a fresh one.
    """
    rules: Rules | None = None
    try:
        line.send(READY)
        while line.wait(idle):
            message: Rules | Order = pickle.loads(line.receive(_LARGEST))  # noqa: S301 - from our own parent
            if message[0] == "rules":
                rules = message
                continue
            assert rules is not None
            if not _answer(line, message, rules):
                return
    except (EOFError, OSError):
        return


def _answer(line: Line, order: Order, rules: Rules) -> bool:
    (_, path, work), (_, limits, packs, standard) = order, rules
    _bound_time(limits.judge_time.total_seconds())
    started = time.perf_counter()
    try:
        judgement = _judged(path, work, limits, packs, standard)
        answer = wire.packed(replace(judgement, seconds=time.perf_counter() - started))
    except MemoryError:
        line.send(OUT_OF_MEMORY)
        return False
    line.send(answer)
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
