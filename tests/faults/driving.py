"""The caller's side of the driver: houses run one after another, plain, under strace, or writing by halves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Self

PROJECT = Path(__file__).resolve().parent.parent.parent
KILLED = -9


class Driver:
    """The process that forks houses; with `shim`, each can be made to write by halves."""

    def __init__(self, shim: Path | None = None) -> None:
        self.can_halve = shim is not None
        preload = {"LD_PRELOAD": str(shim)} if shim else {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"],
            cwd=PROJECT,
            env={**os.environ, **preload},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, config: Path, *, trace: list[str] | None = None, half: tuple[int, int] | None = None) -> int:
        """Run one house to its end, under strace with the options `trace`; return its exit code, -9 when killed."""
        process = self._ask({"config": str(config), "half": half})["pid"]
        if trace is None:
            return int(self._ask("go")["code"])
        with _held(process, trace):
            return int(self._ask("go")["code"])

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, order: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the driver ended: try `python -m tests.faults.driver` by hand"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def _held(process: int, options: list[str]) -> Iterator[None]:
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(process), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tracer.stderr is not None
    try:
        first = tracer.stderr.readline()
        assert "attached" in first, f"strace did not take hold: {first}"
        yield
    finally:
        tracer.wait(30)
        tracer.stderr.close()


@cache
def why_not() -> str | None:
    """Return why strace cannot be used here, or None when it can."""
    if shutil.which("strace") is None:
        return "no strace here; run tests/partners/install.sh"
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"strace may not trace here: {tried.stderr.strip()[:200]}"
    victim = subprocess.Popen(["sleep", "60"])
    try:
        with _held(victim.pid, ["-o", "/dev/null"]):
            victim.kill()
    except AssertionError as error:
        return str(error)
    finally:
        victim.kill()
        victim.wait()
    return None


def compiled(folder: Path) -> Path | None:
    """Return the library that lets writes be done by halves, compiled in `folder`; None without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    library = folder / "halves.so"
    source = Path(__file__).with_name("halves.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library
