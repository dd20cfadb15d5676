"""A judge process that was taken over: what it does with a document is written in the document's name."""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any, Never

from edid.validation import serve
from edid.validation.process import JudgeProcess

LENGTH = struct.Struct("!I")


class RogueProcess(JudgeProcess):
    """The parent's side of it: nothing of it is changed but what it runs."""

    module = "tests.unit.validation.rogue"


def _line() -> socket.socket:
    return socket.socket(fileno=os.dup(int(sys.argv[1])))


def _sleep() -> Never:
    while True:
        time.sleep(3600)


def half(_work: Path) -> None:
    """Begin an answer, and say no more."""
    _line().sendall(LENGTH.pack(1_000_000) + b"x" * 1000)
    _sleep()


def drip(_work: Path) -> None:
    """Answer one byte at a time, without end."""
    line = _line()
    line.sendall(LENGTH.pack(60_000_000))
    line.setblocking(True)
    while True:
        line.sendall(b"x")
        time.sleep(0.01)


def endless(_work: Path) -> None:
    """Announce an answer of 4 GB and send it."""
    _line().sendall(LENGTH.pack(2**32 - 1) + b"x" * 1000)
    _sleep()


def sleep(_work: Path) -> None:
    """Wait without using the processor."""
    _sleep()


def noted(work: Path) -> None:
    """Note its own number, then wait."""
    (work / str(os.getpid())).touch()
    _sleep()


def spin(_work: Path) -> None:
    """Use the processor without end."""
    while True:
        pass


def freeze(_work: Path) -> None:
    """Stop as by SIGSTOP."""
    os.kill(os.getpid(), signal.SIGSTOP)


def spawn(work: Path) -> None:
    """Start others, which keep the line open and note their numbers; then wait."""
    for _ in range(5):
        if os.fork() == 0:
            (work / str(os.getpid())).touch()
            _sleep()
    _sleep()


def orphans(work: Path) -> None:
    """Start another, which keeps the line open, and die."""
    if os.fork() == 0:
        (work / str(os.getpid())).touch()
        _sleep()
    while not any(work.iterdir()):
        time.sleep(0.01)
    os._exit(1)


def hoard(_work: Path) -> None:
    """Take memory without end."""
    held = []
    while True:
        held.append(bytearray(10_000_000))


def write(work: Path) -> None:
    """Write a file without end."""
    with (work / "large").open("wb") as file:
        while True:
            file.write(b"x" * 1_000_000)


def open_(work: Path) -> None:
    """Open files without end."""
    kept = []
    while True:
        kept.append((work / "one").open("wb"))


TRICKS = {
    trick.__name__.strip("_"): trick
    for trick in (half, drip, endless, sleep, noted, spin, freeze, spawn, orphans, hoard, write, open_)
}
_honest = serve.judge_file


def _judge(path: Path, work: Path, *arguments: Any, **options: Any) -> Any:
    if path.name in TRICKS:
        work.mkdir(parents=True, exist_ok=True)
        TRICKS[path.name](work)
    return _honest(path, work, *arguments, **options)


if __name__ == "__main__":
    serve.judge_file = _judge
    serve.main(sys.argv[1:])
