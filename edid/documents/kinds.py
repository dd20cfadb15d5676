"""The kinds of business object that edid knows, and what it reads of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """A kind of document, told from its content."""

    UBL_INVOICE = "ubl-invoice"
    UBL_CREDIT_NOTE = "ubl-credit-note"
    CII = "cii"
    FACTUR_X = "factur-x"
    CPP_STATUT = "cpp-statut"
    CPP_PIVOT = "cpp-pivot"
    CDAR = "cdar"
    CPP_MIXTE = "cpp-mixte"
    """CPPFactureMixte, deposit FSO1113A: several invoices with their PDF."""
    ESPD_REQUEST = "espd-request"
    """UBL QualificationApplicationRequest: DUME of a public buyer."""
    ESPD_RESPONSE = "espd-response"
    """UBL QualificationApplicationResponse: DUME of a company."""
    ARCHIVE = "archive"


INVOICES = frozenset({Kind.UBL_INVOICE, Kind.UBL_CREDIT_NOTE, Kind.CII, Kind.FACTUR_X})
"""Kinds that hold exactly one invoice or credit note."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What every later step needs of an invoice or credit note. Absent data are None, never invented.

    Identifiers are strings as written in the document (blanks trimmed); amounts are Decimal in `currency`.
    Sources: EN 16931-1 (BT numbers in the comments); for the places Chorus Pro uses, AIFE's sample flows FSO1116A.
    """

    number: str | None = None  # BT-1
    issue_date: date | None = None  # BT-2
    type_code: str | None = None  # BT-3
    currency: str | None = None  # BT-5
    frame: str | None = None  # BT-23, cadre de facturation
    profile: str | None = None  # BT-24
    service_code: str | None = None  # BT-10, code service
    engagement: str | None = None  # BT-13, numero d'engagement
    contract: str | None = None  # BT-12, marche
    seller_name: str | None = None  # BT-27
    seller_id: str | None = None  # SIRET, SIREN or other legal identifier (BT-29, BT-30)
    seller_scheme: str | None = None
    seller_vat: str | None = None  # BT-31
    buyer_name: str | None = None  # BT-44
    buyer_id: str | None = None  # BT-46, BT-47
    buyer_scheme: str | None = None
    buyer_vat: str | None = None  # BT-48
    net_total: Decimal | None = None  # BT-109
    vat_total: Decimal | None = None  # BT-110
    gross_total: Decimal | None = None  # BT-112
    payable: Decimal | None = None  # BT-115
    original_number: str | None = None  # BT-25

    @property
    def seller_siren(self) -> str | None:
        """The seller's SIREN: 9 digits of its SIREN, SIRET or French VAT number; else None."""
        for value in (self.seller_id, self.seller_vat):
            compact = "".join((value or "").split())
            if not compact.isascii():  # digits of other scripts are none of a SIREN
                continue
            if compact.isdigit() and len(compact) in {9, 14}:
                return compact[:9]
            if compact.startswith("FR") and len(compact) == 13 and compact[4:].isdigit():
                return compact[4:]
        return None

    @property
    def seller_key(self) -> str | None:
        """What tells this seller from others: its SIREN, else its identifier or VAT number as written."""
        return self.seller_siren or self.seller_id or self.seller_vat


@dataclass(frozen=True, slots=True)
class FlowStatus:
    """One CPPFluxStatutUnitaire: the platform's word about a flow."""

    code: str
    flow_id: str
    at: datetime | None
    label: str | None = None
    comment: str | None = None
    errors: tuple[tuple[str, str, str, str], ...] = ()
    """Each error: nature, code, label, description."""


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One datum of a motive, such as an amount paid (MEN) or the place of a wrong value. MDT-206 to MDT-224."""

    id: str | None = None
    type_code: str | None = None
    name: str | None = None
    location: str | None = None
    value: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One motive of a status, as written."""

    code: str | None = None
    text: str | None = None
    action_code: str | None = None
    action: str | None = None
    notes: tuple[str, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceStatus:
    """One word about an invoice: a CPPFactureStatutUnitaire, or the one status of a CDAR message."""

    code: str
    number: str
    at: datetime | None
    invoice_date: date | None = None
    supplier_type: str | None = None
    supplier_id: str | None = None
    supplier_name: str | None = None
    debtor_id: str | None = None
    service_code: str | None = None
    label: str | None = None
    comment: str | None = None
    payment_order: str | None = None
    reasons: tuple[Reason, ...] = ()
    dialect: str = "cpp-statut"
    """Whose codes: `cpp-statut`, `cdar`."""
    message_id: str | None = None
    """The message's own number (MDT-4)."""
    phase: str | None = None
    """305 transmission, 23 treatment (MDT-77)."""
    condition: str | None = None
    """Code of the phase (MDT-88)."""


@dataclass(frozen=True, slots=True)
class ValidationStep:
    """One step of a CycleDeValidation: who validated or refused, and when."""

    code: str | None = None
    at: datetime | None = None
    label: str | None = None
    comment: str | None = None
    actor_id: str | None = None
    actor_name: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """One PJ of a pivot invoice, decoded to a file in the work folder."""

    name: str
    """Safe file name, unique within its invoice."""
    path: Path
    size: int
    sha256: str
    role: str
    """TypePJ: 01 the invoice itself, 02 complementary."""
    mime: str | None = None
    declared_name: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class PivotInvoice:
    """One CPPFacturePivotUnitaire."""

    order: int
    facts: Facts
    chorus_id: str | None = None
    resend: str | None = None
    """Renvoi: Non, Completee or Recyclee, as written."""
    steps: tuple[ValidationStep, ...] = ()
    """CycleDeValidation, in document order."""
    attachments: tuple[Attachment, ...] = ()
    faults: tuple[str, ...] = ()
    """What could not be decoded, one sentence each; the invoice is filed all the same."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, unpacked to the work folder."""

    name: str
    """Name inside the archive, for display only: never a path."""
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file is and says. Exactly the parts that fit `kind` are filled."""

    kind: Kind
    facts: Facts | None = None
    interface_hint: str | None = None
    """Interface code named inside the file, such as FSO1110A of the xml-stylesheet instruction."""
    envelope_flow_id: str | None = None
    """IdFlx of a CPPStatut or CPPFacturePivot envelope."""
    version: str | None = None
    """@Version of a CPPStatut or CPPFacturePivot."""
    flow_statuses: tuple[FlowStatus, ...] = ()
    invoice_statuses: tuple[InvoiceStatus, ...] = ()
    invoices: tuple[PivotInvoice, ...] = ()
    members: tuple[Member, ...] = field(default=())
