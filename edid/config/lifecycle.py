"""The part of a sheet that says which lifecycle messages we write, and how strictly their order is kept."""

from __future__ import annotations

from edid.config.base import Section


class LifecycleSettings(Section):
    """Statuses that we give about invoices, and acknowledgements of received flows."""
