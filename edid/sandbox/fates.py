"""What may become of one document, step by step, in the words of either circuit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from edid.documents.kinds import Reason


class Fate(StrEnum):
    """What becomes of one document."""

    INTEGRATED = "integrated"
    PAID = "paid"
    RECYCLED = "a-recycler"
    SUSPENDED = "suspendue"
    COMPLETED = "completee"
    """Of an invoice that comes again after it was suspended: completed, then paid."""
    DISPUTED = "en-litige"
    REJECTED = "rejetee"
    REFUSED = "refused"
    """Not taken: the flow report names it (historical), or status 213 says so (AFNOR)."""
    DOUBLE = "doublon"
    """Well received, and then refused as double, as when a platform meets its own repetition."""
    REPEATED = "repeated"
    """Deposited again although it was taken before: only this delivery is refused."""
    UNREADABLE = "illisible"
    """Rejected with placeholders where number, date and supplier should stand."""


CHOSEN_BY_NUMBER: Final = tuple(fate for fate in Fate if fate not in {Fate.COMPLETED, Fate.REPEATED})
"""Fates that an invoice number may name; the others follow from what was deposited before."""


@dataclass(frozen=True, slots=True)
class Step:
    """One status in the life of an invoice."""

    code: str
    comment: str | None = None
    reason: Reason | None = None
    """Motive, of the AFNOR message only: CPPStatut has no place for it."""
    unreadable: bool = False
    """True: the message names nothing but placeholders."""


HISTORICAL_COMMENTS: Final[Mapping[str, str]] = {
    "04": "Code service inconnu de la structure.",
    "05": "MONTANT_ERR : le montant ne correspond pas à la commande. Émettez une nouvelle facture.",
    "06": "Pièce justificative manquante : joignez le bon de livraison pour compléter la facture.",
}
"""What the public body says with a status."""
_TAKEN = ("01", "02", "03")
_PAID = ("07", "08", "09", "10", "11")
_HISTORICAL: Final[Mapping[Fate, tuple[str, ...]]] = {
    Fate.INTEGRATED: _TAKEN,
    Fate.PAID: (*_TAKEN, *_PAID),
    Fate.RECYCLED: ("01", "02", "04"),
    Fate.SUSPENDED: (*_TAKEN, "06"),
    Fate.COMPLETED: ("12", *_PAID),
    Fate.DISPUTED: (*_TAKEN, "06"),
    Fate.REJECTED: (*_TAKEN, "05"),
    Fate.REFUSED: (),
    Fate.DOUBLE: _TAKEN,
    Fate.REPEATED: (),
}
"""A refused document never gets a status; that it is double, a flow report says."""

_WRONG_RATE = Reason("TX_TVA_ERR", "Taux de TVA erroné", "NIN")
_NO_PROOF = Reason("JUSTIF_ABS", "Justificatif manquant ou insuffisant", "PIN")
_WRONG_TOTAL = Reason("MONTANTTOTAL_ERR", "Montant total incorrect", "NIN")
_INCOHERENT = Reason("REJ_COH", "Données incohérentes")
_DOUBLE = Reason("DOUBLON", "Facture en doublon (déjà émise / reçue)")
_UNREADABLE = Reason("REJ_SEMAN", "Rejet sémantique")
_SENT_ON = (Step("200"), Step("202"), Step("203"))
_APPROVED = (Step("204"), Step("205"), Step("211"))
_AFNOR: Final[Mapping[Fate, tuple[Step, ...]]] = {
    Fate.INTEGRATED: _SENT_ON,
    Fate.PAID: (*_SENT_ON, *_APPROVED),
    Fate.RECYCLED: (*_SENT_ON, Step("210", reason=Reason("ADR_ERR", "Adresse de facturation électronique erronée"))),
    Fate.SUSPENDED: (*_SENT_ON, Step("204"), Step("208", "Joignez le bon de livraison.", _NO_PROOF)),
    Fate.COMPLETED: (Step("209"), *_APPROVED),
    Fate.DISPUTED: (*_SENT_ON, Step("204"), Step("207", "Le taux de la ligne 1 n'est pas le bon.", _WRONG_RATE)),
    Fate.REJECTED: (*_SENT_ON, Step("210", "Le total ne correspond pas à la commande.", _WRONG_TOTAL)),
    Fate.REFUSED: (Step("213", "Le vendeur n'est pas connu de la plateforme.", _INCOHERENT),),
    Fate.DOUBLE: (*_SENT_ON, Step("213", "Remise répétée.", _DOUBLE)),
    Fate.REPEATED: (Step("213", "Cette facture a déjà été remise.", _DOUBLE),),
    Fate.UNREADABLE: (Step("213", "Les données d'identification sont illisibles.", _UNREADABLE, unreadable=True),),
}
"""Codes: FNFE-MPE, BR-FR-CDV 1.4.0, CL-06; motives as CL-09 allows them. To be recycled is said as a refusal there:
AIFE, Dossier de spécifications externes Chorus Pro v1.1, 2.4.2."""


def life(fate: Fate, *, afnor: bool) -> tuple[Step, ...]:
    """Return the statuses of `fate` in the order in which they happen, in CDAR codes or those of CPPStatut."""
    if afnor:
        return _AFNOR[fate]
    if fate is Fate.UNREADABLE:
        return (Step("05", "Facture illisible.", unreadable=True),)
    return tuple(Step(code, HISTORICAL_COMMENTS.get(code)) for code in _HISTORICAL[fate])


def named_in(number: str | None) -> Fate | None:
    """Return the fate that an invoice number names, such as `paid` in PAID-0001."""
    plain = (number or "").casefold()
    return next((fate for fate in CHOSEN_BY_NUMBER if fate.value in plain), None)
