"""What an example invoice says, whatever its syntax; sums and roundings follow EN 16931, BR-CO-10 to 17."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TypedDict

from edid.errors import EdidError
from edid.sandbox.invoices.parties import BUYER, CUSTOMER, SELLER, Party

_CENT = Decimal("0.01")
NOTES = (
    ("PMT", "Indemnite forfaitaire pour frais de recouvrement : 40 EUR."),
    ("PMD", "Penalites de retard : trois fois le taux d'interet legal."),
    ("AAB", "Pas d'escompte pour paiement anticipe."),
)
"""The mentions of articles L441-9 and D441-5 of the Code de commerce, by their UNTDID 4451 code."""
_CATALOGUE = (
    ("REF-100", "Papier recycle A4, carton de 5 ramettes", Decimal("24.90"), Decimal("20.00")),
    ("REF-210", "Heure d'assistance sur site", Decimal("78.00"), Decimal("20.00")),
    ("REF-320", "Guide de saisie, edition imprimee", Decimal("18.00"), Decimal("5.50")),
    ("REF-430", "Entretien des espaces verts, journee", Decimal("315.00"), Decimal("20.00")),
    ("REF-540", "Repas de chantier", Decimal("14.60"), Decimal("10.00")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice line; amounts in the currency of the invoice, without VAT."""

    reference: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    vat_rate: Decimal

    @property
    def net(self) -> Decimal:
        """Quantity times price, rounded to the cent (BT-131)."""
        return cents(self.quantity * self.unit_price)


@dataclass(frozen=True, slots=True)
class VatShare:
    """One row of the VAT breakdown (BG-23)."""

    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Invoice:
    """An invoice (type 380) or credit note (type 381)."""

    number: str
    issue_date: date
    lines: tuple[Line, ...]
    seller: Party = SELLER
    buyer: Party = BUYER
    service_code: str | None = "ACHATS"
    engagement: str | None = "EJ-2026-0042"
    contract: str | None = None
    frame: str = "A1"
    """Cadre de facturation (BT-23): A1..A25 on the historical interfaces, else an AFNOR one such as B1."""
    type_code: str = "380"
    original_number: str | None = None
    """Of a credit note: the invoice that it corrects."""
    original_date: date | None = None
    currency: str = "EUR"

    @property
    def due_date(self) -> date:
        """Thirty days after the issue date."""
        return self.issue_date + timedelta(days=30)

    @property
    def historical(self) -> bool:
        """Tell whether the frame is one of the historical interfaces of Chorus Pro."""
        return self.frame.startswith("A")

    @property
    def validator(self) -> Party | None:
        """Who validates the invoice of a subcontractor (A9) or co-contractor (A12) before the buyer sees it."""
        return CUSTOMER if self.frame in {"A9", "A12"} else None

    @cached_property
    def vat(self) -> tuple[VatShare, ...]:
        """The VAT breakdown, by falling rate (BR-CO-17)."""
        bases: dict[Decimal, Decimal] = {}
        for line in self.lines:
            bases[line.vat_rate] = bases.get(line.vat_rate, Decimal(0)) + line.net
        return tuple(
            VatShare(rate, bases[rate], cents(bases[rate] * rate / 100)) for rate in sorted(bases, reverse=True)
        )

    @cached_property
    def net_total(self) -> Decimal:
        """Sum of the lines (BT-106, BT-109)."""
        return sum((line.net for line in self.lines), Decimal("0.00"))

    @cached_property
    def vat_total(self) -> Decimal:
        """Sum of the VAT (BT-110)."""
        return sum((share.amount for share in self.vat), Decimal("0.00"))

    @property
    def gross_total(self) -> Decimal:
        """Total with VAT (BT-112), all of it still to be paid (BT-115)."""
        return self.net_total + self.vat_total


class Choices(TypedDict, total=False):
    """What a caller may choose of an example; see `example_invoice`."""

    lines: int
    amount: Decimal | None
    seller: Party
    buyer: Party
    service_code: str | None
    engagement: str | None
    frame: str


def cents(value: Decimal) -> Decimal:
    """Round to two decimals, halves away from zero."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def example_lines(count: int, amount: Decimal | None = None) -> tuple[Line, ...]:
    """Return `count` lines from a small catalogue; with `amount`, single pieces that add up to it.

    Raises EdidError when `count` is not positive, or `amount` is not positive and cannot be shared in cents.
    """
    if count < 1:
        raise EdidError("an invoice has at least one line.", remedy="Ask for one line or more.")
    lines = tuple(_catalogue_line(place) for place in range(count))
    if amount is None:
        return lines
    amount = cents(amount)
    share = (amount / count).quantize(_CENT, ROUND_DOWN)
    last = amount - share * (count - 1)
    if share <= 0:
        raise EdidError(
            f"{amount} cannot be shared between {count} lines.",
            remedy="Ask for a greater amount or fewer lines.",
        )
    prices = [share] * (count - 1) + [last]
    return tuple(
        Line(line.reference, line.name, Decimal(1), price, line.vat_rate)
        for line, price in zip(lines, prices, strict=True)
    )


def example_invoice(
    number: str,
    issue_date: date,
    *,
    lines: int = 3,
    amount: Decimal | None = None,
    seller: Party = SELLER,
    buyer: Party = BUYER,
    service_code: str | None = "ACHATS",
    engagement: str | None = "EJ-2026-0042",
    frame: str = "A1",
    credit_of: str | None = None,
) -> Invoice:
    """Return an invoice of `lines` catalogue lines, or a credit note when `credit_of` names an invoice.

    `amount` is the total without VAT; by default it follows from the catalogue.
    """
    return Invoice(
        number=number,
        issue_date=issue_date,
        lines=example_lines(lines, amount),
        seller=seller,
        buyer=buyer,
        service_code=service_code,
        engagement=engagement,
        frame=frame,
        type_code="380" if credit_of is None else "381",
        original_number=credit_of,
        original_date=None if credit_of is None else issue_date - timedelta(days=10),
    )


def _catalogue_line(place: int) -> Line:
    reference, name, price, rate = _CATALOGUE[place % len(_CATALOGUE)]
    return Line(reference, name, Decimal(1 + place * 7 % 5), price, rate)
