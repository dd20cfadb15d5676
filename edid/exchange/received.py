"""One received flow while it is being filed, and the filing of each kind of thing it may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from edid.clock import now
from edid.documents.kinds import Attachment, Facts, FlowStatus, InvoiceStatus, Kind, PivotInvoice, Reading
from edid.documents.names import safe_name, unique_name
from edid.exchange.filing import NOTE, Origin, file_invoice, file_return
from edid.exchange.storable import facts_as_columns, facts_as_json
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState
from edid.routing.filing import FLOWS, RETURNS, UNKNOWN
from edid.store.blobs import Blob
from edid.validation.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a received flow: the flow itself, or a member of its archive."""

    name: str
    blob: Blob
    source: Path
    reading: Reading | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ReceivedStatus:
    """A status with the reading of the message that carried it."""

    status: FlowStatus | InvoiceStatus
    reading: Reading


@dataclass(slots=True)
class ReceivedFlow:
    """What one received flow held, and where it was filed below `root`."""

    root: Path
    flow: AnyRow
    received_on: date
    beat: Callable[[], object]
    """Called before each item."""
    documents: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[ReceivedStatus] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    _position: int = 0

    @property
    def nothing_understood(self) -> bool:
        """True when not one thing in it was of use."""
        return bool(self.unknown) and not self.documents and not self.statuses

    def file_statuses(self, item: Item, reading: Reading) -> None:
        """File a CPPStatut message as it is and remember its statuses."""
        note = {
            "kind": reading.kind,
            "interface_code": self.flow.interface_code,
            "envelope_flow_id": reading.envelope_flow_id,
            "version": reading.version,
            "flow_statuses": [_present(status) for status in reading.flow_statuses],
            "invoice_statuses": [_present(status) for status in reading.invoice_statuses],
            "verdict": item.verdict.as_json(),
        }
        self._file_as_is(RETURNS, item, note)
        self.statuses += [ReceivedStatus(status, reading) for status in reading.flow_statuses]
        self.statuses += [ReceivedStatus(status, reading) for status in reading.invoice_statuses]

    def file_pivot(self, item: Item, reading: Reading) -> None:
        """File a CPPFacturePivot untouched, and each of its invoices with its decoded attachments."""
        note = {"kind": reading.kind, "invoices": len(reading.invoices), "verdict": item.verdict.as_json()}
        self._file_as_is(FLOWS, item, note)
        for invoice in reading.invoices:
            self.beat()
            origin = self._next_origin()
            attachments = _named(invoice.attachments)
            target = file_invoice(
                self.root,
                self.received_on,
                invoice.facts,
                origin,
                files=[(attachment.name, attachment.path) for attachment in attachments],
                note=_pivot_note(invoice, attachments),
            )
            self._add_document(item, Kind.CPP_PIVOT, invoice.facts, origin, str(target))

    def file_direct(self, item: Item, reading: Reading) -> None:
        """File an invoice that was received as UBL, CII or Factur-X."""
        origin = self._next_origin()
        facts = reading.facts or Facts()
        name = "invoice.pdf" if reading.kind is Kind.FACTUR_X else "invoice.xml"
        note = {
            "kind": reading.kind,
            "received_as": item.name,
            "facts": facts_as_json(facts),
            "verdict": item.verdict.as_json(),
        }
        target = file_invoice(self.root, self.received_on, facts, origin, files=[(name, item.source)], note=note)
        self._add_document(item, reading.kind, facts, origin, str(target))

    def keep(self, item: Item) -> None:
        """Keep what is not understood, visibly, with the reason beside it."""
        self._file_as_is(UNKNOWN, item, {"kind": "unknown", "verdict": item.verdict.as_json()})
        verdict = item.verdict
        reason = verdict.not_judged_because or "; ".join(finding.message for finding in verdict.findings)
        self.unknown.append(reason or "not a kind of document that edid files")

    def _file_as_is(self, kind: str, item: Item, note: Mapping[str, Any]) -> None:
        folder = self.root / self.received_on.isoformat() / kind
        file_return(folder, item.name, item.source, self._next_origin(), note)

    def _next_origin(self) -> Origin:
        self._position += 1
        return Origin(self.flow.id, self.flow.name, self._position)

    def _add_document(self, item: Item, kind: Kind, facts: Facts, origin: Origin, filed_as: str) -> None:
        self.documents.append(
            {
                "sheet": self.flow.sheet,
                "direction": Direction.IN,
                "flow_id": self.flow.id,
                "position": origin.position,
                "member": item.name,
                "kind": kind,
                "interface_code": self.flow.interface_code,
                "sha256": item.blob.sha256,
                "size": item.blob.size,
                "state": DocumentState.FILED,
                **facts_as_columns(facts),
                "verdict": item.verdict.as_json(),
                "filed_as": filed_as,
                "created_at": now(),
            }
        )


def _named(attachments: Sequence[Attachment]) -> list[Attachment]:
    """Return `attachments` under names that stay in the folder and leave the place of the note free."""
    taken = {NOTE}
    return [replace(attachment, name=unique_name(safe_name(attachment.name), taken)) for attachment in attachments]


def _pivot_note(invoice: PivotInvoice, attachments: Sequence[Attachment]) -> dict[str, Any]:
    return {
        "kind": Kind.CPP_PIVOT,
        "facts": facts_as_json(invoice.facts),
        "chorus_id": invoice.chorus_id,
        "resend": invoice.resend,
        "attachments": [
            {name: value for name, value in asdict(attachment).items() if name != "path"} for attachment in attachments
        ],
        "faults": list(invoice.faults),
    }


def _present(status: FlowStatus | InvoiceStatus) -> dict[str, Any]:
    return {name: value for name, value in asdict(status).items() if value is not None}
