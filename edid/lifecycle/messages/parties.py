"""The parties of a lifecycle message, taken from the facts of the invoice or from a structure's number.

Schemes of identifiers: ISO 6523 (0002 SIREN, 0009 SIRET, 0223 VAT number of the Union, 0225 electronic address).
"""

from __future__ import annotations

from dataclasses import dataclass

from edid.documents.cdar.names import BUYER, SELLER, SIREN
from edid.documents.kinds import Facts
from edid.lifecycle.messages.codes import PLATFORM

_VAT, _ADDRESS = "0223", "0225"
_OF_CHORUS = {"1": "0009", "2": _VAT, "3": "0227", "4": "0228", "5": "0229"}
"""TypeIdentifiant of Chorus Pro's own formats, as schemes of ISO 6523."""


@dataclass(frozen=True, slots=True)
class Party:
    """Someone who sends, gives or receives a status."""

    role: str
    """BY buyer, AB buyer's agent, SE seller, SR seller's agent, PE payee, PR payer, WK platform."""
    id: str | None = None
    scheme: str | None = SIREN
    name: str | None = None
    address: str | None = None
    """Electronic address where it takes lifecycle messages."""
    address_scheme: str = _ADDRESS


def platform() -> Party:
    """Return the platform, unnamed: as the sender of a message, and as the author of transmission statuses."""
    return Party(PLATFORM, scheme=None)


def company(number: str, *, role: str, name: str | None = None, address: str | None = None) -> Party:
    """Return a French company by its SIREN or SIRET, such as the structure of a sheet.

    Its SIREN serves as `address` unless another is given.
    """
    siren = _siren(number) or number
    return Party(role, siren, SIREN, name, address or siren)


def seller(facts: Facts, *, address: str | None = None) -> Party:
    """Return the seller of the invoice; without `address` its identifier is taken for one."""
    return _party(SELLER, (facts.seller_id, facts.seller_scheme, facts.seller_vat), facts.seller_name, address)


def buyer(facts: Facts, *, address: str | None = None) -> Party:
    """Return the buyer of the invoice; without `address` its identifier is taken for one."""
    return _party(BUYER, (facts.buyer_id, facts.buyer_scheme, facts.buyer_vat), facts.buyer_name, address)


def _party(
    role: str, numbers: tuple[str | None, str | None, str | None], name: str | None, address: str | None
) -> Party:
    identifier, scheme, vat = numbers
    siren = _siren(identifier) or _siren(vat)
    if siren is not None:
        return Party(role, siren, SIREN, name, address or siren)
    if identifier is None and vat is not None:
        return Party(role, vat, _VAT, name, address or vat)
    return Party(role, identifier, _OF_CHORUS.get(scheme or "", scheme), name, address or identifier)


def _siren(number: str | None) -> str | None:
    """Return the SIREN in a SIREN, a SIRET or a French VAT number."""
    return Facts(seller_id=number).seller_siren
