"""The ways in which programs put files into a drop folder."""

from __future__ import annotations

import random
import time
from pathlib import Path


def rename_in(out: Path, name: str, content: bytes) -> None:
    """Write under a hidden name, then rename: the file is whole when it appears."""
    hidden = out / f".{name}.tmp"
    hidden.write_bytes(content)
    hidden.rename(out / name)


def write_slowly(out: Path, name: str, content: bytes, dice: random.Random) -> None:
    """Write under the final name, with pauses longer than the settling time, the file open all the while."""
    with (out / name).open("wb", buffering=0) as file:
        step = len(content) // 4 + 1
        for start in range(0, len(content), step):
            file.write(content[start : start + step])
            time.sleep(dice.uniform(0.1, 0.6))


def link_in(out: Path, name: str) -> None:
    """Drop a link in place of a file."""
    (out / name).symlink_to("/etc/hostname")
