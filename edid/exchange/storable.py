"""Facts as the JSON of the journal and of the small files beside filed items."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from edid.documents.kinds import Facts


def facts_as_json(facts: Facts) -> dict[str, Any]:
    """Return the facts that are present; dates are ISO 8601, amounts are strings (no binary fractions)."""
    return {name: str(value) for name, value in asdict(facts).items() if value is not None}
