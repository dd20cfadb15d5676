"""Currency and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edid.documents.particulars.model import Particulars
from edid.validation.own.chorus.sources import BR_FR, EDITOR, HIGH, MEDIUM, PIVOT
from edid.validation.own.rule import Breach, Circumstances, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Severity

MOST_POSITIONS, MOST_DECIMALS = 19, 6
_DECIMAL = re.compile(r"[+-]?([0-9]*)\.?([0-9]*)")
_CURRENCY = re.compile(r"[A-Z]{3}")


def _currency(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    currency = particulars.currency
    if currency is not None and not _CURRENCY.fullmatch(currency.value):
        message = f"the currency '{short(currency.value)}' is no code of three capital letters."
        yield Breach(message, currency, short(currency.value), "three capital letters, such as EUR")


def _mixed(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    own = particulars.currency
    for other in particulars.other_currencies:
        expected = None if own is None else short(own.value)
        message = f"an amount is in {short(other.scheme or '')}, the invoice in {expected or 'another currency'}."
        yield Breach(message, other, short(other.scheme or ""), expected)


def _length(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in particulars.amounts:
        number = _DECIMAL.fullmatch(each.value)
        if number is None:
            continue  # what is no number is for the schema to say
        whole, decimals = len(number[1]), len(number[2])
        if whole + decimals > MOST_POSITIONS or decimals > MOST_DECIMALS:
            message = f"the amount {short(each.value)} is too long."
            expected = f"<= {MOST_POSITIONS} digits, of which <= {MOST_DECIMALS} decimals"
            yield Breach(message, each, short(each.value), expected)


RULES = (
    Rule("CPP-CURRENCY-CODE", Severity.FATAL, _currency, f"{PIVOT}, Devise. {HIGH}", ("BT-5",)),
    Rule("CPP-CURRENCY-MIXED", Severity.WARNING, _mixed, f"{EDITOR}. {MEDIUM}", ("BT-5",)),
    Rule(
        "CPP-AMOUNT-LENGTH",
        Severity.WARNING,
        _length,
        f"{EDITOR}; {BR_FR}, BR-FR-DEC-01, allows as many digits and fewer decimals. {MEDIUM}",
        ("BG-22", "BG-23"),
    ),
)
