from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edid.journal.database import Journal, default_url, open_journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_journal(default_url(tmp_path))
    yield opened
    opened.close()
