"""Whether the files of a pack are the recorded ones and compile: found out in a process of its own."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import edid
from edid.config.settings import Limits
from edid.config.values import write_duration
from edid.validation.added import compiler
from edid.validation.packs import Pack

_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH")
"""Environment that the process gets: nothing that names or holds a secret."""
_START = 10.0
"""Seconds that the process may take to start, beside those to compile."""


def fault(pack: Pack, limits: Limits) -> str | None:
    """Return why `pack` could not be used, in a sentence; None: it can. Packs of edid's own always can.

    Time and memory are those of judging one file.
    """
    if pack.files is None:
        return None
    seconds = limits.judge_time.total_seconds()
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", compiler.__name__, str(limits.judge_memory), str(int(2 * seconds) + 10)],
            input=pickle.dumps(pack),
            stdout=subprocess.PIPE,
            env=_environment(),
            timeout=seconds + _START,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{pack.name} {pack.version} takes longer than {write_duration(limits.judge_time)} to compile."
    answer = done.stdout.decode(errors="replace")
    if done.returncode or not answer:
        return f"the process that compiled {pack.name} {pack.version} died (status {done.returncode})."
    return None if answer == compiler.DONE else answer


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(edid.__file__).resolve().parent.parent)}
