"""How Chorus Pro's own formats identify a supplier. Source: AIFE, schema CPPStatut V1_19, TypeIdentifiant."""

from __future__ import annotations

from edid.documents.kinds import Facts
from edid.errors import RefusedInputError

_TYPES = frozenset("1234567")
_OF_SCHEME = {"0002": "1", "0009": "1", "0223": "2", "0227": "3", "0228": "4", "0229": "5"}
"""Schemes of ISO 6523 as these types."""


def supplier_of(facts: Facts) -> tuple[str, str]:
    """Return TypeIdentifiant and Identifiant of the seller: 1 French, 2 another country of the Union, 3 elsewhere.

    What the platform wrote in a received invoice comes back unchanged.
    Raises RefusedInputError (`EDID_STATUS`) when the invoice names no seller.
    """
    scheme = facts.seller_scheme or ""
    if facts.seller_id and (scheme in _TYPES or scheme in _OF_SCHEME):
        return _OF_SCHEME.get(scheme, scheme), facts.seller_id
    if facts.seller_siren is not None:
        return "1", facts.seller_id or facts.seller_siren
    if facts.seller_vat is not None:
        return "2", facts.seller_vat
    if facts.seller_id:
        return "3", facts.seller_id
    raise unknown(facts, "names no supplier by number")


def unknown(facts: Facts, what: str) -> RefusedInputError:
    """Return the refusal to give a status about an invoice that lacks what every status must say."""
    return RefusedInputError(
        f"invoice {facts.number} {what}, and a status must say it.",
        code="EDID_STATUS",
        remedy="Give the status on the platform's own site.",
    )
