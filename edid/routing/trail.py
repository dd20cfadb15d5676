"""What was looked at to route an invoice, kept so that anybody can see why it went where it went."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from edid.documents.names import shown

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Check:
    """One condition held against one invoice."""

    condition: str
    """Its key in the sheet: `service_codes`."""
    wanted: str
    """What the sheet asks for."""
    found: str | None
    """What the invoice says, cut to a length fit to be shown; None when it says nothing."""
    fits: bool
    near: bool = False
    """True when only capitals, blanks or signs keep it from fitting, or when the invoice says too little to tell."""

    def as_json(self) -> dict[str, Any]:
        """Return the check as it stands in a note."""
        return {
            "condition": self.condition,
            "wanted": self.wanted,
            "found": self.found,
            "fits": self.fits,
            "near": self.near,
        }


@dataclass(frozen=True, slots=True)
class Trace:
    """One agency or rule that was looked at, or all agencies at once."""

    of: Literal["agency", "agencies", "rule"]
    """`agencies`: all of them, when the invoice is none of theirs."""
    name: str
    """Of the agency or rule; of `agencies`, their number."""
    fits: bool
    checks: tuple[Check, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the trace as it stands in a note."""
        return {
            "of": self.of,
            "name": self.name,
            "fits": self.fits,
            "checks": [check.as_json() for check in self.checks],
        }


def told(value: object) -> str | None:
    """Return a datum of an invoice fit to be shown; None for None."""
    return None if value is None else shown(str(value), limit=_LONGEST)


@lru_cache(maxsize=4_096)
def asked(values: Hashable) -> str:
    """Return what a condition asks for in words: `A4, A5`, cut when the list is long."""
    words = ", ".join(map(str, values)) if isinstance(values, (tuple, frozenset)) else str(values)
    return shown(words, limit=_LONGEST)
