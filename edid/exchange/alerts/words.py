"""Moments and names as the texts of alerts write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from edid.intake.names import printable

_LONGEST = 500


def moment_fr(at: datetime) -> str:
    """Return `21/11/2026 à 08:05 UTC`."""
    return f"{at.astimezone(UTC):%d/%m/%Y à %H:%M} UTC"


def moment_en(at: datetime) -> str:
    """Return `2026-11-21 08:05 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def day_fr(day: date) -> str:
    """Return `21/11/2026`."""
    return f"{day:%d/%m/%Y}"


def quoted(text: str | None) -> str:
    """Return what a stranger wrote as one short line."""
    shown = printable(text or "?")
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def sentence(text: str) -> str:
    """Return `text` with one full stop at its end."""
    return f"{text.rstrip('. ')}."
