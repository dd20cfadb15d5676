"""One invoice about to be filed: its files under their names, what its note says, what was judged of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from edid.documents.kinds import Attachment, Facts, Kind, PivotInvoice, Reading, ValidationStep
from edid.documents.names import safe_name, unique_name
from edid.exchange.earlier import Before
from edid.exchange.filing import NOTES
from edid.exchange.readable import originals, readable
from edid.exchange.received_note import pivot_note
from edid.exchange.received_verdict import Part
from edid.routing.filing import Naming
from edid.store.blobs import Blob
from edid.validation.verdict import Verdict

_LONGEST_NAME = 200


class Original(NamedTuple):
    """The invoice itself, found among the attachments of a message and judged."""

    kind: Kind
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a received flow: the flow itself, or a member of its archive."""

    name: str
    blob: Blob
    source: Path
    reading: Reading | None
    verdict: Verdict
    originals: Mapping[Path, Original] = field(default_factory=dict)
    """The judged invoices among its attachments, by their path."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One invoice about to be filed."""

    item: Item
    kind: Kind
    facts: Facts
    files: Sequence[tuple[str, Path]]
    note: Mapping[str, Any]
    judged: Sequence[Part]
    platform_id: str | None = None
    resend: str | None = None
    before: Before | None = None
    steps: Sequence[ValidationStep] = ()


def direct_arrival(item: Item, reading: Reading, naming: Naming) -> Arrival:
    """Return an invoice that came as UBL, CII or Factur-X."""
    facts = reading.facts or Facts()
    name = naming.invoice(facts, ".pdf" if reading.kind is Kind.FACTUR_X else ".xml")
    note = {
        "received_as": item.name,
        "readable": name if reading.kind is Kind.FACTUR_X else None,
        "original": {"name": name, "kind": reading.kind, "verdict": item.verdict.as_json()},
    }
    judged = [Part("invoice", item.name, reading.kind, item.verdict)]
    return Arrival(item, reading.kind, facts, [(name, item.source)], note, judged)


def pivot_arrival(item: Item, invoice: PivotInvoice, before: Before | None, naming: Naming) -> Arrival:
    """Return an invoice of a CPPFacturePivot; `before`: where it was filed before, if it was."""
    shown = readable(invoice.attachments)
    attachments, readable_name = _named(invoice, shown, naming)
    names = {given.path: given.name for given in attachments}
    own = next((each.path for each in originals(invoice.attachments) if each.path in item.originals), None)
    judged = [Part("message", item.name, Kind.CPP_PIVOT, item.verdict)]
    original = None
    if own is not None:
        found = item.originals[own]
        judged.append(Part("invoice", names[own], found.kind, found.verdict))
        original = {"name": names[own], "kind": found.kind, "verdict": found.verdict.as_json()}
    note = {
        "received_as": item.name,
        **pivot_note(invoice, attachments),
        "readable": readable_name,
        "original": original,
    }
    files = [(given.name, given.path) for given in attachments]
    return Arrival(
        item,
        Kind.CPP_PIVOT,
        invoice.facts,
        files,
        note,
        judged,
        platform_id=invoice.chorus_id,
        resend=invoice.resend,
        before=before,
        steps=invoice.steps,
    )


def _named(invoice: PivotInvoice, shown: Attachment | None, naming: Naming) -> tuple[list[Attachment], str | None]:
    """Return the attachments under names that stay in the folder and leave the places of the notes free."""
    taken = set(NOTES)
    wanted = naming.readable(invoice.facts, invoice.chorus_id)
    chosen = None if shown is None or wanted is None else unique_name(wanted, taken, limit=_LONGEST_NAME)
    named = [
        replace(each, name=chosen if chosen and each is shown else unique_name(safe_name(each.name), taken))
        for each in invoice.attachments
    ]
    return named, next((each.name for each in named if shown is not None and each.path == shown.path), None)
