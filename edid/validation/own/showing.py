"""Values of a document as findings show them: printable, and short whatever the document holds."""

from __future__ import annotations

from edid.documents.names import shown

_LONGEST = 120


def short(value: str) -> str:
    """Return `value`, printable, cut to 120 characters."""
    return shown(value, limit=_LONGEST)
