"""Which events of the journal tell the ERP something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edid.config.answers import Told
from edid.exchange.answers.history import GIVEN
from edid.journal.rows import AnyRow

_BY_NAME: Final[Mapping[str, Told]] = {
    "file.claimed": "taken",
    "file.rejected": "rejected",
    "document.valid": "valid",
    "document.rejected": "rejected",
    "document.dropped": "rejected",
    "document.held": "held",
    "document.duplicate": "duplicate",
    "document.forced": "forced",
    "document.packed": "packed",
    "document.sent": "sent",
    "document.status": "status",
    GIVEN: "given",
    "document.answered": "answered",
    "document.filed": "filed",
    "document.excluded": "excluded",
    "flow.status": "report",
    "flow.kept": "kept",
}
_DECIDED: Final = "file.decided"
_FAILED: Final = "failed"


def told_by(event: AnyRow) -> Told | None:
    """Return what an event tells, None: nothing that concerns the ERP."""
    if event.entity == "flow" and event.to_state == _FAILED:
        return "failed"
    if event.name == _DECIDED:
        return "rejected" if event.data.get("refused") else None
    if event.data.get("disregarded"):
        return None  # the refusal of a repeated delivery says nothing about the invoice
    return None if event.entity_id is None else _BY_NAME.get(event.name)
