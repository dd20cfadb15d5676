"""A prepared sheet in a temporary spool, and the two steps that most tests take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edid.config.sheet import Intake
from edid.intake.claim import Claimed, claim
from edid.intake.folders import SheetFolders
from edid.intake.scan import scan

Take = Callable[[str], Claimed]


@pytest.fixture
def folders(tmp_path: Path) -> SheetFolders:
    made = SheetFolders(tmp_path / "spool", "sheet")
    made.prepare(sender=True)
    return made


@pytest.fixture
def take(folders: SheetFolders) -> Take:
    """Scan, then claim the candidate of that name."""

    def taken(name: str, intake: Intake | None = None, limit: int = 1000) -> Claimed:
        found = {candidate.name: candidate for candidate in scan(folders.out, intake or Intake(subfolders=True))}
        return claim(found[name], folders, limit=limit)

    return taken
