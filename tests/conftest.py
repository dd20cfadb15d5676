"""Fixtures that every kind of test shares."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real files made elsewhere; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("EDID_CORPUS", PROJECT.parent / "shared" / "corpus"))
    if not folder.is_dir():
        pytest.skip("no corpus here; set EDID_CORPUS to its folder")
    return folder


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter of bytes after its argument: an archive holds the time, and two workers would name it twice."""
    return argname if isinstance(val, bytes) else None


ONE_HOUSE = "tests/acceptance/scenarios/"
"""Its tests share a daemon with nine sheets: one worker does them all."""


class ByFile(LoadScopeScheduling):
    """The tests of a file stay with one worker, for what its fixtures start; so do those of a folder that share it."""

    def _split_scope(self, nodeid: str) -> str:
        return ONE_HOUSE if nodeid.startswith(ONE_HOUSE) else nodeid.split("::", 1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Let workers take files."""
    return ByFile(config, log)
