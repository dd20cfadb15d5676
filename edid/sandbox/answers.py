"""The platform's words: CPPStatut V1_19 flow reports and invoice statuses.

Structure and codes: AIFE, schema CPPStatut V1_19 and Dossier de specifications externes Chorus Pro v1.0, 5.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from edid.clock import iso
from edid.documents.kinds import Facts
from edid.flows.names import FlowName
from edid.sandbox.tree import Branch

FLOW_LABELS = {
    "90": "Reçu",
    "91": "En cours de transmission",
    "92": "Reçu destinataire final",
    "93": "Erreur réception",
    "94": "Erreur réception destinataire final",
    "95": "Erreur de transmission",
    "96": "Reçu - intégration partielle",
}
INVOICE_LABELS = {
    "01": "Déposée",
    "02": "En cours d'acheminement vers le destinataire",
    "03": "Mise à disposition du destinataire",
    "04": "Rejetée par l'ordonnateur pour erreur d'acheminement",
    "05": "Rejetée par l'ordonnateur pour autre motif",
    "06": "Suspendue",
    "07": "Service fait",
    "08": "Mandatée",
    "09": "Mise à disposition du comptable",
    "10": "Comptabilisée",
    "11": "Mise en paiement",
    "12": "Complétée",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason for refusing a flow or one of its documents."""

    code: str
    """IRR_* for a flow; a motive code of the platform for a document."""
    label: str
    description: str | None = None
    nature: str = "Technique"


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One status of one invoice."""

    code: str
    """01 to 12."""
    facts: Facts
    comment: str | None = None


def flow_report(flow: FlowName, reported: FlowName, code: str, at: datetime, faults: Sequence[Fault] = ()) -> bytes:
    """Return the integration report (CSO...) called `flow` about the flow `reported`.

    `code` is 90 to 96; `faults` become its error details.
    """
    root = _message(flow, at)
    statuses = root.branch("CPPFluxStatuts", compteur="1")
    status = statuses.branch("CPPFluxStatutUnitaire", NumOrdre="1").branch("DonneesStatut")
    status.leaf("IdStatut", code)
    status.leaf("ComplementStatut", FLOW_LABELS[code])
    status.leaf("Horodatage", iso(at))
    status.leaf("IdFlux", reported.identifier)
    if faults:
        details = status.branch("Details", NbLignesErreur=str(len(faults)))
        for place, fault in enumerate(faults, start=1):
            line = details.branch("LigneErreurDetail", IdLigne=str(place))
            line.leaf("NatureErreur", fault.nature)
            line.leaf("CodeErreur", fault.code)
            line.leaf("LibelleErreur", fault.label)
            line.leaf("DescriptionErreur", fault.description)
    return root.document()


def invoice_statuses(flow: FlowName, lines: Sequence[StatusLine], at: datetime) -> bytes:
    """Return the life-cycle message (FEN1200A) called `flow` with one status for each of `lines`."""
    root = _message(flow, at)
    statuses = root.branch("CPPFactureStatuts", compteur=str(len(lines)))
    for place, line in enumerate(lines, start=1):
        _invoice_status(statuses.branch("CPPFactureStatutUnitaire", NumOrdre=str(place)), line, at)
    return root.document()


def envelope(root: Branch, flow: FlowName, at: datetime) -> None:
    """Add the envelope that every Chorus Pro format begins with."""
    unit = root.branch("Enveloppe").branch("EnveloppeUnitaire", NumOrdre="1")
    parameters = unit.branch("Parametres")
    for place, (code, value) in enumerate((("DtPrd", f"{at:%Y-%m-%d}"), ("IdFlx", flow.identifier)), start=1):
        parameter = parameters.branch("ParametreIndiv", NumOrdre=f"{place:04d}")
        parameter.leaf("Code", code)
        parameter.leaf("Valeurparametre", value)
    partners = unit.branch("Partenaires")
    partners.branch("Recepteur").leaf("Id", flow.application)
    sender = partners.branch("Emetteur")
    sender.leaf("Id", flow.sender)
    sender.leaf("Libelle", "Bac à sable edid")


def _message(flow: FlowName, at: datetime) -> Branch:
    root = Branch.root("CPPStatut", Version="V1_19")
    envelope(root, flow, at)
    return root


def _invoice_status(unit: Branch, line: StatusLine, at: datetime) -> None:
    facts = line.facts
    kind, identifier = _supplier(facts)
    supplier = unit.branch("Fournisseur")
    supplier.leaf("TypeIdentifiant", kind)
    supplier.leaf("Identifiant", identifier)
    supplier.leaf("RaisonSociale", facts.seller_name or "Inconnue")
    debtor = unit.branch("Debiteur")
    debtor.leaf("TypeIdentifiant", "1")
    debtor.leaf("Identifiant", _debtor(facts))
    debtor.leaf("Nom", facts.buyer_name)
    debtor.leaf("CodeService", facts.service_code[:100] if facts.service_code else None)
    status = unit.branch("DonneesStatut")
    status.leaf("IdStatut", line.code)
    status.leaf("ComplementStatut", INVOICE_LABELS[line.code])
    status.leaf("Commentaire", line.comment)
    status.leaf("Horodatage", iso(at))
    status.leaf("IdFacture", facts.number or "")
    status.leaf("DateFacture", facts.issue_date)


def _supplier(facts: Facts) -> tuple[str, str]:
    """Return TypeIdentifiant and Identifiant: 1 French, 2 another country of the Union (VAT), 3 elsewhere."""
    if facts.seller_siren is not None:
        return "1", facts.seller_id or facts.seller_siren
    if facts.seller_vat is not None:
        return "2", facts.seller_vat
    return "3", facts.seller_id or "Inconnu"


def _debtor(facts: Facts) -> str:
    """Return 14 characters, as the format demands: the SIRET, else what there is, filled up with zeros."""
    return (facts.buyer_id or "").rjust(14, "0")[-14:]
