"""A data file in YAML taken by the piece: its items are cut out as text, and only those that are asked for are read.

Reading every explanation takes a good half second, and a verdict needs a handful of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

_NO_ITEM = (" ", "\t", "#", "%", "---", "...")


def cut(text: str) -> Iterator[str]:
    """Yield the top-level items of a YAML list or mapping, each of them YAML by itself.

    An item begins where a line does (`- rule: ...`, `BT-1: ...`); lines that are indented, blank or a comment belong to
    the item above them.
    """
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith(_NO_ITEM):
            if lines:
                yield "".join(lines)
            lines = []
        elif not lines:
            continue
        lines.append(line)
    if lines:
        yield "".join(lines)


def read(piece: str) -> Any:  # noqa: ANN401 - whatever YAML says
    """Return the data of one piece: a list of one item, or a mapping of one key."""
    return YAML(typ="safe", pure=True).load(piece)
