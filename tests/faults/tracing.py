"""strace around one house: which calls it makes that change something, and one of them made to fail or to kill.

strace counts the calls of each name by thread, from the moment it takes hold; so does a `Point`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

PROJECT = Path(__file__).resolve().parent.parent.parent
CALLS = (
    "write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,openat,creat,truncate,ftruncate,fallocate,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,mknodat,"
    "chmod,fchmod,fchmodat,chown,fchown,fchownat,utimensat,setxattr,fsetxattr,removexattr,"
    "fsync,fdatasync,sync,syncfs,sync_file_range,msync,sendto,sendmsg,sendmmsg"
)
"""Every call by which a house can change a disk or tell a partner something, and openat to see O_CREAT."""
_LINE = re.compile(r"^(?P<thread>\d+) +(?P<call>\w+)\((?P<rest>.*)$")
_STANDARD = re.compile(r"^[012]<")


@dataclass(frozen=True, order=True)
class Point:
    """The `number`-th call of that name since the house was let go."""

    call: str
    number: int
    what: str = ""
    """The call as strace shows it, shortened, without what differs from run to run."""

    def __str__(self) -> str:
        return f"{self.call}#{self.number} {self.what}"


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
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
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


def record(driver: Driver, config: Path, log: Path) -> list[Point]:
    """Run one house unharmed and return every call by which it changed something, in order, at most once a name."""
    code = driver.run(config, trace=["-y", "-s", "0", "-o", str(log), "-e", f"trace={CALLS}", "-e", "signal=none"])
    assert code == 0, f"the unharmed run ended with {code}"
    counts: Counter[tuple[str, str]] = Counter()
    points: dict[tuple[str, int], Point] = {}
    for line in log.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        call, rest = match["call"], match["rest"]
        counts[match["thread"], call] += 1
        number = counts[match["thread"], call]
        if not _harmless(call, rest):
            points.setdefault((call, number), Point(call, number, _shown(rest)))
    return list(points.values())


def inject(call: str, number: int, what: str, *, on: bool = False) -> list[str]:
    """Return the options by which strace does `what` at one call; with `on`, at that one and all that follow."""
    when = f"{number}+" if on else str(number)
    return ["-o", "/dev/null", "-e", f"trace={call}", "-e", "signal=none", "-e", f"inject={call}:{what}:when={when}"]


def _harmless(call: str, rest: str) -> bool:
    if call == "openat":
        return "O_CREAT" not in rest and "O_TRUNC" not in rest
    return call in {"write", "writev"} and _STANDARD.match(rest) is not None


def _shown(rest: str) -> str:
    paths = re.findall(r"[<\"]([^<>\"]+)[>\"]", rest)
    short = ["/".join(path.split("/")[-2:]) for path in paths if path not in {str(PROJECT), "AT_FDCWD"}]
    return re.sub(r"[0-9a-f]{8,}", "*", " ".join(short[:3]))


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
