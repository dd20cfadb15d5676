"""Folder and file names of what is filed for the ERP. No path ever comes from a file's content."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from edid.config.filing import Filing
from edid.documents.kinds import Facts, Kind
from edid.documents.names import safe_name

_LONGEST_VALUE = 60
_LONGEST_NAME = 180
"""Bytes; leaves room for a copy's mark."""
_DEEPEST = 8
INCOMING = "in"
"""The folder of a sheet that its ERP reads."""
RETURNS = "returns"
"""Reports and statuses of a day."""
FLOWS = "flows"
"""Received flows of a day, untouched."""
UNKNOWN = "unknown"
"""What edid did not understand."""
EXCLUDED = "excluded"
"""Beside in/: invoices that a routing rule keeps from the ERP."""
DUPLICATES = "duplicates"
"""Beside in/: invoices that were filed before."""
_TAKEN = frozenset({RETURNS, FLOWS, UNKNOWN, *Kind})
_A_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def day_folder(received_on: date) -> PurePosixPath:
    """Return the folder of a day: `2026-11-23`."""
    return PurePosixPath(received_on.isoformat())


def routed_folder(chosen: str | None, *, excluded: bool) -> PurePosixPath:
    """Return the folder, below that of the sheet, where a routed invoice is filed: `in` or `excluded` unless `chosen`.

    What an operator chose is taken part by part, each made a plain name: it leads nowhere else.
    """
    parts = [safe_name(part) for part in (chosen or "").split("/")[:_DEEPEST] if part.strip(". ")]
    return PurePosixPath(*parts) if parts else PurePosixPath(EXCLUDED if excluded else INCOMING)


@dataclass(frozen=True, slots=True)
class Naming:
    """How the invoices of one received flow are named: by the templates of the sheet."""

    filing: Filing
    sheet: str
    received_on: date

    def folder(self, facts: Facts, platform_id: str | None = None, *, copy: str = "") -> PurePosixPath:
        """Return the folder of an invoice, such as `2026-11-23/<supplier>_<number>`; `_<copy>` for a further one.

        No part is empty, `.` or `..`, has a leading dot, or is longer than 255 bytes; there are as many as in the
        template.
        """
        values = self._values(facts, platform_id)
        parts = [_filled(part, values) for part in self.filing.folder.split("/")]
        return PurePosixPath(*parts[:-1], f"{_apart(parts[-1])}{copy and f'_{copy}'}")

    def invoice(self, facts: Facts, extension: str, platform_id: str | None = None) -> str:
        """Return the name of an invoice's own file; `extension` is `.xml` or `.pdf`."""
        return f"{_filled(self.filing.invoice, self._values(facts, platform_id))}{extension}"

    def readable(self, facts: Facts, platform_id: str | None = None) -> str | None:
        """Return the name of the readable PDF; None when it keeps its own."""
        template = self.filing.readable
        return None if template is None else _filled(template, self._values(facts, platform_id))

    def _values(self, facts: Facts, platform_id: str | None) -> Mapping[str, str]:
        known = {
            "day": self.received_on.isoformat(),
            "year": f"{self.received_on.year:04}",
            "month": f"{self.received_on.month:02}",
            "supplier": facts.seller_key or facts.seller_name,
            "supplier_name": facts.seller_name or facts.seller_key,
            "number": facts.number,
            "date": facts.issue_date.isoformat() if facts.issue_date else None,
            "service": facts.service_code,
            "engagement": facts.engagement,
            "type": facts.type_code,
            "platform_id": platform_id,
            "sheet": self.sheet,
        }
        return {name: _value(value or _MISSING.get(name, f"without-{name}")) for name, value in known.items()}


_MISSING = {
    "supplier": "unknown-supplier",
    "supplier_name": "unknown-supplier",
    "platform_id": "without-platform-id",
}


def _value(text: str) -> str:
    """Return `text` as part of a name; a number such as 2026/7 stays whole."""
    return safe_name(text[:10_000].replace("/", "-").replace("\\", "-"), limit=_LONGEST_VALUE)


def _filled(part: str, values: Mapping[str, str]) -> str:
    """Return one part of a template with its placeholders replaced, itself a safe name."""
    pieces = string.Formatter().parse(part)
    written = "".join(literal + (values[name] if name else "") for literal, name, _, _ in pieces)
    return safe_name(written, limit=_LONGEST_NAME)


def _apart(name: str) -> str:
    """Return `name`, unless edid itself has folders of that name among the invoices: then with a mark."""
    return f"{name}_" if name.casefold() in _TAKEN or _A_DAY.fullmatch(name) else name
