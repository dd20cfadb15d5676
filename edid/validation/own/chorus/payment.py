"""How the invoice is paid."""

from __future__ import annotations

from collections.abc import Iterator

from edid.documents.particulars.model import Particulars
from edid.validation.own.chorus.sources import AGREED, ANNEX, OCA, PIVOT
from edid.validation.own.rule import Breach, Circumstances, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Severity

CODES = ("01", "10", "20", "30", "31", "42", "48", "49", "58", "59", "97")


def _present(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if not particulars.is_credit_note and not particulars.payment_means:
        yield Breach("the invoice has no payment means code.", None, None, ", ".join(CODES))


def _code(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for means in particulars.payment_means:
        if means.value not in CODES:
            message = f"the payment means code '{short(means.value)}' is not among those of Chorus Pro."
            yield Breach(message, means, short(means.value), ", ".join(CODES))


RULES = (
    Rule(
        "CPP-PAYMENT-MEANS",
        Severity.FATAL,
        _present,
        f"{ANNEX}, rule S2.05; {PIVOT}, ModePaiement; rejections told to {OCA}. {AGREED}",
        ("BT-81",),
    ),
    Rule(
        "CPP-PAYMENT-CODE",
        Severity.FATAL,
        _code,
        f"{ANNEX}, rule S2.05; {PIVOT}, ModePaiement/Code: a closed list too, within this one. {AGREED}",
        ("BT-81",),
    ),
)
