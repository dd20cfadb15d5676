"""Which statuses we should not give, after what was said before.

Platforms take statuses in any order; some orders make no sense for anybody, and those are caught here before they
leave. Sources: AFNOR XP Z12-012 as its official samples use it (208 expects 209; 212 states an amount received);
AIFE, Dossier general v3.2 (a refusal or a rejection ends the life of an invoice: the supplier makes a new one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ENDS = frozenset({"REFUSEE", "REJETEE", "REJETEE_PLATEFORME", "ANNULEE", "ABANDONNEE", "SUPPRIMEE"})
_PAID = frozenset({"PAIEMENT_TRANSMIS", "MISE_EN_PAIEMENT", "COMPTABILISEE", "ENCAISSEE"})
_SUSPENDED = "SUSPENDUE"
_REFUSALS = frozenset({"REFUSEE", "REJETEE", "A_RECYCLER"})
_APPROVED = frozenset({"APPROUVEE", "SERVICE_FAIT", "MANDATEE"})


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a status should not be given now."""

    code: str
    fr: str
    en: str


def objections(wanted: str, said: Sequence[str], *, payment_known: bool = False) -> list[Objection]:
    """Return what speaks against giving the canonical status `wanted` after `said` (canonical, oldest first).

    `payment_known`: the amount that was received comes with the status.
    """
    found = []
    ended = next((word for word in reversed(said) if word in _ENDS), None)
    if ended is not None and wanted != ended:
        found.append(
            Objection(
                "LIFECYCLE-ENDED",
                f"la facture est déjà {ended} : plus aucun statut ne peut suivre, sauf sur une nouvelle facture",
                f"the invoice is {ended} already: nothing can follow, but on a new invoice",
            )
        )
    if wanted == "COMPLETEE" and _SUSPENDED not in said:
        found.append(
            Objection(
                "LIFECYCLE-NOT-SUSPENDED",
                "209 « complétée » répond à une suspension (208), et la facture n'a pas été suspendue",
                "209 'completed' answers a suspension (208), and the invoice was not suspended",
            )
        )
    if wanted == "ENCAISSEE" and not payment_known and not _PAID & set(said):
        found.append(
            Objection(
                "LIFECYCLE-NO-PAYMENT",
                "212 « encaissée » suppose un paiement connu : donnez le montant encaissé et le taux de TVA",
                "212 'cashed' needs a known payment: give the amount received and the VAT rate",
            )
        )
    if wanted in _REFUSALS and _PAID & set(said):
        found.append(
            Objection(
                "LIFECYCLE-PAID",
                "un paiement a déjà été annoncé : une facture payée ne se refuse plus",
                "a payment was announced already: what is paid cannot be refused",
            )
        )
    elif wanted in _REFUSALS and _APPROVED & set(said):
        found.append(
            Objection(
                "LIFECYCLE-APPROVED",
                "la facture a déjà été approuvée",
                "the invoice was approved already",
            )
        )
    return found
