"""What the C library does with memory that is freed: it goes back, although tens of threads took it."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8
_ARENAS = 2


def few_arenas() -> None:
    """Let all threads share two pools of memory; call it before the first thread starts.

    glibc gives each thread a pool of its own, up to eight for each processor, and what one of them once held stays with
    it: with tens of threads the process grows for hours. Python lets one thread work at a time, so two are as fast.
    Does nothing with other C libraries (mallopt(3)).
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
