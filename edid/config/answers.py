"""The part of a sheet that says how the ERP is told what became of its documents."""

from __future__ import annotations

from edid.config.base import Section


class Answers(Section):
    """Small files in spool/<sheet>/status for every change of a document's state."""
