"""The particulars of an invoice: each datum with its place, whatever the syntax. Absent is None or an empty tuple."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Form = Literal["zip", "pdf", "xml", "other", "empty", "broken"]


@dataclass(frozen=True, slots=True)
class Datum:
    """A value as written (blanks around it removed) and where it stands."""

    value: str
    line: int | None
    path: str
    """XPath with the prefixes of the document."""
    scheme: str | None = None
    """schemeID, schemeName, format or currencyID: the attribute that qualifies this kind of value; of a note, its
    subject code."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part: identifiers, name, contacts."""

    identifiers: tuple[Datum, ...] = ()
    """All of them, party and legal ones, with their schemes as written: 1, 0009, 0002, SIRET, ETR, ... ."""
    legal: tuple[Datum, ...] = ()
    """Those of `identifiers` that stand as legal registration (BT-30, BT-47)."""
    name: Datum | None = None
    trade_name: Datum | None = None
    street: Datum | None = None
    city: Datum | None = None
    country: Datum | None = None
    contacts: int = 0
    place: Datum | None = None
    """The party itself, with an empty value, for what is missing in it."""


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
    """Bytes after base64; None when nothing is embedded, the base64 is broken, or the content is not at hand."""
    form: Form | None = None
    """What the embedded bytes are, told from their beginning; None when nothing is embedded or at hand."""
    zip_members: tuple[str, ...] | None = None
    """Names of the files inside a zip, the first hundred; empty when its list of files is empty or damaged; None when
    it is no zip, or the list was not read."""
    place: Datum | None = None
    """The supporting document itself, with an empty value, for what is missing in it."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """An invoice or credit note as its rules see it. Field comments give the business term of EN 16931."""

    syntax: Literal["ubl", "cii"]
    is_credit_note: bool
    """A UBL CreditNote, or a type code that UNTDID 1001 gives to credit notes."""
    number: Datum | None = None  # BT-1
    issue_date: Datum | None = None  # BT-2, as written
    type_code: Datum | None = None  # BT-3
    currency: Datum | None = None  # BT-5
    other_currencies: tuple[Datum, ...] = ()
    """Amounts whose currencyID differs from BT-5 (without BT-5: from the first one), first of each currency, ten
    currencies at most; those of BT-6 / BT-111 are left out."""
    frame: Datum | None = None  # BT-23, cadre de facturation
    profile: Datum | None = None  # BT-24
    service_code: Datum | None = None  # BT-10, code service
    engagement: Datum | None = None  # BT-13
    contract: Datum | None = None  # BT-12, marche
    contract_type: Datum | None = None
    payment_means: tuple[Datum, ...] = ()  # BT-81
    payment_accounts: tuple[Datum, ...] = ()  # BT-84
    payment_terms: tuple[Datum, ...] = ()  # BT-20
    notes: tuple[Datum, ...] = ()
    """BT-22, without the subject code that UBL writes before the text."""
    seller: Party = Party()  # BG-4
    buyer: Party = Party()  # BG-7
    payee: Party | None = None  # BG-10
    validator: Party | None = None
    """The valideur of a subcontractor's or works invoice: CII InvoiceeTradeParty; UBL ServiceProviderParty of the
    customer (place of the invoicee in the French UBL binding; Chorus Pro's own UBL place is not known)."""
    supplements: tuple[Supplement, ...] = ()
    preceding: tuple[Datum, ...] = ()  # BT-25
    delivery_location: Datum | None = None  # BT-71
    line_count: int | None = None
    """None when the lines are no longer at hand."""
    line_preceding_too_long: tuple[Datum, ...] = ()
    """Numbers of prior invoices on lines (EXT-FR-FE-136) of more than 20 characters, the first twenty."""
    item_descriptions_too_long: tuple[Datum, ...] = ()
    """Item descriptions (BT-154) of more than 1,024 characters, the first twenty."""
    payable: Decimal | None = None  # BT-115
    amounts: tuple[Datum, ...] = ()
    """Header amounts as written, for length checks (BG-22, BG-23)."""
    unseen: tuple[str, ...] = ()
    """What was not at hand or too much to read, such as `the lines`: what rules say of it counts for nothing."""
