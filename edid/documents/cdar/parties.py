"""Who is who in a CDAR message, and by which of its identifiers a party is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from edid.documents.cdar.names import RAM, SIREN, SIRET
from edid.documents.cdar.values import text
from edid.documents.values import content

_ROLES = ("SenderTradeParty", "IssuerTradeParty", "RecipientTradeParty")
_BEST_FIRST = (SIREN, SIRET)


@dataclass(frozen=True, slots=True)
class Named:
    """One party."""

    role: str | None = None
    id: str | None = None
    scheme: str | None = None
    name: str | None = None


def parties(document: etree._Element | None) -> Iterator[Named]:
    """Yield the parties of `document`: sender, issuer, recipients."""
    if document is not None:
        for name in _ROLES:
            yield from map(named, document.iterchildren(RAM + name))


def named(party: etree._Element | None) -> Named:
    """Return who `party` is; of several identifiers the SIREN, else the SIRET, else the first."""
    if party is None:
        return Named()
    best: tuple[str, str | None] | None = None
    for node in party.iterchildren(f"{RAM}GlobalID", f"{RAM}ID"):
        value, scheme = content(node), (node.get("schemeID") or "").strip() or None
        if value is not None and (best is None or _rank(scheme) < _rank(best[1])):
            best = value, scheme
    identifier, scheme = best or (None, None)
    return Named(text(party, "RoleCode"), identifier, scheme, text(party, "Name"))


def _rank(scheme: str | None) -> int:
    return _BEST_FIRST.index(scheme) if scheme in _BEST_FIRST else len(_BEST_FIRST)
