"""The part of a receiver sheet that says where each received invoice goes."""

from __future__ import annotations

from edid.config.base import Section


class Routing(Section):
    """Ordered rules; the first that fits takes the invoice."""
