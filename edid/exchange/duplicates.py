"""The duplicate guard: nothing is sent twice, whatever the ERP drops twice.

Two keys, both unique in the journal: the same bytes, and the same invoice. An invoice is the same when seller
SIREN, number and year of issue are (AIFE, Dossier de specifications externes Chorus Pro v1.1, uniqueness of an
invoice). Keys are per platform and environment: what was tried in qualification may go to production. On the
platform `generic` each sheet is a partner of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, or_, select

from edid.config.sheet import SenderSheet
from edid.documents.kinds import Facts
from edid.journal.chunks import chunks
from edid.journal.tables import documents

_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Keys:
    """What a document occupies once it is on its way."""

    bytes_key: str
    invoice_key: str | None


@dataclass(frozen=True, slots=True)
class Original:
    """The document that is already there."""

    document_id: int
    same_bytes: bool


def keys(sheet: SenderSheet, sha256: str, facts: Facts | None) -> Keys:
    """Return the keys of a document of `sheet`; without number, date or seller only the bytes tell."""
    partner = sheet.name if sheet.platform == "generic" else sheet.platform
    scope = f"{partner}/{sheet.environment}"
    invoice_key = None
    if facts is not None and facts.number and facts.issue_date and facts.seller_key:
        invoice_key = _bounded(f"{scope}/{facts.seller_key}/{facts.issue_date.year}/{facts.number}")
    return Keys(f"{scope}/{sha256}", invoice_key)


def _bounded(key: str) -> str:
    """Return `key`, or its digest when it is longer than an index takes."""
    return key if len(key) <= _LONGEST else f"sha256:{sha256(key.encode(errors='surrogatepass')).hexdigest()}"


class Guard:
    """The occupied keys: those of the journal, and those taken since in the same transaction."""

    def __init__(self, tx: Connection, wanted: Iterable[Keys]) -> None:
        self._by_bytes: dict[str, int] = {}
        self._by_invoice: dict[str, int] = {}
        columns = documents.c
        for part in chunks(list(wanted)):
            bytes_keys = [key.bytes_key for key in part]
            invoice_keys = [key.invoice_key for key in part if key.invoice_key]
            query = select(columns.id, columns.bytes_key, columns.invoice_key).where(
                or_(columns.bytes_key.in_(bytes_keys), columns.invoice_key.in_(invoice_keys))
            )
            for row in tx.execute(query):
                self.occupy(Keys(row.bytes_key, row.invoice_key), row.id)

    def original(self, key: Keys) -> Original | None:
        """Return the document that occupies one of the keys, if any."""
        if key.bytes_key in self._by_bytes:
            return Original(self._by_bytes[key.bytes_key], same_bytes=True)
        if key.invoice_key is not None and key.invoice_key in self._by_invoice:
            return Original(self._by_invoice[key.invoice_key], same_bytes=False)
        return None

    def occupy(self, key: Keys, document_id: int) -> None:
        """Remember that `document_id` holds the keys."""
        self._by_bytes[key.bytes_key] = document_id
        if key.invoice_key is not None:
            self._by_invoice[key.invoice_key] = document_id
