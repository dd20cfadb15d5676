"""The part of a receiver sheet that says how received invoices are named when they are filed."""

from __future__ import annotations

from edid.config.base import Section


class Filing(Section):
    """Names of folders and files of received invoices."""
