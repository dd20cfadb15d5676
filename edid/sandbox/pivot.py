"""Incoming invoices as the platform hands them over: CPPFacturePivot V2_02 (flow FEN0036A).

Structure: AIFE, schema CPPFacturePivot V2_02; attachments are the base64 of a zip that holds one file.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from edid.documents.kinds import ValidationStep
from edid.flows.names import FlowName
from edid.lifecycle.messages.tree import Branch
from edid.sandbox.answers import envelope
from edid.sandbox.invoices.content import Invoice
from edid.sandbox.invoices.pdf import readable_pdf
from edid.sandbox.invoices.ubl import write_ubl

_LONGEST_NAME = 50
_VALIDATED: Final = "13"
_STEP_LABELS = {"13": "Validée par le premier valideur", "14": "Refusée par le premier valideur"}


@dataclass(frozen=True, slots=True)
class Handover:
    """One invoice as it is handed over: for the first time, or made available again."""

    invoice: Invoice
    platform_id: int | None = None
    """IdCPRO: what tells invoices apart; made of the flow's number unless given."""
    resend: Literal["Non", "Complétée", "Recyclée"] = "Non"
    """Renvoi."""
    steps: tuple[ValidationStep, ...] | None = None
    """CycleDeValidation. Unless given: an invoice of frame A9 or A12 was validated the day before."""


def pivot(flow: FlowName, invoices: Sequence[Invoice | Handover], at: datetime) -> bytes:
    """Return the flow called `flow` with `invoices`, each with its original XML and a readable PDF.

    The same name, invoices and time give the same bytes.
    """
    root = Branch.root("CPPFacturePivot", Version="V2_02")
    envelope(root, flow, at)
    units = root.branch("CPPFactures", Compteur=str(len(invoices)))
    for place, given in enumerate(invoices, start=1):
        handed = given if isinstance(given, Handover) else Handover(given)
        unit = units.branch("CPPFacturePivotUnitaire", NumOrdre=str(place))
        _parties(unit, handed.invoice)
        own_number = handed.platform_id or int(flow.sequence) * 10_000 + place
        _data(unit.branch("DonneesFacture"), handed, own_number, at.date())
        _attachments(unit, handed.invoice)
        _steps(unit, _validated(handed.invoice, at) if handed.steps is None else handed.steps, at)
    return root.document()


def _validated(invoice: Invoice, at: datetime) -> tuple[ValidationStep, ...]:
    validator = invoice.validator
    if validator is None:
        return ()
    day = timedelta(days=1)
    return (ValidationStep(_VALIDATED, at - day, actor_id=validator.siret, actor_name=validator.name),)


def _steps(unit: Branch, steps: Sequence[ValidationStep], at: datetime) -> None:
    if not steps:
        return
    cycle = unit.branch("CycleDeValidation")
    for step in steps:
        written = cycle.branch("ValidationUnitaire")
        written.leaf("DateStatut", (step.at or at).date())
        written.leaf("CodeStatut", step.code)
        written.leaf("ComplementStatut", step.label or _STEP_LABELS.get(step.code or ""))
        written.leaf("Commentaire", step.comment)
        actor = written.branch("ProducteurStatut")
        actor.leaf("TypeIdentifiant", "1")
        actor.leaf("Id", step.actor_id or "Inconnu")
        actor.leaf("RaisonSociale", step.actor_name or "Inconnue")
        actor.leaf("CodePays", "FR")


def _parties(unit: Branch, invoice: Invoice) -> None:
    supplier = unit.branch("Fournisseur")
    supplier.leaf("TypeIdentifiant", "1")
    supplier.leaf("Identifiant", invoice.seller.siret)
    supplier.leaf("RaisonSociale", invoice.seller.name)
    supplier.leaf("CodePays", "FR")
    if invoice.seller.iban is not None:
        supplier.branch("ReferenceBancaire", Type="IBAN").leaf("Compte", invoice.seller.iban)
    supplier.leaf("ModeEmission", "flux")
    debtor = unit.branch("Debiteur")
    debtor.leaf("TypeIdentifiant", "1")
    debtor.leaf("Identifiant", invoice.buyer.siret)
    debtor.leaf("Nom", invoice.buyer.name)
    debtor.leaf("CodeService", invoice.service_code)


def _data(data: Branch, handed: Handover, platform_number: int, received: date) -> None:
    invoice = handed.invoice
    data.leaf("Id", invoice.number)
    data.leaf("IdCPRO", platform_number)
    data.leaf("Renvoi", handed.resend)
    data.leaf("IdFactureOrigine", invoice.original_number)
    data.leaf("Type", invoice.type_code)
    data.leaf("Cadre", invoice.frame)
    data.leaf("DateEmissionFacture", invoice.issue_date)
    payment = data.branch("ModePaiement")
    payment.leaf("Code", "30")
    payment.leaf("Libelle", "VIREMENT")
    data.leaf("DateReception", received)
    data.leaf("Devise", invoice.currency)
    _amounts(data, invoice)
    engagement = data.branch("Engagement")
    engagement.leaf("NumeroMarche", invoice.contract)
    engagement.leaf("NumeroEngagement", invoice.engagement)
    _lines(data.branch("Lignes"), invoice)


def _amounts(data: Branch, invoice: Invoice) -> None:
    amounts = data.branch("Montants")
    amounts.leaf("MontantHT", invoice.net_total)
    amounts.leaf("MontantTTC", invoice.gross_total)
    amounts.leaf("MontantNetAPayer", invoice.gross_total)
    taxes = data.branch("TVAs")
    for share in invoice.vat:
        tax = taxes.branch("TVA")
        tax.leaf("Taux", share.rate)
        tax.leaf("BaseHt", share.base)
        tax.leaf("MontantTVA", share.amount)


def _lines(lines: Branch, invoice: Invoice) -> None:
    for place, line in enumerate(invoice.lines, start=1):
        written = lines.branch("Ligne", NumOrdre=str(place))
        written.leaf("ReferenceProduit", line.reference)
        written.leaf("PrixUnitaire", line.unit_price)
        written.leaf("Quantite", line.quantity)
        written.leaf("MontantHT", line.net)
        written.leaf("TauxTVA", line.vat_rate)


def _attachments(unit: Branch, invoice: Invoice) -> None:
    name = f"FAC{invoice.seller.siret}{re.sub(r'[^A-Za-z0-9_-]', '_', invoice.number)}"[: _LONGEST_NAME - 4]
    original = ("Facture XML", "01", "application/xml", f"{name}.xml", write_ubl(invoice))
    readable = ("Facture PDF", "02", "application/pdf", f"{name}.pdf", readable_pdf(invoice))
    for place, (category, role, mime, file, content) in enumerate((original, readable), start=1):
        attachment = unit.branch("PJ", NumOrdre=str(place))
        attachment.leaf("Contenu", base64.b64encode(_zipped(file, content)).decode())
        attachment.leaf("NomPJ", file)
        attachment.leaf("CategoriePJ", category)
        attachment.leaf("TypePJ", role)
        attachment.leaf("MimeTypePJ", mime)


def _zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
