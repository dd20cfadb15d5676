"""One decision: the status that somebody wants to give about one document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """An amount received, tax included, at one VAT rate."""

    amount: Decimal
    currency: str = "EUR"
    vat_rate: Decimal | None = None
    """In percent."""
    on: date | None = None
    """The day it was paid."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a row of a decision file says. The document is named by its id, or by number and, where needed, supplier."""

    status: str
    """Number of the sheet's format, canonical name, or French label."""
    document_id: int | None = None
    number: str | None = None
    supplier: str | None = None
    """SIREN, SIRET or VAT number of the seller."""
    issue_date: date | None = None
    reasons: tuple[str, ...] = ()
    """Codes of motives."""
    comment: str | None = None
    payments: tuple[Payment, ...] = ()
    payment_order: str | None = None
    """IdMandatDP."""
    at: datetime | None = None
    """When it was decided; aware. None: now."""
