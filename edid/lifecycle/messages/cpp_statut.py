"""Writing CPPStatut V1_19: statuses of invoices (FSO1301A of a recipient) and words about a flow (FSO1300A).

Structure and codes: AIFE, schema CPPStatut V1_19 and Dossier de specifications externes Chorus Pro v1.0, 5.4. The
format has no place of its own for a motive, and no public text gives it one: motives begin the comment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edid.clock import iso
from edid.documents.kinds import Facts, Reason
from edid.lifecycle.messages.codes import FLOW_LABELS, INVOICE_LABELS
from edid.lifecycle.messages.envelope import Envelope, write_envelope
from edid.lifecycle.messages.suppliers import supplier_of, unknown
from edid.lifecycle.messages.tree import Branch, words

__all__ = ["LONGEST_COMMENT", "VERSION", "Envelope", "Fault", "StatusLine", "flow_acknowledgement", "invoice_statuses"]

VERSION: Final = "V1_19"
LONGEST_COMMENT: Final = 255
"""Where Chorus Pro cuts a motive that is given through its API; more would be lost there without a word."""
_LONGEST_SERVICE = 100
_LONGEST_FLOW_LABEL = 40
_SIRET = 14


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
    """01 to 41; a recipient gives 03 to 11."""
    facts: Facts
    comment: str | None = None
    reasons: tuple[Reason, ...] = ()
    """Motives: their codes and texts begin the comment."""
    at: datetime | None = None
    """When the status was set: the time of the envelope unless given."""
    payment_order: str | None = None
    """IdMandatDP, number of the payment order (08)."""
    debtor: str | None = None
    """SIRET of the recipient, 14 characters: the buyer of `facts` unless given."""
    supplier: tuple[str, str] | None = None
    """TypeIdentifiant and Identifiant: those of the seller of `facts` unless given."""
    label: str | None = None
    """ComplementStatut: the label of the code unless given."""


def invoice_statuses(
    envelope: Envelope, lines: Sequence[StatusLine], *, longest_comment: int | None = LONGEST_COMMENT
) -> bytes:
    """Return the message with one status for each of `lines`, in their order; longer comments are cut.

    Raises RefusedInputError (`EDID_STATUS`) when the number, the supplier or the recipient's SIRET of an invoice is not
    known.
    """
    root = _message(envelope)
    statuses = root.branch("CPPFactureStatuts", compteur=str(len(lines)))
    for place, line in enumerate(lines, start=1):
        _invoice_status(
            statuses.branch("CPPFactureStatutUnitaire", NumOrdre=str(place)), line, envelope.at, longest_comment
        )
    return root.document()


def flow_acknowledgement(
    envelope: Envelope,
    code: str,
    about: str,
    *,
    at: datetime | None = None,
    comment: str | None = None,
    faults: Sequence[Fault] = (),
) -> bytes:
    """Return the message that says `code` (90 to 96) about the flow whose identifier is `about`.

    A recipient's code is a setting, 92 or 94: no official sample exists. `at` is the time of the envelope unless given;
    `faults` become the error details.
    """
    root = _message(envelope)
    statuses = root.branch("CPPFluxStatuts", compteur="1")
    status = statuses.branch("CPPFluxStatutUnitaire", NumOrdre="1").branch("DonneesStatut")
    status.leaf("IdStatut", code)
    status.leaf("ComplementStatut", words(FLOW_LABELS.get(code), _LONGEST_FLOW_LABEL))
    status.leaf("Commentaire", words(comment))
    status.leaf("Horodatage", iso(at or envelope.at))
    status.leaf("IdFlux", about)
    if faults:
        details = status.branch("Details", NbLignesErreur=str(len(faults)))
        for place, fault in enumerate(faults, start=1):
            line = details.branch("LigneErreurDetail", IdLigne=str(place))
            line.leaf("NatureErreur", fault.nature)
            line.leaf("CodeErreur", fault.code)
            line.leaf("LibelleErreur", fault.label)
            line.leaf("DescriptionErreur", fault.description)
    return root.document()


def _message(envelope: Envelope) -> Branch:
    root = Branch.root("CPPStatut", Version=VERSION)
    write_envelope(root, envelope)
    return root


def _invoice_status(unit: Branch, line: StatusLine, at: datetime, longest_comment: int | None) -> None:
    facts = line.facts
    if facts.number is None:
        raise unknown(facts, "has no number")
    kind, identifier = line.supplier or supplier_of(facts)
    supplier = unit.branch("Fournisseur")
    supplier.leaf("TypeIdentifiant", kind)
    supplier.leaf("Identifiant", identifier)
    supplier.leaf("RaisonSociale", facts.seller_name or "Inconnue")
    debtor = unit.branch("Debiteur")
    debtor.leaf("TypeIdentifiant", "1")
    debtor.leaf("Identifiant", _siret(line))
    debtor.leaf("Nom", facts.buyer_name)
    debtor.leaf("CodeService", facts.service_code[:_LONGEST_SERVICE] if facts.service_code else None)
    status = unit.branch("DonneesStatut")
    status.leaf("IdStatut", line.code)
    status.leaf("ComplementStatut", line.label or INVOICE_LABELS.get(line.code))
    status.leaf("Commentaire", _comment(line, longest_comment))
    status.leaf("Horodatage", iso(line.at or at))
    status.leaf("IdFacture", facts.number)
    status.leaf("DateFacture", facts.issue_date)
    status.leaf("IdMandatDP", words(line.payment_order))


def _siret(line: StatusLine) -> str:
    siret = line.debtor or line.facts.buyer_id or ""
    if len(siret) != _SIRET:
        raise unknown(line.facts, "does not give the SIRET of its recipient")
    return siret


def _comment(line: StatusLine, longest: int | None) -> str | None:
    """Return `CODE (text) ; CODE : comment`."""
    if not line.reasons and longest is None:
        return line.comment
    motives = (
        f"{each.code} ({each.text})" if each.code and each.text else each.code or each.text for each in line.reasons
    )
    said = " ; ".join(filter(None, motives))
    return words(" : ".join(filter(None, (said, words(line.comment)))), longest)
