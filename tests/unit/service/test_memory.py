"""Tens of threads share two pools of memory, and what they free goes back to the system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import ctypes, sys, threading
from edid.service.memory import few_arenas
libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_info"):
    sys.exit(3)
libc.fopen.restype = ctypes.c_void_p
if sys.argv[2] == "few":
    few_arenas()
all_here = threading.Barrier(20)
def work():
    held = [bytes(600 + number) for number in range(2000)]  # too large for Python's own allocator
    all_here.wait()
threads = [threading.Thread(target=work) for _ in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fclose(ctypes.c_void_p(file))
"""


def pools(tmp_path: Path, how: str) -> int:
    """Return how many pools of memory the threads of a process took."""
    told = tmp_path / how
    ended = subprocess.run([sys.executable, "-c", PROGRAM, told, how], check=False)
    if ended.returncode == 3:
        pytest.skip("another C library")
    assert ended.returncode == 0
    return told.read_text().count("<heap ")


def test_threads_share_two_pools(tmp_path: Path) -> None:
    assert pools(tmp_path, "few") <= 2
    assert pools(tmp_path, "usual") > 2, "it is worth the trouble"


FREED = """
import ctypes, gc, sys
from edid.service.memory import give_back
if not hasattr(ctypes.CDLL(None), "malloc_trim"):
    sys.exit(3)
def resident():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * 4096
begin = resident()
held = [bytes(2000) for _ in range(50_000)]
pins = held[::50]  # what lives on lies between what is freed
full = resident() - begin
gc.disable()
held.append(held)  # only a cycle keeps it
del held
give_back()
print(full, resident() - begin)
"""


def test_pages_that_are_free_between_what_lives_on_go_back() -> None:
    ended = subprocess.run([sys.executable, "-c", FREED], check=False, stdout=subprocess.PIPE)
    if ended.returncode == 3:
        pytest.skip("another C library")
    full, given_back = map(int, ended.stdout.split())
    assert given_back < full / 4
