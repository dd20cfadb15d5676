"""Which flow or invoice a status is about. Pure matching: the caller looks the candidates up.

Sources: AIFE, schema CPPStatut V1_19; AIFE, Dossier de specifications externes FE - Chorus Pro v1.1 (an
invoice is told by the supplier's SIREN, its number and its year of issue); AIFE, Dossier general v3.2
(placeholders when the platform could not read the keys); UN/CEFACT CDAR D22B as profiled by FNFE-MPE (MDT-87
number, MDT-100 date, MDT-129 supplier with its scheme).
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum

from edid.documents.kinds import Facts, FlowStatus, InvoiceStatus
from edid.flows.names import parse_lenient

_NO_NUMBER = "X" * 20
_NO_DATE = date(1900, 1, 1)
_NO_SIREN = "000000000"
_VAT_TYPE = "2"
_FRENCH_TYPES = {None, "1", _VAT_TYPE, "0002", "0009"}  # not said; CPPStatut: SIRET, VAT number; CDAR: SIREN, SIRET


class Match(IntEnum):
    """How surely a status is about an invoice; a stronger match compares greater."""

    NONE = 0
    NUMBER_ONLY = 1
    """Same number, but one side names no supplier: show it, never attach it by itself."""
    WITHOUT_YEAR = 2
    """Same supplier and number; one side has no date."""
    EXACT = 3
    """Same supplier, number and year of issue."""


def same_invoice(status: InvoiceStatus, facts: Facts) -> Match:
    """Return how surely `status` is about the invoice of `facts`.

    French suppliers are compared by SIREN, others by the identifier as written; numbers exactly but for
    outer blanks; dates by year. A placeholder (20 X, 1900-01-01, SIREN 000000000) on either side matches
    nothing.
    """
    if _has_placeholder(status, facts) or not _same_number(status.number, facts.number):
        return Match.NONE
    if not _same_year(status.invoice_date, facts.issue_date):
        return Match.NONE
    supplier = _same_supplier(status, facts)
    if supplier is None:
        return Match.NUMBER_ONLY
    if not supplier:
        return Match.NONE
    return Match.EXACT if status.invoice_date and facts.issue_date else Match.WITHOUT_YEAR


def flow_keys(status: FlowStatus, envelope_flow_id: str | None) -> list[str]:
    """Return what to look a flow up by, best first: identifiers (25 characters) and names without extension.

    Both the status's own IdFlux and the envelope's IdFlx may hold an identifier, a full name, or a number
    of the platform's own, which is returned as it is.
    """
    keys: list[str] = []
    for written in (status.flow_id, envelope_flow_id):
        text = (written or "").strip()
        parts = parse_lenient(text)
        if parts is not None:
            keys += [parts.identifier, text.removesuffix(parts.extension)]
        elif text:
            keys.append(text)
    return list(dict.fromkeys(keys))


def supplier_siren(status: InvoiceStatus) -> str | None:
    """Return the SIREN inside the status's supplier identifier, or None when that is not a French one."""
    if status.supplier_type not in _FRENCH_TYPES:
        return None
    if status.supplier_type == _VAT_TYPE and not _compact(status.supplier_id).startswith("FR"):
        return None
    return Facts(seller_id=status.supplier_id, seller_vat=status.supplier_id).seller_siren


def _same_number(left: str, right: str | None) -> bool:
    return bool(left.strip()) and right is not None and left.strip() == right.strip()


def _same_year(left: date | None, right: date | None) -> bool:
    return left is None or right is None or left.year == right.year


def _same_supplier(status: InvoiceStatus, facts: Facts) -> bool | None:
    """Return None when one side names no supplier."""
    written = _compact(status.supplier_id)
    ours = {_compact(facts.seller_id), _compact(facts.seller_vat)} - {""}
    if not written or not ours:
        return None
    siren = supplier_siren(status)
    if siren is not None and facts.seller_siren is not None:
        return siren == facts.seller_siren
    return written in ours


def _compact(identifier: str | None) -> str:
    return "".join((identifier or "").split()).upper()


def _has_placeholder(status: InvoiceStatus, facts: Facts) -> bool:
    return (
        _NO_NUMBER in {status.number.strip().upper(), (facts.number or "").strip().upper()}
        or _NO_DATE in {status.invoice_date, facts.issue_date}
        or _NO_SIREN in {supplier_siren(status), facts.seller_siren}
    )
