"""`facts.json`: what the folder of a received invoice says to the ERP.

Keys, absent ones null:
- `origin`: the received flow and the place in it; `kind`; `sheet`; `received_as`: the name it came under
- `facts`: number, dates, parties, references and totals as written in the message (`edid.documents.kinds.Facts`)
- `platform_id`: the platform's own number (IdCPRO), also as `chorus_id`; `resend`: Renvoi, as written
- `making_available`: `new` is false when edid filed this invoice before. Then `as` is `completed` or `recycled`
  (replace what was booked, do not book it again) or `duplicate` (nothing to do); `earlier` names the earlier filing
- `route`: what the routing rules decided and why: action, folder, rule, because_fr, because_en, ...
- `steps`: the cycle of validation: code, at, label, comment, actor_id, actor_name
- `readable`: name of the PDF that a person can read; `original`: name, kind and verdict of the invoice itself
- `attachments`: name here, declared_name, role (TypePJ), category, mime, size, sha256; `faults`: what could not be
  decoded, one sentence each
- `verdict`: on the message or document that came; `verdict.json` says all of it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

from edid.documents.kinds import Attachment, PivotInvoice, ValidationStep
from edid.exchange.earlier import Again, Before


class Routed(Protocol):
    """What the routing rules decided about one invoice; `edid.routing.decision.Route` is one."""

    @property
    def action(self) -> str:
        """`folder`, or `exclude`: kept from the ERP."""

    @property
    def folder(self) -> str | None:
        """Where, below the folder of the sheet, with slashes between; None: `in`, or `excluded` for what is kept."""

    @property
    def rule(self) -> str | None:
        """Name of the rule; None when none took it."""

    @property
    def because_fr(self) -> str:
        """Why, for people."""

    @property
    def because_en(self) -> str:
        """Why, for people."""

    def as_json(self) -> dict[str, Any]:
        """Return the decision as it stands in the note."""


def making_available(before: Before | None, again: Again | None) -> dict[str, Any]:
    """Return what the coming of an invoice means: the first one, a new making-available, or a duplicate."""
    if before is None:
        return {"new": True, "as": again, "earlier": None}
    earlier = {"document_id": before.document_id, "flow_id": before.flow_id, "filed_as": before.filed_as}
    return {"new": False, "as": again or "duplicate", "earlier": earlier}


def pivot_note(invoice: PivotInvoice, attachments: Sequence[Attachment]) -> dict[str, Any]:
    """Return what only an invoice of a CPPFacturePivot has to say; `attachments` under the names they are filed by."""
    return {
        "platform_id": invoice.chorus_id,
        "chorus_id": invoice.chorus_id,
        "resend": invoice.resend,
        "steps": [_step(step) for step in invoice.steps],
        "attachments": [
            {name: value for name, value in asdict(attachment).items() if name != "path"} for attachment in attachments
        ],
        "faults": list(invoice.faults),
    }


def _step(step: ValidationStep) -> dict[str, Any]:
    return {**asdict(step), "at": step.at.isoformat() if step.at else None}
