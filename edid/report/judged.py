"""One judged document, as every report sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from edid.validation.verdict import Verdict

Source = Callable[[], bytes | IO[bytes]]
"""Gives the bytes that the line numbers of the findings count in: of a Factur-X, those of the XML inside.

An opened file (`partial(path.open, "rb")`) is read in blocks and closed; bytes are taken as they are.
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged, and what came of it."""

    name: str
    """The file, or `flow.tar.gz!member` for a document inside an archive."""
    kind: str
    """The kind of document, or `unknown`."""
    number: str | None
    """Number of the invoice (BT-1)."""
    verdict: Verdict
    source: Source | None = None
    """None when source lines cannot be shown."""
    seconds: float | None = None
    """How long judging took."""
