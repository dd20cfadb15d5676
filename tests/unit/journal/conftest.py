from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edid.journal.database import Journal
from tests.blank import new_journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = new_journal(tmp_path)
    yield opened
    opened.close()
