"""The platform's words in CDAR: statuses of invoices, of flows, and of lifecycle messages.

Unlike what edid itself gives, a platform says what it likes: placeholders, codes of the transmission phase. Source:
UN/CEFACT, CDAR D22B (order of the elements); BR-FR-CDV 1.4.0; AIFE, Dossier general v3.2 (500, 501, 601, placeholders).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from edid.documents.cdar.names import QDT_SPACE, RAM_SPACE, RSM_SPACE, SELLER, SIREN, UDT_SPACE
from edid.documents.kinds import Characteristic, Facts, Reason
from edid.lifecycle.messages import parties
from edid.lifecycle.messages.codes import CDAR_CODES, PLATFORM, TRANSMISSION, CdarCode
from edid.lifecycle.messages.cpp_statut import Fault
from edid.lifecycle.messages.details import write_details
from edid.lifecycle.messages.parties import Party
from edid.lifecycle.messages.status import REGULATED, compact
from edid.lifecycle.messages.tree import Branch

UNREADABLE: Final = Facts(number="X" * 20, issue_date=date(1900, 1, 1), seller_id="0" * 9, seller_scheme=SIREN)
"""What stands for number, date and seller where the platform could not read them."""
_GUIDELINE: Final = "urn.cpro.gouv.fr:1p0:CDV:{}"
_SPACES: Final[dict[str | None, str]] = {"rsm": RSM_SPACE, "ram": RAM_SPACE, "qdt": QDT_SPACE, "udt": UDT_SPACE}
_SENT_ON: Final = {
    "200": CdarCode("Déposée", PLATFORM, (SELLER,), TRANSMISSION, "10"),
    "201": CdarCode("Émise", PLATFORM, (SELLER,), TRANSMISSION, "51"),
    "202": CdarCode("Reçue", PLATFORM, (SELLER,), TRANSMISSION, "43"),
    "203": CdarCode("Mise_à_disposition", PLATFORM, (SELLER,), TRANSMISSION, "48"),
}
_RECEIVED, _REFUSED, _MESSAGE_REFUSED = "500", "501", "601"


@dataclass(frozen=True, slots=True)
class _Word:
    """One thing that is said about something that has a number."""

    profile: str
    about: str
    code: str
    kind: CdarCode
    at: datetime
    facts: Facts | None = None
    """Of an invoice: its date and seller stand in the message."""
    reasons: tuple[Reason, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    comment: str | None = None


def invoice_status(
    facts: Facts,
    code: str,
    at: datetime,
    *,
    reason: Reason | None = None,
    characteristics: Sequence[Characteristic] = (),
    comment: str | None = None,
) -> bytes:
    """Return the message that the invoice of `facts` has the status `code` (200 to 214)."""
    kind = _SENT_ON.get(code) or CDAR_CODES[code]
    reasons = () if reason is None else (reason,)
    return _message(
        _Word("invoice", facts.number or "", code, kind, at, facts, reasons, tuple(characteristics), comment)
    )


def flow_report(flow_id: str, at: datetime, faults: Sequence[Fault] = ()) -> bytes:
    """Return the message that the flow `flow_id` was received (500), or refused (501) for `faults`."""
    code = _REFUSED if faults else _RECEIVED
    label = "Irrecevable" if faults else "Recevable"
    reasons = tuple(
        Reason(fault.code, fault.label, notes=(fault.description,) if fault.description else ()) for fault in faults
    )
    return _message(_Word("flux", flow_id, code, _of_platform(label), at, reasons=reasons))


def message_refused(message_id: str, at: datetime, reason: Reason, comment: str) -> bytes:
    """Return the message that the lifecycle message `message_id` (MDT-4) was refused (601)."""
    kind = _of_platform("Message rejeté")
    return _message(_Word("messageCDV", message_id, _MESSAGE_REFUSED, kind, at, reasons=(reason,), comment=comment))


def _of_platform(label: str) -> CdarCode:
    return CdarCode(label, PLATFORM, (SELLER,), TRANSMISSION)


def _message(word: _Word) -> bytes:
    root = Branch.root("rsm:CrossDomainAcknowledgementAndResponse", _SPACES)
    context = root.branch("rsm:ExchangedDocumentContext")
    context.branch("ram:BusinessProcessSpecifiedDocumentContextParameter").leaf("ram:ID", REGULATED)
    guideline = _GUIDELINE.format(word.profile)
    context.branch("ram:GuidelineSpecifiedDocumentContextParameter").leaf("ram:ID", guideline)
    _document(root.branch("rsm:ExchangedDocument"), word)
    acknowledgement = root.branch("rsm:AcknowledgementDocument")
    acknowledgement.branch("ram:MultipleReferencesIndicator").leaf("udt:Indicator", "false")
    acknowledgement.leaf("ram:TypeCode", word.kind.phase)
    _moment(acknowledgement, "ram:IssueDateTime", word.at)
    _reference(acknowledgement.branch("ram:ReferenceReferencedDocument"), word)
    return root.document()


def _document(document: Branch, word: _Word) -> None:
    document.leaf("ram:ID", f"{word.about[:25]}_{word.code}_{compact(word.at)}")
    document.leaf("ram:Name", f"{word.about} {word.code} {word.kind.label}"[:150])
    _moment(document, "ram:IssueDateTime", word.at)
    _party(document.branch("ram:SenderTradeParty"), parties.platform())
    _party(document.branch("ram:IssuerTradeParty"), _of_role(word.kind.author, word.facts))
    for role in word.kind.to:
        recipient = document.branch("ram:RecipientTradeParty")
        party = _of_role(role, word.facts)
        _party(recipient, party)
        if party.address is not None:
            address = recipient.branch("ram:URIUniversalCommunication")
            address.leaf("ram:URIID", party.address, schemeID=party.address_scheme)


def _of_role(role: str, facts: Facts | None) -> Party:
    if facts is None or role == PLATFORM:
        return Party(role, scheme=None)
    return parties.seller(facts) if role == SELLER else replace(parties.buyer(facts), role=role)


def _party(branch: Branch, party: Party) -> None:
    branch.leaf("ram:GlobalID", party.id, **({"schemeID": party.scheme} if party.scheme else {}))
    branch.leaf("ram:Name", party.name)
    branch.leaf("ram:RoleCode", party.role)


def _reference(reference: Branch, word: _Word) -> None:
    facts = word.facts
    reference.leaf("ram:IssuerAssignedID", word.about)
    reference.leaf("ram:StatusCode", word.kind.condition)
    if facts is not None:
        reference.leaf("ram:TypeCode", facts.type_code)
        _moment(reference, "ram:ReceiptDateTime", word.at)
        issued = reference.branch("ram:FormattedIssueDateTime")
        issued.leaf("qdt:DateTimeString", (facts.issue_date or date.min).strftime("%Y%m%d"), format="102")
    reference.leaf("ram:ProcessConditionCode", word.code)
    reference.leaf("ram:ProcessCondition", word.kind.label)
    if facts is not None:
        seller = parties.seller(facts)
        reference.branch("ram:IssuerTradeParty").leaf("ram:GlobalID", seller.id, schemeID=seller.scheme or SIREN)
    write_details(reference, word.reasons, word.characteristics, word.comment)


def _moment(parent: Branch, name: str, at: datetime) -> None:
    parent.branch(name).leaf("udt:DateTimeString", compact(at), format="204")
