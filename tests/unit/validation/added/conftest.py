from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edid.validation.added import AddedRules
from edid.validation.added.adding import Candidate, adding
from edid.validation.added.wanted import Wanted
from tests.unit.validation.added.stylesheets import GOOD

Want = Callable[..., Wanted]
Add = Callable[..., Candidate]


@pytest.fixture
def rules(tmp_path: Path) -> AddedRules:
    """A state folder to which nothing was added yet, beside the packs of the installation."""
    (tmp_path / "state").mkdir()
    return AddedRules(tmp_path / "state" / "rules")


@pytest.fixture
def want(tmp_path: Path) -> Want:
    """Ask for a stylesheet as another version of EN16931-CII."""

    def make(content: str | bytes = GOOD, name: str = "EN16931-CII", version: str = "9.1", **options: Any) -> Wanted:
        file = tmp_path / options.pop("called", "rules.xslt")
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Wanted(file=file, name=name, version=version, **options)

    return make


@pytest.fixture
def add(rules: AddedRules, want: Want) -> Add:
    """Add a stylesheet without trying it."""

    def make(*arguments: Any, active: bool = True, **options: Any) -> Candidate:
        with adding(rules, want(*arguments, **options)) as candidate:
            candidate.keep(active=active)
        return candidate

    return make
