"""Data of a status that are numbers: what was cashed or paid. Types of MDT-207: BR-FR-CDV-CL-11."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from edid.documents.kinds import Characteristic

CASHED, PAID = "MEN", "MPA"


def cashed(amount: Decimal, percent: Decimal, currency: str = "EUR") -> Characteristic:
    """Return one sum cashed, VAT included, at the VAT rate `percent`: status 212 needs one for each rate.

    A negative sum takes back one that was said before.
    """
    return Characteristic(type_code=CASHED, amount=amount, currency=currency, percent=percent)


def paid(amount: Decimal, on: date | None = None, currency: str = "EUR") -> Characteristic:
    """Return one sum paid, VAT included, for status 211, and its day."""
    return Characteristic(type_code=PAID, amount=amount, currency=currency, value=on.isoformat() if on else None)
