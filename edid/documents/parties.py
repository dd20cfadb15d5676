"""Which of a party's several identifiers speaks for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

_SIRET = frozenset({"0009", "1", "SIRET"})
_SIREN = frozenset({"0002", "SIREN"})
_NOT_A_PARTY = frozenset({"SEPA"})
"""UBL keeps the creditor's bank reference (BT-90) among the seller's identifiers."""


class Identifier(NamedTuple):
    """An identifier and its scheme, both as written."""

    value: str | None
    scheme: str | None


def best(candidates: Iterable[Identifier]) -> Identifier:
    """Return the SIRET of `candidates`, else the SIREN, else the first; `Identifier(None, None)` when none.

    Schemes: ISO 6523 ICD `0009` and `0002`; Chorus Pro writes `1` for a SIRET (AIFE, Dossier de specifications
    externes Chorus Pro, data of the supplier and of the recipient).
    """
    usable = [it for it in candidates if it.value and (it.scheme or "").upper() not in _NOT_A_PARTY]
    for wanted in (_SIRET, _SIREN):
        for candidate in usable:
            if (candidate.scheme or "").upper() in wanted:
                return candidate
    return usable[0] if usable else Identifier(None, None)
