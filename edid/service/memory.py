"""What the C library does with memory that is freed: it goes back, although tens of threads took it."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_ARENAS = 2
_LARGE = 256 * 1024
"""Bytes from which a block is mapped by itself, and returned to the system as soon as it is freed."""


def few_arenas() -> None:
    """Let all threads share two pools of memory; call it before the first thread starts.

    glibc gives each thread a pool of its own, up to eight for each processor, and what one of them once held stays with
    it: with tens of threads the process grows for hours. Python lets one thread work at a time, so two are as fast.
    Blocks as large as an invoice with attachments are kept out of the pools: by default the largest that was ever freed
    sets the size from then on. Does nothing with other C libraries (mallopt(3)).
    """
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, _ARENAS)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Free what only its own cycles keep, and return every free page inside the pools to the system.

    Python looks at its oldest generation once in four million objects: not once in the 14 minutes of steady work in
    which it was watched. The pages stay where they are with other C libraries (malloc_trim(3)).
    """
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
