"""Writing CDAR messages: one status, given by a buyer, a seller or their agent, about one invoice.

Source: UN/CEFACT, CDAR D22B (order of the elements); XP Z12-014 and BR-FR-CDV 1.4.0 (what is demanded); the official
sample messages (formats of dates: 204 for moments in French time, 102 for days).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from edid.documents.cdar.names import QDT_SPACE, RAM_SPACE, RSM_SPACE, SIREN, UDT_SPACE
from edid.lifecycle.messages import parties
from edid.lifecycle.messages.codes import CdarCode
from edid.lifecycle.messages.complete import checked
from edid.lifecycle.messages.details import write_details, write_enclosures
from edid.lifecycle.messages.parties import Party
from edid.lifecycle.messages.status import CdarToWrite, author_of, compact, message_id, recipients_of
from edid.lifecycle.messages.tree import Branch, words

__all__ = ["GUIDELINE", "CdarToWrite", "cdar"]

GUIDELINE: Final = "urn.cpro.gouv.fr:1p0:CDV:invoice"
_SPACES: Final[dict[str | None, str]] = {"rsm": RSM_SPACE, "ram": RAM_SPACE, "qdt": QDT_SPACE, "udt": UDT_SPACE}
_LONGEST_NAME = 150  # MDT-5


def cdar(status: CdarToWrite) -> bytes:
    """Return the message that says `status`: UTF-8 without byte order mark. The same status gives the same bytes.

    Raises RefusedInputError (`EDID_STATUS`) when something is missing that no such message can do without. Whether a
    motive is allowed for its status is for the rules to say: judge what is returned before it leaves.
    """
    kind = checked(status)
    root = Branch.root("rsm:CrossDomainAcknowledgementAndResponse", _SPACES)
    context = root.branch("rsm:ExchangedDocumentContext")
    if status.process is not None:
        context.branch("ram:BusinessProcessSpecifiedDocumentContextParameter").leaf("ram:ID", status.process)
    context.branch("ram:GuidelineSpecifiedDocumentContextParameter").leaf("ram:ID", GUIDELINE)
    _document(root.branch("rsm:ExchangedDocument"), status, kind)
    acknowledgement = root.branch("rsm:AcknowledgementDocument")
    acknowledgement.branch("ram:MultipleReferencesIndicator").leaf("udt:Indicator", "false")
    acknowledgement.leaf("ram:TypeCode", kind.phase)
    _moment(acknowledgement, "ram:IssueDateTime", status.at)
    _reference(acknowledgement.branch("ram:ReferenceReferencedDocument"), status, kind)
    return root.document()


def _document(document: Branch, status: CdarToWrite, kind: CdarCode) -> None:
    document.leaf("ram:ID", status.message_id or message_id(status))
    document.leaf("ram:Name", words(f"{status.facts.number} {status.code} {kind.label}", _LONGEST_NAME))
    _moment(document, "ram:IssueDateTime", status.created_at or status.at)
    _party(document.branch("ram:SenderTradeParty"), status.sender or parties.platform())
    _party(document.branch("ram:IssuerTradeParty"), author_of(status, kind))
    for party in recipients_of(status, kind):
        recipient = document.branch("ram:RecipientTradeParty")
        _party(recipient, party)
        if party.address is not None:
            communication = recipient.branch("ram:URIUniversalCommunication")
            communication.leaf("ram:URIID", party.address, schemeID=party.address_scheme)


def _party(branch: Branch, party: Party) -> None:
    branch.leaf("ram:GlobalID", party.id, **({"schemeID": party.scheme} if party.scheme else {}))
    branch.leaf("ram:Name", words(party.name))
    branch.leaf("ram:RoleCode", party.role)


def _reference(reference: Branch, status: CdarToWrite, kind: CdarCode) -> None:
    facts, author = status.facts, parties.seller(status.facts)
    issued_on = facts.issue_date.isoformat().replace("-", "") if facts.issue_date else ""
    reference.leaf("ram:IssuerAssignedID", words(facts.number))
    reference.leaf("ram:StatusCode", kind.condition)
    reference.leaf("ram:TypeCode", facts.type_code)
    if status.received_at is not None:
        _moment(reference, "ram:ReceiptDateTime", status.received_at)
    write_enclosures(reference, status.enclosures)
    issued = reference.branch("ram:FormattedIssueDateTime")
    issued.leaf("qdt:DateTimeString", issued_on, format="102")
    reference.leaf("ram:ProcessConditionCode", status.code)
    reference.leaf("ram:ProcessCondition", kind.label)
    reference.branch("ram:IssuerTradeParty").leaf("ram:GlobalID", author.id, schemeID=author.scheme or SIREN)
    write_details(reference, status.reasons, status.characteristics, words(status.comment))


def _moment(parent: Branch, name: str, at: datetime) -> None:
    parent.branch(name).leaf("udt:DateTimeString", compact(at), format="204")
