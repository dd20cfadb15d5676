"""CPPFacturePivot: invoices as Chorus Pro hands them to their receiver.

Source: AIFE, XSD CPPFacturePivot V1_20 to V2_02; older versions lack some elements, and every version is read alike,
also one that edid does not know: what judges it says so. Lines are not read: the flow is kept untouched, and the
invoice itself is among its attachments.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from edid.documents.attachments import Attachments
from edid.documents.envelope import PARAMETER, Envelope
from edid.documents.kinds import Facts, Kind, PivotInvoice, Reading, ValidationStep
from edid.documents.records import records
from edid.documents.values import amount, content, day, moment

if TYPE_CHECKING:  # pydantic has no place in the judge processes
    from edid.config.settings import Limits

_INVOICE = "CPPFacturePivotUnitaire"
_UNREAD = frozenset({"Lignes"})
_TAXES = ("DonneesFacture/TVAs/TVA", "DonneesFacture/TVAS/TVA")
"""The second spelling is that of CPPFactureMixte."""


def read(path: Path, work: Path, limits: Limits) -> Reading:
    """Return the invoices of the CPPFacturePivot at `path`, their attachments decoded to the empty folder `work`.

    An attachment that cannot be decoded is a fault of its invoice and refuses nothing.
    Raises RefusedInputError as `edid.documents.records.records` does; the file may be as large as a flow.
    """
    return read_invoices(path, work, limits, kind=Kind.CPP_PIVOT, tag=_INVOICE)


def read_invoices(path: Path, work: Path, limits: Limits, *, kind: Kind, tag: str) -> Reading:
    """Return the invoices of a message of `kind` that is built like a pivot, each an element `tag`; as `read` does."""
    envelope = Envelope()
    attachments = Attachments(work, limits)
    invoices: list[PivotInvoice] = []
    parts = records(
        path,
        limit=limits.flow_size,
        tags=frozenset({PARAMETER, tag}),
        skip=_UNREAD,
        divert={"Contenu": attachments.contents.begin},
    )
    for record in parts:
        if not envelope.read(record):
            invoices.append(_invoice(record, len(invoices) + 1, attachments))
    return Reading(
        kind,
        envelope_flow_id=envelope.flow_id,
        version=envelope.version,
        invoices=tuple(invoices),
    )


def _invoice(record: etree._Element, place: int, attachments: Attachments) -> PivotInvoice:
    made, faults = attachments.of(record)
    return PivotInvoice(
        order=_order(record.get("NumOrdre"), place),
        facts=_facts(record),
        chorus_id=_text(record, "DonneesFacture/IdCPRO"),
        resend=_text(record, "DonneesFacture/Renvoi"),
        steps=tuple(_step(it) for it in record.iterfind("CycleDeValidation/ValidationUnitaire")),
        attachments=made,
        faults=faults,
    )


def _facts(record: etree._Element) -> Facts:
    return Facts(
        number=_text(record, "DonneesFacture/Id"),
        issue_date=day(_text(record, "DonneesFacture/DateEmissionFacture")),
        type_code=_text(record, "DonneesFacture/Type"),
        currency=_text(record, "DonneesFacture/Devise"),
        frame=_text(record, "DonneesFacture/Cadre"),
        service_code=_text(record, "Debiteur/CodeService"),
        engagement=_text(record, "DonneesFacture/Engagement/NumeroEngagement"),
        contract=_text(record, "DonneesFacture/Engagement/NumeroMarche"),
        seller_name=_text(record, "Fournisseur/RaisonSociale"),
        seller_id=_text(record, "Fournisseur/Identifiant"),
        seller_scheme=_text(record, "Fournisseur/TypeIdentifiant"),
        buyer_name=_text(record, "Debiteur/Nom"),
        buyer_id=_text(record, "Debiteur/Identifiant"),
        buyer_scheme=_text(record, "Debiteur/TypeIdentifiant"),
        net_total=amount(_text(record, "DonneesFacture/Montants/MontantHT")),
        vat_total=_vat_total(record),
        gross_total=amount(_text(record, "DonneesFacture/Montants/MontantTTC")),
        payable=amount(_text(record, "DonneesFacture/Montants/MontantNetAPayer")),
        original_number=_text(record, "DonneesFacture/IdFactureOrigine"),
    )


def _step(record: etree._Element) -> ValidationStep:
    return ValidationStep(
        code=_text(record, "CodeStatut"),
        at=_moment(_text(record, "DateStatut")),
        label=_text(record, "ComplementStatut"),
        comment=_text(record, "Commentaire"),
        actor_id=_text(record, "ProducteurStatut/Id"),
        actor_name=_text(record, "ProducteurStatut/RaisonSociale"),
    )


def _moment(written: str | None) -> datetime | None:
    """Return the moment of a step; a day alone, which is all that the schema has, is its first moment in France."""
    exact = moment(written)
    on = None if exact else day(written)
    return exact or (moment(f"{on.isoformat()}T00:00:00") if on else None)


def _vat_total(record: etree._Element) -> Decimal | None:
    """Return the sum over the rates, as the format has no total; None when one of them is missing."""
    parts = [amount(content(it.find("MontantTVA"))) for place in _TAXES for it in record.iterfind(place)]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if parts and len(known) == len(parts) else None


def _text(record: etree._Element, path: str) -> str | None:
    return content(record.find(path))


def _order(written: str | None, place: int) -> int:
    digits = (written or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else place
