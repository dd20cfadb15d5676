"""The shell snippets of a page: what follows `sh` on the fence says where a snippet can run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
KINDS = {"sh", "sh checkout", "sh machine", "sh partner"}
"""Anywhere; in a checkout; as root with systemd; where a partner answers."""
NOT_TYPED = {"ini", "text", "yaml"}
"""What is shown, or written into a file."""


@dataclass(frozen=True)
class Snippet:
    """One fenced block, and the line of the page it begins on."""

    page: str
    line: int
    kind: str
    text: str


def snippets(page: Path) -> list[Snippet]:
    """Return every fenced block of `page`, in its order."""
    text = page.read_text(encoding="utf-8")
    return [
        Snippet(page.name, text.count("\n", 0, found.start()) + 1, found["info"], found["body"])
        for found in _FENCE.finditer(text)
    ]
