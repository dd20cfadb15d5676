"""The wheel as a user gets it, built once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
QUIET = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Installed:
    """The wheel's files in a folder of their own, which is the only place that Python is told of."""

    folder: Path
    elsewhere: Path

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run Python with `arguments`, from a folder that is no checkout."""
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.folder), "HOME": str(self.elsewhere)}
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            check=False,
            cwd=self.elsewhere,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--wheel-dir", folder, PROJECT)
    (built,) = folder.glob("edid-*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--target", folder, wheel)
    return Installed(folder, tmp_path_factory.mktemp("elsewhere"))


def pip(command: str, *arguments: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", command, *QUIET, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
