"""What the platform remembers of the invoices it took: which came before, in what flow, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from edid.documents.kinds import Facts, InvoiceStatus, Kind
from edid.flows.names import FlowName, parse_lenient
from edid.lifecycle.correlate import supplier_siren
from edid.sandbox.checks import Document
from edid.sandbox.fates import Fate
from edid.sandbox.ledger import ACCEPTED, Ledger
from edid.sandbox.scenarios import Script

_MESSAGES = frozenset({Kind.CPP_STATUT, Kind.CDAR})
_Key = tuple[str, str, int]
_AFTER: dict[Fate, Fate | None] = {
    Fate.SUSPENDED: Fate.COMPLETED,
    Fate.DISPUTED: Fate.COMPLETED,
    Fate.RECYCLED: Fate.INTEGRATED,
    Fate.REFUSED: Fate.INTEGRATED,
    Fate.UNREADABLE: Fate.INTEGRATED,
}
"""What becomes of an invoice that comes again under its number; any other was taken, and is refused as repeated."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One invoice that was taken."""

    flow: FlowName
    fate: Fate


class Memory:
    """Seller, number and year of every invoice taken so far, out of the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._taken: dict[_Key, Taken] = {}
        self.documents = 0
        """Invoices taken so far."""
        for event in ledger.events(ACCEPTED):
            flow = parse_lenient(event["name"])
            for document in event["documents"]:
                self.documents += document["kind"] not in _MESSAGES
                self._remember(_written_key(document), flow, Fate(document["fate"]))

    def fates(self, documents: Sequence[Document], script: Script) -> list[Fate]:
        """Return what becomes of the documents of a flow by `script`, and by what came before; messages are taken."""
        numbers = [document.facts.number if document.facts else None for document in documents]
        chosen = script.fates_of(numbers, self.documents)
        return [
            Fate.INTEGRATED if document.kind in _MESSAGES else self._after(document) or fate
            for document, fate in zip(documents, chosen, strict=True)
        ]

    def remember(self, flow: FlowName, documents: Sequence[Document], fates: Sequence[Fate]) -> None:
        """Take in that `documents` were taken."""
        for document, fate in zip(documents, fates, strict=True):
            self.documents += document.kind not in _MESSAGES
            self._remember(_key(document.facts), flow, fate)

    def taken(self, status: InvoiceStatus) -> Taken | None:
        """Return the invoice that `status` speaks of, if it was taken here."""
        seller = supplier_siren(status) or status.supplier_id
        if seller is None or status.invoice_date is None:
            return None
        return self._taken.get((seller, status.number, status.invoice_date.year))

    def _after(self, document: Document) -> Fate | None:
        key = _key(document.facts)
        before = self._taken.get(key) if key is not None else None
        return None if before is None else _AFTER.get(before.fate, Fate.REPEATED)

    def _remember(self, key: _Key | None, flow: FlowName | None, fate: Fate) -> None:
        if key is not None and flow is not None and fate is not Fate.REPEATED:
            self._taken[key] = Taken(flow, fate)


def _key(facts: Facts | None) -> _Key | None:
    if facts is None or not facts.number or facts.seller_key is None or facts.issue_date is None:
        return None
    return facts.seller_key, facts.number, facts.issue_date.year


def _written_key(document: dict[str, Any]) -> _Key | None:
    issued, number, seller = document.get("issued"), document["number"], document["seller"]
    if not (issued and number and seller):
        return None
    return seller, number, date.fromisoformat(issued).year
