"""The particulars of an invoice: each datum with its place, whatever the syntax. Absent is None or an empty tuple."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Datum:
    """A value as written (blanks around it removed) and where it stands."""

    value: str
    line: int | None
    path: str
    """XPath with the prefixes of the document."""
    scheme: str | None = None
    """schemeID, schemeName, listID, mimeCode or currencyID: the attribute that qualifies this kind of value."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part: identifiers, name, contacts."""

    identifiers: tuple[Datum, ...] = ()
    """All of them, party and legal ones, with their schemes as written: 1, 0009, 0002, SIRET, ETR, ... ."""
    name: Datum | None = None
    trade_name: Datum | None = None
    street: Datum | None = None
    city: Datum | None = None
    country: Datum | None = None
    contacts: int = 0
    place: Datum | None = None
    """The party itself, for what is missing in it."""


@dataclass(frozen=True, slots=True)
class Supplement:
    """A supporting document (BG-24), embedded or not."""

    name: Datum | None = None
    """Name that the platform gives the file: the id in UBL and CII of Chorus Pro."""
    filename: Datum | None = None
    """Attribute `filename` of the embedded bytes."""
    reference: Datum | None = None
    mime: Datum | None = None
    type_code: Datum | None = None
    embedded: bool = False
    size: int | None = None
    """Bytes after base64; None when nothing is embedded or the base64 is broken."""
    form: Literal["zip", "pdf", "xml", "other", "empty", "broken"] | None = None
    """What the embedded bytes are, told from their beginning; None when nothing is embedded."""
    zip_members: tuple[str, ...] | None = None
    """Names inside when it is a zip that can be read."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """An invoice or credit note as its rules see it. Field comments give the business term of EN 16931."""

    syntax: Literal["ubl", "cii"]
    is_credit_note: bool
    number: Datum | None = None  # BT-1
    issue_date: Datum | None = None  # BT-2, as written
    type_code: Datum | None = None  # BT-3
    currency: Datum | None = None  # BT-5
    other_currencies: tuple[Datum, ...] = ()
    """Amounts whose currencyID differs from BT-5, first of each currency; those of BT-6 / BT-111 are left out."""
    frame: Datum | None = None  # BT-23, cadre de facturation
    profile: Datum | None = None  # BT-24
    service_code: Datum | None = None  # BT-10, code service
    engagement: Datum | None = None  # BT-13
    contract: Datum | None = None  # BT-12, marche
    contract_type: Datum | None = None
    payment_means: tuple[Datum, ...] = ()  # BT-81
    payment_accounts: tuple[Datum, ...] = ()  # BT-84
    payment_terms: tuple[Datum, ...] = ()  # BT-20
    notes: tuple[Datum, ...] = ()  # BT-22
    seller: Party = Party()  # BG-4
    buyer: Party = Party()  # BG-7
    payee: Party | None = None  # BG-10
    validator: Party | None = None
    """The valideur of a subcontractor's or works invoice: CII InvoiceeTradeParty; UBL ServiceProviderParty of the
    customer (place of the invoicee in the French UBL binding; Chorus Pro's own UBL place is not known)."""
    supplements: tuple[Supplement, ...] = ()
    preceding: tuple[Datum, ...] = ()  # BT-25
    delivery_location: Datum | None = None  # BT-71
    line_count: int = 0
    line_preceding: tuple[Datum, ...] = ()
    """Numbers of prior invoices on lines (EXT-FR-FE-136)."""
    item_descriptions_too_long: tuple[Datum, ...] = ()
    """Item descriptions (BT-154) of more than 1,024 characters, the first ten, cut to 120 characters."""
    payable: Decimal | None = None  # BT-115
    amounts: tuple[Datum, ...] = ()
    """Header amounts as written, for length checks (BG-22)."""
