"""The part of a sheet that says after how long silence is an alarm."""

from __future__ import annotations

from edid.config.base import Section


class AlertDelays(Section):
    """When edid calls a person."""
