"""Whether a received invoice was filed before, and what its new coming means.

The platform may hand an invoice over again. Its element `Renvoi` tells a new making-available (`Complétée`, `Recyclée`)
from the first one (`Non`), its number `IdCPRO` tells invoices apart (AIFE, XSD CPPFacturePivot V2_02); without it an
invoice is the same when seller, number and year of issue are (AIFE, Dossier de specifications externes Chorus Pro v1.1,
uniqueness of an invoice). Two different IdCPRO are two invoices, whatever else they share.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, or_, select

from edid.documents.kinds import INVOICES, Facts, Kind, PivotInvoice
from edid.exchange.storable import cut
from edid.journal.chunks import chunks
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState
from edid.journal.tables import documents

Again = Literal["completed", "recycled"]
_WORDS: tuple[tuple[str, Again], ...] = (("complet", "completed"), ("recycl", "recycled"))
_KINDS = sorted((*INVOICES, Kind.CPP_PIVOT))


def made_available_again(resend: str | None) -> Again | None:
    """Return what `Renvoi` says of a new making-available; None for `Non`, nothing, and words that edid does not know.

    Accents and case do not count: older schemas and broken encodings write them otherwise.
    """
    plain = "".join(
        sign for sign in unicodedata.normalize("NFD", (resend or "")[:40]) if not unicodedata.combining(sign)
    )
    word = plain.strip().casefold()
    return next((again for start, again in _WORDS if word.startswith(start)), None)


@dataclass(frozen=True, slots=True)
class Before:
    """An invoice that was filed before."""

    document_id: int | None
    """None: it came in the same flow, and has no row yet; `index` then says which it is."""
    filed_as: str
    flow_id: int
    index: int = -1


Key = tuple[str, str, int]


class Earlier:
    """The invoices that one sheet filed before a flow, as far as this flow may repeat them; and those of this flow."""

    def __init__(self) -> None:
        self._by_platform_id: dict[str, Before] = {}
        self._by_key: dict[Key, Before] = {}
        self._nameless: dict[Key, Before] = {}
        """Those that have no number of the platform: they may be the same as one that has."""

    def look_up(self, view: Connection, sheet: str, flow_id: int, invoices: Sequence[PivotInvoice]) -> None:
        """Read what the journal knows of `invoices` from other flows than `flow_id`."""
        columns = documents.c
        for part in chunks(list(invoices)):
            platform_ids = {cut(invoice.chorus_id) for invoice in part if invoice.chorus_id}
            numbers = {cut(invoice.facts.number) for invoice in part if invoice.facts.number}
            query = select(
                *(columns.id, columns.number, columns.issue_date, columns.seller_key),
                *(columns.platform_id, columns.filed_as, columns.flow_id),
            ).where(
                columns.sheet == sheet,
                columns.direction == Direction.IN,
                columns.state == DocumentState.FILED,
                columns.kind.in_(_KINDS),
                columns.flow_id != flow_id,
                or_(columns.platform_id.in_(platform_ids), columns.number.in_(numbers)),
            )
            for row in view.execute(query.order_by(columns.id)):
                self._remember(_before(row), row.platform_id, _row_key(row))

    def find(self, invoice: PivotInvoice) -> Before | None:
        """Return the newest filing of this very invoice, if any."""
        platform_id = cut(invoice.chorus_id)
        if platform_id is not None and platform_id in self._by_platform_id:
            return self._by_platform_id[platform_id]
        key = _key(invoice.facts)
        if key is None:
            return None
        return self._by_key.get(key) if platform_id is None else self._nameless.get(key)

    def remember(self, before: Before, invoice: PivotInvoice) -> None:
        """Take in that `invoice` is filed now."""
        self._remember(before, cut(invoice.chorus_id), _key(invoice.facts))

    def _remember(self, before: Before, platform_id: str | None, key: Key | None) -> None:
        if platform_id is not None:
            self._by_platform_id[platform_id] = before
        if key is not None:
            self._by_key[key] = before
            if platform_id is None:
                self._nameless[key] = before


def _before(row: AnyRow) -> Before:
    return Before(row.id, row.filed_as or "", row.flow_id)


def _row_key(row: AnyRow) -> Key | None:
    if not (row.seller_key and row.number and row.issue_date):
        return None
    return row.seller_key, row.number, row.issue_date.year


def _key(facts: Facts) -> Key | None:
    seller, number = cut(facts.seller_key), cut(facts.number)
    if not (seller and number and facts.issue_date):
        return None
    return seller, number, facts.issue_date.year
