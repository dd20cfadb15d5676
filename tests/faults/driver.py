"""The process that forks houses, ready-made.

    python -m tests.faults.driver      # reads one order a line, answers one line of JSON each

Order `{"config": ..., "half": [mode, number] or null}` forks a house that waits at its gate: its process id is the
answer. `"go"` opens the gate; the answer is how the house ended. Between the two a tracer takes hold of it. Forking
saves a second of imports for each of some thousand runs; what a first run would load and keep, this process has loaded
before.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO, cast

import structlog

from edid.service.logs import Unfailing
from tests.faults.house import run
from tests.faults.scenarios import WARMING
from tests.faults.world import World

UNMET = 4
"""Exit code of a house that was to write by halves and never came to that write."""
_LONGEST = 90
"""Seconds until a house that never comes to rest is ended by SIGALRM: that breaks a promise too."""
UNFORESEEN = 5
"""Exit code of a house that broke off with something that is not foreseen."""


def _fork(order: dict[str, Any], shim: ctypes.CDLL | None) -> tuple[int, int]:
    gate, opener = os.pipe()
    process = os.fork()
    if process:
        os.close(gate)
        return process, opener
    try:
        os.close(opener)
        os.setsid()
        output = os.open(f"{order['config']}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        os.read(gate, 1)
        os.close(gate)
        signal.alarm(_LONGEST)
        armed = shim is not None and bool(order.get("half"))
        if shim is not None and armed:
            shim.edid_arm(*map(int, order["half"]))
        code = run(Path(order["config"]))
        if shim is not None and armed and code == 0 and not shim.edid_fired():
            code = UNMET
    except BaseException:  # noqa: BLE001 - a fork must never go on as its parent
        with suppress(OSError):
            traceback.print_exc()
        code = UNFORESEEN
    os._exit(code)


def _warm_up() -> None:
    """Do here, once, what every house would do first: load schemas and catalogues, the migrations, the SFTP client."""
    importlib.import_module("paramiko")
    with tempfile.TemporaryDirectory() as folder, _silent():
        for number, scenario in enumerate(WARMING):
            world = World(Path(folder, str(number)), scenario)
            world.reset()
            if run(world.config) != 0:
                raise SystemExit(UNFORESEEN)
    gc.collect()
    gc.freeze()


@contextmanager
def _silent() -> Iterator[None]:
    """Keep what is logged meanwhile out of the answers."""
    sys.stdout.flush()
    answers, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(answers, 1)
        os.close(answers)
        os.close(nowhere)


def main() -> None:
    """Serve orders until standard input closes."""
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"]) if "LD_PRELOAD" in os.environ else None
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", Unfailing(sys.stderr))),
    )
    _warm_up()
    process = opener = 0
    for line in sys.stdin:
        order = json.loads(line)
        if order == "go":
            os.write(opener, b".")
            os.close(opener)
            _, status = os.waitpid(process, 0)
            answer: dict[str, int] = {"code": os.waitstatus_to_exitcode(status)}
        else:
            process, opener = _fork(order, shim)
            answer = {"pid": process}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
