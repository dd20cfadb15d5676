"""Time is UTC inside, ISO 8601 outside."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present as an aware UTC datetime."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """Return `moment` as ISO 8601 with milliseconds and a `Z`: `2026-11-23T07:00:00.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def aware(at: datetime | None) -> datetime | None:
    """Return the time with a zone: without one it is read as UTC, no text of a platform says otherwise."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
