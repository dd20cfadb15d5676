"""Identifiers of companies: what their schemes mean, which of them are SIRET, and whether the check digits are right.

Types: AIFE, schema CPPFacturePivot V2_02, TypeIdentifiant; text forms: AIFE, example flows FSO1116A; four digits:
ISO 6523 as the French rules use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from stdnum.fr import siret

from edid.documents.particulars.model import Datum


class Type(StrEnum):
    """TypeIdentifiant of Chorus Pro."""

    SIRET = "1"
    EU_VAT = "2"
    OUTSIDE_EU = "3"
    RIDET = "4"
    TAHITI = "5"
    BEING_REGISTERED = "6"
    PRIVATE_PERSON = "7"


_TYPES: Mapping[str, Type] = {
    **{each.value: each for each in Type},
    "SIRET": Type.SIRET,
    "ETR": Type.OUTSIDE_EU,
    "RIDET": Type.RIDET,
    "TAHITI": Type.TAHITI,
    "0009": Type.SIRET,
    "0223": Type.EU_VAT,
    "0226": Type.PRIVATE_PERSON,
    "0227": Type.OUTSIDE_EU,
    "0228": Type.RIDET,
    "0229": Type.TAHITI,
}
_NOT_A_COMPANY = frozenset({"SEPA", "0224", "0225", "0231"})
"""A bank's creditor reference, a service code, an electronic address, a group of taxable persons."""
_SIRET = re.compile(r"[0-9]{14}")


def of_companies(identifiers: Iterable[Datum]) -> Iterator[Datum]:
    """Yield those of `identifiers` that may say who a company is."""
    return (each for each in identifiers if (each.scheme or "").upper() not in _NOT_A_COMPANY)


def type_of(identifier: Datum) -> Type | None:
    """Return the type that the scheme of `identifier` stands for; None when it has none or an unknown one."""
    return _TYPES.get((identifier.scheme or "").upper())


def is_siret(value: str) -> bool:
    """Tell whether `value` has the form of a SIRET: 14 digits and nothing else."""
    return _SIRET.fullmatch(value) is not None


def has_right_digits(value: str) -> bool:
    """Tell whether the check digits of a SIRET are right; those of La Poste follow a rule of their own."""
    return bool(siret.is_valid(value))
