"""Facts as columns and JSON of the journal, and as the small files beside filed items.

What strangers wrote has no bound; an indexed column has one (PostgreSQL: about 2,700 bytes). The whole text is in the
JSON, the column is for looking it up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from edid.documents.kinds import Facts

_FACTS = tuple(field.name for field in fields(Facts))
_READ: Mapping[str, Callable[[str], Any]] = {
    "issue_date": date.fromisoformat,
    **dict.fromkeys(("net_total", "vat_total", "gross_total", "payable"), Decimal),
}
LONGEST = 200
"""Characters of a looked-up text. A number that Chorus Pro takes has 20 at most."""


def facts_as_json(facts: Facts) -> dict[str, Any]:
    """Return the facts that are present; dates are ISO 8601, amounts are strings (no binary fractions)."""
    present = ((name, getattr(facts, name)) for name in _FACTS)
    return {name: str(value) for name, value in present if value is not None}


def facts_of(stored: Mapping[str, Any]) -> Facts:
    """Return the facts that `facts_as_json` stored."""
    return Facts(**{name: _READ.get(name, str)(value) for name, value in stored.items() if name in _FACTS})


def facts_as_columns(facts: Facts) -> dict[str, Any]:
    """Return the columns of a document that come from its facts."""
    return {
        "number": cut(facts.number),
        "issue_date": facts.issue_date,
        "seller_key": cut(facts.seller_key),
        "buyer_id": cut(facts.buyer_id),
        "facts": facts_as_json(facts),
    }


def cut(text: str | None, length: int = LONGEST) -> str | None:
    """Return `text` as a column of `length` characters can hold it."""
    return None if text is None else text[:length]
