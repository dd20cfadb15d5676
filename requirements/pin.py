"""Renew the pinned, hash-checked requirement files from pyproject.toml. No registry address goes into them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
_FLAGS = [
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--allow-unsafe",
    "--strip-extras",
    "--no-header",
    "--quiet",
    "--upgrade",
]


def pin(output: str, *sources: str) -> None:
    """Write requirements/`output` from `sources`, keeping to what requirements/runtime.txt pins."""
    command = [sys.executable, "-m", "piptools", "compile", *_FLAGS, "-o", str(HERE / output), *sources]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 - our own arguments
    path = HERE / output
    kept = [line for line in path.read_text().splitlines() if not line.startswith("--")]
    path.write_text("\n".join(kept) + "\n")


if __name__ == "__main__":
    pin("build.txt", "requirements/build.in")
    pin("runtime.txt", "pyproject.toml")
    pin("test.txt", "--extra=test", "pyproject.toml")
    pin("fuzz.txt", "--extra=fuzz", "pyproject.toml")
