"""Folder and file names of what is filed for the ERP. No path ever comes from a file's content."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

from edid.documents.kinds import Facts
from edid.documents.names import safe_name

_LONGEST_PART = 60
RETURNS = "returns"
"""Reports and statuses of a day."""
FLOWS = "flows"
"""Received flows of a day, untouched."""
UNKNOWN = "unknown"
"""What edid did not understand."""


def day_folder(received_on: date) -> PurePosixPath:
    """Return the folder of a day: `2026-11-23`."""
    return PurePosixPath(received_on.isoformat())


def invoice_folder(received_on: date, facts: Facts, copy: str = "") -> PurePosixPath:
    """Return the folder of one received invoice: `2026-11-23/<supplier>_<number>`, with `_<copy>` for a further one."""
    supplier = _part(facts.seller_key or facts.seller_name or "unknown-supplier")
    number = _part(facts.number or "without-number")
    return day_folder(received_on) / f"{supplier}_{number}{copy and f'_{copy}'}"


def _part(text: str) -> str:
    """Return `text` as part of a name; a number such as 2026/7 stays whole."""
    return safe_name(text.replace("/", "-").replace("\\", "-"), limit=_LONGEST_PART)
