"""The changelog can be built, and each waiting change is one that towncrier knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from edid import __version__


def test_the_next_release_notes_can_be_built_and_hold_every_change(project: Path):
    done = subprocess.run(
        [sys.executable, "-m", "towncrier", "build", "--draft", "--dir", str(project)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert f"## {__version__} (" in done.stdout
    for fragment in (project / "changes").glob("*.md"):
        assert fragment.read_text().strip() in done.stdout, fragment.name
