"""edid without its threads, forked ready-made: one process runs every loop of every sheet until nothing moves.

    python -m tests.faults.driver      # reads one order a line, answers one line of JSON each

Order `{"config": ..., "half": [mode, number] or null}` forks a house that waits at its gate: its process id is the
answer. `"go"` opens the gate; the answer is how the house ended. Between the two a tracer takes hold of it. Forking
saves a second of imports for each of some thousand runs. What differs from `edid run`: the loops take turns in one
thread, the judge sits in the same process, and no retry waits.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import structlog
from sqlalchemy import func, select

from edid.config.loader import Configuration, load
from edid.config.settings import Limits
from edid.errors import EdidError
from edid.exchange.house import House
from edid.exchange.setbacks import Setbacks
from edid.journal import tables
from edid.service.corridors import Corridors, build
from edid.service.lock import StateLock
from edid.service.outbound import Sender
from edid.validation import catalogue
from edid.validation.judging import Judgement, judge_file
from edid.validation.standard import Standard
from edid.validation.verdict import not_judged
from edid.validation.worker import Job, JudgePool
from tests.faults.scenarios import BROKEN, INVOICE, STATUS

MOST_ROUNDS = 12
REFUSED = 3
"""Exit code of a house that could not open: systemd would start it again."""
log = structlog.get_logger()


class _Judges:
    """The pool's `judge` in this process; what the judge process would answer to a failure, this answers too."""

    def __init__(self, house: House) -> None:
        self._limits = house.settings.limits

    def judge(
        self, jobs: Sequence[Job], progress: Callable[[], object] = lambda: None, *, standard: Standard | None = None
    ) -> list[Judgement]:
        done = []
        for path, work in jobs:
            try:
                done.append(judge_file(path, work, self._limits, standard=standard, packs=catalogue.shipped()))
            except Exception as error:  # noqa: BLE001 - as edid.validation.serve does
                done.append(Judgement(None, not_judged(f"the validator failed: {error}.")))
            progress()
        return done

    def close(self, *, patience: float = 0.0) -> None:
        """Nothing to close."""


def run(config: Path) -> int:
    """Work until two rounds in a row change nothing; return the exit code."""
    try:
        configuration = load(config)
        with StateLock(configuration.settings.state), _opened(configuration) as house:
            _rounds(configuration, house)
    except (EdidError, OSError):
        traceback.print_exc()
        return REFUSED
    return 0


@contextmanager
def _opened(configuration: Configuration) -> Iterator[House]:
    with closing(House.open(configuration)) as whole:
        judges = cast("JudgePool", _Judges(whole))
        yield replace(whole, judges=judges, setbacks=Setbacks(first=0))


def _rounds(configuration: Configuration, house: House) -> None:
    opened: dict[str, Corridors] = {}
    before: object = None
    for _ in range(MOST_ROUNDS):
        whole = _open_the_rest(configuration, house, opened)
        for corridors in opened.values():
            corridors.poll_now.set()
            for loop in corridors.loops:
                whole &= _turn(loop)
        after = _signature(configuration, house)
        if whole and after == before:
            return
        before = after
        time.sleep(0.002)  # a flow that failed is due again after a millisecond


def _open_the_rest(configuration: Configuration, house: House, opened: dict[str, Corridors]) -> bool:
    """Open the sheets that are not open, as the daemon does every thirty seconds."""
    for name, sheet in configuration.sheets.items():
        if name not in opened:
            try:
                opened[name] = build(house, sheet)
            except (EdidError, OSError) as error:
                log.error("sheet.closed", sheet=name, error=str(error))
                return False
            except Exception:
                log.exception("sheet.closed", sheet=name)
                return False
    return True


def _turn(loop: Any) -> bool:
    """One step of a loop, guarded as the loop itself guards it."""
    sender = getattr(loop._step, "__self__", None)
    if isinstance(sender, Sender):
        sender.not_before = 0.0
    try:
        for _ in range(4):
            if loop._step(loop.pulse) > 0:
                break
    except Exception:
        log.exception("loop.fault", loop=loop.name)
        return False
    return True


def _signature(configuration: Configuration, house: House) -> object:
    """What two quiet rounds have in common: the newest event and every name in the spool."""
    try:
        with house.journal.reading() as view:
            newest = view.execute(select(func.max(tables.events.c.id))).scalar()
            attempts = view.execute(select(func.max(tables.attempts.c.id))).scalar()
    except Exception:
        log.exception("signature.fault")
        return object()
    names = sorted(str(path) for path in configuration.settings.spool.rglob("*"))
    return newest, attempts, names


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
        os.read(gate, 1)
        os.close(gate)
        if order.get("half") and shim is not None:
            mode, number = order["half"]
            shim.edid_arm(int(mode), int(number))
        code = run(Path(order["config"]))
        if order.get("half") and shim is not None:
            code = code or (0 if shim.edid_fired() else 4)
    except BaseException:  # noqa: BLE001 - a fork must never go on as its parent
        traceback.print_exc()
        code = 5
    os._exit(code)


def _warm_up() -> None:
    """Load here, once, what every house would load for itself: schemas, the second opinion, the SFTP client."""
    importlib.import_module("paramiko")
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate((INVOICE, BROKEN, STATUS)):
            path, work = Path(folder, f"{number}.xml"), Path(folder, f"{number}")
            path.write_bytes(content)
            work.mkdir()
            judge_file(path, work, Limits(), standard=Standard(), packs=catalogue.shipped())
    gc.freeze()


def main() -> None:
    """Serve orders until standard input closes."""
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"]) if "LD_PRELOAD" in os.environ else None
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()])
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
