"""Received pivots of several invoices, with all that the platform may say of them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.unit.exchange.returned import zipped

PDF = b"%PDF-1.7 readable"


@dataclass(frozen=True, slots=True)
class PJ:
    """An attachment."""

    name: str
    content: bytes
    role: str = "02"
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """One invoice."""

    number: str = "R-1"
    platform_id: str | None = "9001"
    resend: str | None = "Non"
    date: str = "2026-11-01"
    supplier: str = "73282932000074"
    service: str = "S1"
    attachments: tuple[PJ, ...] = ()
    steps: str = ""


def pivot_with(*units: Unit, version: str = "V2_02") -> bytes:
    """Return a CPPFacturePivot of `units`."""
    written = "".join(_unit(place, unit) for place, unit in enumerate(units, 1))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><CPPFacturePivot Version="{version}">'
        f'<CPPFactures Compteur="{len(units)}">{written}</CPPFactures></CPPFacturePivot>'
    ).encode()


def _unit(place: int, unit: Unit) -> str:
    parts = "".join(_attachment(number, given) for number, given in enumerate(unit.attachments, 1))
    return f"""<CPPFacturePivotUnitaire NumOrdre="{place}">
<Fournisseur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>{unit.supplier}</Identifiant>
<RaisonSociale>Vendeur</RaisonSociale></Fournisseur>
<Debiteur><Identifiant>21930053000017</Identifiant><CodeService>{unit.service}</CodeService></Debiteur>
<DonneesFacture><Id>{unit.number}</Id>{_leaf("IdCPRO", unit.platform_id)}{_leaf("Renvoi", unit.resend)}
<DateEmissionFacture>{unit.date}</DateEmissionFacture></DonneesFacture>
{parts}{unit.steps}</CPPFacturePivotUnitaire>"""


def _attachment(number: int, given: PJ) -> str:
    return (
        f'<PJ NumOrdre="{number}"><Contenu>{zipped(given.content)}</Contenu><NomPJ>{given.name}</NomPJ>'
        f"{_leaf('CategoriePJ', given.category)}<TypePJ>{given.role}</TypePJ></PJ>"
    )


def _leaf(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{text}</{name}>"
