"""Which code says a canonical status, and what a message says beside each of its codes.

Sources: BR-FR-CDV 1.4.0 (rules 07, 09, 15, CL-02, CL-03, CL-05) and the official sample messages of XP Z12-014, which
give the labels as they stand here; AIFE, schema CPPStatut V1_19, IdStatut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from edid.documents.cdar.names import BUYER, SELLER
from edid.lifecycle.vocabulary import vocabulary

TRANSMISSION: Final = "305"
TREATMENT: Final = "23"
PLATFORM, AGENT = "WK", "AB"
"""Roles of UNTDID 3035, beside SELLER and BUYER."""


@dataclass(frozen=True, slots=True)
class CdarCode:
    """One status of an invoice (MDT-105)."""

    label: str
    """MDT-106."""
    author: str
    """Role of the party that gives it (MDT-40)."""
    to: tuple[str, ...]
    """Roles of those it is for (MDT-59)."""
    phase: str = TREATMENT
    """MDT-77."""
    condition: str | None = None
    """MDT-88; None where no public text gives one: it may be left out."""
    motivated: bool = False
    """A motive (MDT-113) is demanded."""


CDAR_CODES: Final = {
    "204": CdarCode("Prise_en_charge", BUYER, (SELLER,), condition="45"),
    "205": CdarCode("Approuvée", BUYER, (SELLER,), condition="1"),
    "206": CdarCode("Approuvée_partiellement", BUYER, (SELLER,), condition="49", motivated=True),
    "207": CdarCode("En_litige", BUYER, (SELLER,), condition="46", motivated=True),
    "208": CdarCode("Suspendue", BUYER, (SELLER,), condition="39", motivated=True),
    "209": CdarCode("Complétée", SELLER, (BUYER,), condition="37"),
    "210": CdarCode("Refusée", BUYER, (SELLER,), condition="50", motivated=True),
    "211": CdarCode("Paiement_transmis", BUYER, (SELLER,), condition="47"),
    "212": CdarCode("Encaissée", SELLER, (BUYER,), condition="47"),
    "213": CdarCode("Rejetée", PLATFORM, (SELLER, BUYER), TRANSMISSION, condition="8", motivated=True),
    "214": CdarCode("Visée", AGENT, (SELLER, BUYER)),
}

FLOW_LABELS: Final = {
    "90": "Reçu",
    "91": "En cours de transmission",
    "92": "Reçu destinataire final",
    "93": "Erreur réception",
    "94": "Erreur réception destinataire final",
    "95": "Erreur de transmission",
    "96": "Reçu - intégration partielle",
}
INVOICE_LABELS: Final = {
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
"""ComplementStatut beside each number of CPPStatut that the format names."""
RECIPIENT_CODES: Final = frozenset({"03", "04", "05", "06", "07", "08", "09", "10", "11"})
"""Numbers of CPPStatut that a recipient gives; 01, 02 are the platform's and 12 the supplier's."""


def code_of(canonical: str, dialect: str) -> str | None:
    """Return the one code by which `dialect` (`cdar`, `cpp-statut`) says the status `canonical`.

    None when it has none, or when several or only contested ones could be meant.
    """
    numbering = vocabulary().numberings.get(dialect)
    if numbering is None:
        return None
    sure = [code for code, entry in numbering.codes.items() if entry.status == canonical and not entry.contested]
    return sure[0] if len(sure) == 1 else None
