"""Fixtures that every kind of test shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
