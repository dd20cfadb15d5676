"""How identifiers and codes of an invoice are compared with those of a sheet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from edid.documents.kinds import Facts

Fit = Literal["yes", "no", "unclear"]


def compact(value: str | None) -> str:
    """Return `value` without any blank, in capitals: `FR 12 345` is `FR12345`."""
    return "".join((value or "").split()).upper()


def folded(text: str) -> str:
    """Return the letters and digits of `text` alone, small and without accents: what stays however it is written."""
    # Capitals first: some letters have no small form of their own, and casefold() alone would tell them apart.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper().casefold())
    return "".join(sign for sign in parts if sign.isalnum())


def squeezed(text: str) -> str:
    """Return `text` in small letters, without blanks and invisible signs, every kind of dash as `-`.

    Other signs stay: the beginning `AG-` must not be taken for that of AGRICULTURE.
    """
    return "".join(map(_plain, unicodedata.normalize("NFKC", text).upper().casefold()))


fold_of_setting = lru_cache(maxsize=65_536)(folded)
squeeze_of_setting = lru_cache(maxsize=65_536)(squeezed)
"""The same for texts of a sheet, which are few and come back for every invoice."""


def recipient_fit(sirets: Iterable[str], facts: Facts) -> Fit:
    """Tell whether the recipient is one of `sirets`; `unclear` when the invoice does not name a SIRET at all.

    A SIREN, or a French VAT number, of another company is a clear no.
    """
    number = compact(facts.buyer_id)
    if len(number) == 14 and _is_number(number):
        return "yes" if number in sirets else "no"
    siren = _siren(number) or _siren(compact(facts.buyer_vat))
    if siren and not any(siret.startswith(siren) for siret in sirets):
        return "no"
    return "unclear"


def supplier_is(wanted: str, facts: Facts) -> bool:
    """Tell whether the supplier bears the identifier `wanted`: a SIREN fits each of its SIRETs."""
    number = compact(wanted)
    if len(number) == 9 and _is_number(number) and number == facts.seller_siren:
        return True
    return bool(number) and number in {compact(facts.seller_id), compact(facts.seller_vat)}


def _siren(number: str) -> str | None:
    if len(number) == 9 and _is_number(number):
        return number
    if len(number) == 13 and number.startswith("FR") and _is_number(number[4:]):
        return number[4:]
    return None


def _is_number(text: str) -> bool:
    """Tell whether `text` is made of the digits 0 to 9, not of those of other scripts."""
    return text.isascii() and text.isdigit()


def _plain(sign: str) -> str:
    category = unicodedata.category(sign)
    if category[0] in "ZC":
        return ""
    return "-" if category == "Pd" else sign
