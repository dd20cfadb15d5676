"""A row of the journal, whatever its columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

AnyRow = Row[*tuple[Any, ...]]


def as_dict(row: AnyRow) -> dict[str, Any]:
    """Return the row's columns by name."""
    return dict(row._mapping)  # noqa: SLF001 - public by SQLAlchemy's own documentation
