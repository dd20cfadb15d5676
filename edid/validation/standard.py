"""By what a document is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

_PLATFORM_ZONE = "Europe/Paris"
Environment = Literal["qualification", "production"]


@dataclass(frozen=True, slots=True)
class Standard:
    """The profile, and what the choice and the weight of its rules depend on."""

    profile: str = "xsd-only"
    packs: tuple[str, ...] = ()
    """Exactly these packs, `name` or `name@version`, instead of those of the profile; those for other kinds rest."""
    pins: tuple[str, ...] = ()
    """`name@version`: the version to take of a pack that has several."""
    day: date | None = None
    """The rules in force on that day; None: today, in French time."""
    environment: Environment = "production"

    @property
    def on(self) -> date:
        """The day that counts."""
        return self.day or datetime.now(ZoneInfo(_PLATFORM_ZONE)).date()
