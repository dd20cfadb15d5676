"""One target in a process of its own: `python -m tests.fuzz.runner loop|atheris TARGET RUNS SEED FOLDER`.

`loop` changes the seeds, and what atheris found worth keeping, by the target's own mutation. `atheris` is guided by
the lines of edid that an input reaches. Both write `FOLDER/<mode>.json` as they go, so that it is there when a process
dies.
"""

from __future__ import annotations

import json
import logging
import os
import random
import resource
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

_MEMORY = 2 * 1000**3
_SECONDS = 30
"""For one input; the slowest honest ones take a fiftieth of it."""
_TELL_EVERY = 500


class TookTooLongError(BaseException):
    """One input took more time than any input may."""


class Tally:
    """What one process has done so far, kept in a file."""

    def __init__(self, folder: Path, mode: str) -> None:
        self._path = folder / f"{mode}.json"
        self._cases = folder / "cases"
        self._last = os.open(folder / f"{mode}.input", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._started = time.monotonic()
        self.executions = 0
        self.findings: dict[str, object] = {}

    def run(self, target: object, data: bytes) -> None:
        """Give `data` to `target`, and keep what comes of it."""
        from tests.fuzz.findings import keep, meet, smaller
        from tests.fuzz.target import Target

        assert isinstance(target, Target)
        self._input(data)
        finding = meet(target, data)
        self.executions += 1
        if finding is not None and finding.place not in self.findings:
            self.findings[finding.place] = str(keep(smaller(target, finding), self._cases))
            self.tell()
        elif self.executions % _TELL_EVERY == 0:
            self.tell()

    def tell(self) -> None:
        """Write down how far it is."""
        seconds = time.monotonic() - self._started
        said = {"executions": self.executions, "seconds": seconds, "findings": self.findings}
        self._path.write_text(json.dumps(said), encoding="utf-8")

    def _input(self, data: bytes) -> None:
        """Leave the input where it is found when the process dies of it."""
        os.ftruncate(self._last, len(data))
        os.pwrite(self._last, data, 0)


def loop(name: str, runs: int, seed: int, folder: Path) -> None:
    """Give `runs` changed inputs to the target called `name`."""
    from tests.fuzz.targets import TARGETS

    target, tally, chance = TARGETS[name], Tally(folder, "loop"), random.Random(seed)
    pool = [*target.inputs, *(path.read_bytes() for path in sorted((folder / "corpus").glob("*")))]
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGALRM, _too_long)
    for turn in range(runs):
        data = pool[turn] if turn < len(pool) else target.mutate(chance.choice(pool), chance)
        signal.alarm(_SECONDS)
        tally.run(target, data)
    signal.alarm(0)
    tally.tell()


def atheris(name: str, runs: int, seed: int, folder: Path) -> None:
    """Let atheris give `runs` inputs to the target called `name`; never returns."""
    import atheris as engine

    with engine.instrument_imports(include=["edid"]):
        from tests.fuzz.targets import TARGETS

    target, tally = TARGETS[name], Tally(folder, "atheris")
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.inputs):
        (corpus / f"seed-{number}").write_bytes(data)

    def mutate(data: bytes, most: int, number: int) -> bytes:
        if number % 2:
            return bytes(engine.Mutate(data, most))
        return bytes(target.mutate(data, random.Random(number))[:most])

    def check(data: bytes) -> None:
        tally.run(target, data)
        if tally.executions >= runs:
            tally.tell()

    longest = max(4096, *(2 * len(data) for data in target.inputs))
    options = [f"-runs={runs}", f"-seed={seed}", f"-max_len={longest}", f"-timeout={_SECONDS}", "-rss_limit_mb=2500",
               "-print_final_stats=1", f"-artifact_prefix={folder}/died-", "-len_control=0"]  # fmt: skip
    engine.Setup([name, *options, str(corpus)], check, custom_mutator=mutate)
    engine.Fuzz()


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLongError


def _be_quiet() -> None:
    """Let neither edid nor its libraries tell what they meet: it is what they are given."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    mode, name, runs, seed, folder = arguments
    _be_quiet()
    from tests.fuzz.target import clear_desk

    try:
        (loop if mode == "loop" else atheris)(name, int(runs), int(seed), Path(folder))
    finally:
        with suppress(OSError):
            clear_desk()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main(sys.argv[1:])
