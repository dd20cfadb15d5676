"""One received flow while it is being filed, and the filing of each kind of thing it may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, Protocol

from edid.clock import now
from edid.documents.kinds import (
    Facts,
    FlowStatus,
    InvoiceStatus,
    Kind,
    PivotInvoice,
    Reading,
    ValidationStep,
)
from edid.exchange.arrivals import Arrival, Item, direct_arrival, pivot_arrival
from edid.exchange.earlier import Before, Earlier, made_available_again
from edid.exchange.filing import Origin, file_invoice, file_return, withdraw_invoice
from edid.exchange.received_note import Routed, making_available
from edid.exchange.received_verdict import verdict_files, worst
from edid.exchange.storable import cut, facts_as_columns, facts_as_json
from edid.flows.irr import Language
from edid.intake.folders import SheetFolders
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState
from edid.routing.filing import DUPLICATES, EXCLUDED, FLOWS, INCOMING, RETURNS, UNKNOWN, Naming, routed_folder
from edid.validation.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ReceivedStatus:
    """A status with the reading of the message that carried it."""

    status: FlowStatus | InvoiceStatus
    reading: Reading


class Router(Protocol):
    """Decides where an invoice goes; asked once for each that is no duplicate."""

    def __call__(self, facts: Facts, *, kind: str | None, steps: Sequence[ValidationStep] = ()) -> Routed:
        """Return the decision. Never raises for what the facts are."""


class Link(NamedTuple):
    """A row of this flow that refers to an earlier one of this flow, whose id is not known yet."""

    row: int
    column: str
    earlier: int


@dataclass(slots=True)
class ReceivedFlow:
    """What one received flow held, and where it was filed in `folders`."""

    folders: SheetFolders
    naming: Naming
    flow: AnyRow
    beat: Callable[[], object]
    """Called before each item."""
    look_up: Callable[[Earlier, Sequence[PivotInvoice]], None] = lambda _earlier, _invoices: None
    """Tells what other flows brought of these invoices."""
    route: Router | None = None
    """None: every invoice goes to the folder of its template."""
    language: Language = "fr"
    documents: list[dict[str, Any]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    statuses: list[ReceivedStatus] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    _position: int = 0
    _earlier: Earlier = field(default_factory=Earlier)

    @property
    def nothing_understood(self) -> bool:
        """True when not one thing in it was of use."""
        return bool(self.unknown) and not self.documents and not self.statuses

    def file_statuses(self, item: Item, reading: Reading) -> None:
        """File a message of statuses (CPPStatut, CDAR) as it is and remember its statuses."""
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
        """File each invoice of a CPPFacturePivot with its decoded attachments, and the flow itself untouched.

        A flow of which an invoice is kept from the ERP is kept from it as well: it holds that invoice.
        """
        note = {
            "kind": reading.kind,
            "version": reading.version,
            "envelope_flow_id": reading.envelope_flow_id,
            "invoices": len(reading.invoices),
            "verdict": item.verdict.as_json(),
        }
        first = len(self.documents)
        self.look_up(self._earlier, reading.invoices)
        for invoice in reading.invoices:
            self.beat()
            index = len(self.documents)
            filed = self._file(pivot_arrival(item, invoice, self._earlier.find(invoice), self.naming))
            if self.documents[index]["state"] is DocumentState.FILED:
                self._earlier.remember(Before(None, filed, self.flow.id, index), invoice)
        mixed = any(row["excluded"] is not None for row in self.documents[first:])
        self._file_as_is(FLOWS, item, note, below=EXCLUDED if mixed else INCOMING)

    def file_direct(self, item: Item, reading: Reading) -> None:
        """File an invoice that was received as UBL, CII or Factur-X."""
        self._file(direct_arrival(item, reading, self.naming))

    def file_document(self, item: Item, reading: Reading) -> None:
        """File a document that is neither status nor invoice to be booked (DUME, CPPFactureMixte) below its kind."""
        note = {
            "kind": reading.kind,
            "interface_code": self.flow.interface_code,
            "id": reading.envelope_flow_id,
            "version": reading.version,
            "facts": facts_as_json(reading.facts) if reading.facts else None,
            "invoices": [facts_as_json(invoice.facts) for invoice in reading.invoices],
            "verdict": item.verdict.as_json(),
        }
        target, origin = self._file_as_is(reading.kind, item, note)
        self._add(
            item,
            reading.kind,
            reading.facts or Facts(),
            origin,
            verdict=item.verdict,
            filed_as=str(target.relative_to(self.folders.incoming)),
            state=DocumentState.FILED,
        )

    def keep(self, item: Item) -> None:
        """Keep what is not understood, visibly, with the reason beside it."""
        self._file_as_is(UNKNOWN, item, {"kind": "unknown", "verdict": item.verdict.as_json()})
        verdict = item.verdict
        reason = verdict.not_judged_because or "; ".join(finding.message for finding in verdict.findings)
        self.unknown.append(reason or "not a kind of document that edid files")

    def _file(self, arrival: Arrival) -> str:
        """File one invoice where it belongs; return that place, seen from `in`."""
        origin = self._next_origin()
        before, again = arrival.before, made_available_again(arrival.resend)
        duplicate = before is not None and again is None
        routed = self._routed(arrival) if not duplicate else None
        excluded = routed is not None and routed.action == "exclude"
        folder = PurePosixPath(DUPLICATES)
        if not duplicate:
            folder = routed_folder(routed.folder if routed else None, excluded=excluded)

        def place(copy: str) -> PurePosixPath:
            return self.naming.folder(arrival.facts, arrival.platform_id, copy=copy)

        for other in {PurePosixPath(name) for name in (INCOMING, DUPLICATES, EXCLUDED)} - {folder}:
            withdraw_invoice(self.folders.root / other, place, origin)
        note = {
            "kind": arrival.kind,
            "sheet": self.flow.sheet,
            "facts": facts_as_json(arrival.facts),
            "making_available": making_available(before, again),
            "route": routed.as_json() if routed else None,
            **arrival.note,
            "verdict": arrival.item.verdict.as_json(),
        }
        texts = verdict_files(arrival.judged, sheet=self.flow.sheet, origin=origin, language=self.language)
        target = file_invoice(self.folders.root / folder, place, origin, files=arrival.files, note=note, texts=texts)
        filed_as = _seen_from_incoming(folder / target)
        refers = {}
        if before is not None:
            column = "duplicate_of" if duplicate else "answers_id"
            refers = {column: before.document_id}
            if before.document_id is None:
                self.links.append(Link(len(self.documents), column, before.index))
        self._add(
            arrival.item,
            arrival.kind,
            arrival.facts,
            origin,
            verdict=worst(arrival.judged),
            filed_as=filed_as,
            state=DocumentState.DUPLICATE if duplicate else DocumentState.FILED,
            platform_id=cut(arrival.platform_id),
            answers_as=again,
            routed_by=cut(routed.rule) if routed else None,
            excluded=_because(routed) if routed and excluded else None,
            **refers,
        )
        return filed_as

    def _routed(self, arrival: Arrival) -> Routed | None:
        return self.route(arrival.facts, kind=arrival.kind, steps=arrival.steps) if self.route is not None else None

    def _file_as_is(
        self, kind: str, item: Item, note: Mapping[str, Any], *, below: str = INCOMING
    ) -> tuple[Path, Origin]:
        folder = self.folders.root / below / self.naming.received_on.isoformat() / kind
        origin = self._next_origin()
        return file_return(folder, item.name, item.source, origin, note), origin

    def _next_origin(self) -> Origin:
        self._position += 1
        return Origin(self.flow.id, self.flow.name, self._position)

    def _add(
        self,
        item: Item,
        kind: Kind,
        facts: Facts,
        origin: Origin,
        *,
        verdict: Verdict,
        **columns: Any,  # noqa: ANN401 - column values of any type
    ) -> None:
        """Remember the row of one document; `excluded` says why it was kept from the ERP and is no column."""
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
                **facts_as_columns(facts),
                "verdict": verdict.as_json(),
                "duplicate_of": None,
                "answers_id": None,
                "answers_as": None,
                "platform_id": None,
                "routed_by": None,
                "created_at": now(),
                "excluded": None,
                **columns,
            }
        )


def _present(status: FlowStatus | InvoiceStatus) -> dict[str, Any]:
    return {name: value for name, value in asdict(status).items() if value is not None}


def _seen_from_incoming(path: PurePosixPath) -> str:
    """Return a path below the folder of the sheet as it is reached from `in`: the journal's way to say where."""
    return str(PurePosixPath(*path.parts[1:])) if path.parts[0] == INCOMING else f"../{path}"


def _because(routed: Routed) -> dict[str, str]:
    return {"because_fr": routed.because_fr, "because_en": routed.because_en}
