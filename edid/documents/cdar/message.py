"""A CDAR message as a whole: one status for each document that it speaks of.

Source: UN/CEFACT, CDAR D22B; terms (MDT-...) of XP Z12-014 as BR-FR-CDV 1.4.0 names them. Read with indulgence: what
is missing, unknown or ill-formed takes nothing away from the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from lxml import etree

from edid.documents.cdar.names import BUYER, RAM, RSM, SELLER
from edid.documents.cdar.parties import Named, named, parties
from edid.documents.cdar.reasons import notes, reasons
from edid.documents.cdar.values import day, moment, text
from edid.documents.kinds import FlowStatus, InvoiceStatus, Kind, Reading, Reason
from edid.documents.values import content
from edid.errors import RefusedInputError

_MOST = 50_000
"""Documents that one message may speak of, as many as records in any other message."""
_ABOUT_FLOWS = ":cdv:flux"
_OF_A_FILE = frozenset({"500", "501"})
"""Taken and refused on receipt: words about a file, unless the message names an invoice by date and seller."""


@dataclass(frozen=True, slots=True)
class _Message:
    """What every status of one message shares."""

    guideline: str
    id: str | None
    note: str | None
    seller_name: str | None
    buyer_id: str | None
    at: datetime | None
    """When the status was set, else when the message was made."""
    phase: str | None = None


def read_tree(tree: etree._ElementTree) -> Reading:
    """Return the statuses in a CDAR `tree`: invoices in `invoice_statuses`, files in `flow_statuses`.

    Raises RefusedInputError (`IRR_TAILLE_F`) when the message speaks of more than 50,000 documents.
    """
    root = tree.getroot()
    said = list(islice(_statuses(root), _MOST + 1))
    if len(said) > _MOST:
        raise RefusedInputError(
            f"the message speaks of more than {_MOST} documents.",
            code="IRR_TAILLE_F",
            remedy="Ask the sender for smaller messages; the file is kept as it came.",
        )
    return Reading(
        Kind.CDAR,
        version=_guideline(root),
        flow_statuses=tuple(each for each in said if isinstance(each, FlowStatus)),
        invoice_statuses=tuple(each for each in said if isinstance(each, InvoiceStatus)),
    )


def _statuses(root: etree._Element) -> Iterator[FlowStatus | InvoiceStatus]:
    shared = _shared(root)
    for acknowledgement in root.iterchildren(f"{RSM}AcknowledgementDocument"):
        at = moment(acknowledgement, "IssueDateTime") or shared.at
        message = replace(shared, phase=text(acknowledgement, "TypeCode"), at=at)
        for reference in acknowledgement.iterchildren(f"{RAM}ReferenceReferencedDocument"):
            yield _status(reference, message)


def _shared(root: etree._Element) -> _Message:
    document = root.find(f"{RSM}ExchangedDocument")
    known = {party.role: party for party in parties(document)}
    return _Message(
        guideline=(_guideline(root) or "").lower(),
        id=text(document, "ID"),
        note="\n".join(notes(document)) or None,
        at=moment(document, "IssueDateTime"),
        seller_name=known.get(SELLER, Named()).name,
        buyer_id=known.get(BUYER, Named()).id,
    )


def _guideline(root: etree._Element) -> str | None:
    context = root.find(f"{RSM}ExchangedDocumentContext/{RAM}GuidelineSpecifiedDocumentContextParameter")
    return text(context, "ID")


def _status(reference: etree._Element, message: _Message) -> FlowStatus | InvoiceStatus:
    code = text(reference, "ProcessConditionCode") or ""
    told = reasons(reference)
    comment = "\n".join(note for reason in told for note in reason.notes) or message.note
    invoice_date = day(reference, "FormattedIssueDateTime")
    seller = named(reference.find(f"{RAM}IssuerTradeParty"))
    if message.guideline.endswith(_ABOUT_FLOWS) or (code in _OF_A_FILE and not (invoice_date and seller.id)):
        return FlowStatus(
            code=code,
            flow_id=_number(reference) or "",
            at=message.at,
            label=text(reference, "ProcessCondition"),
            comment=comment,
            errors=tuple(map(_error, told)),
        )
    return InvoiceStatus(
        code=code,
        number=_number(reference) or "",
        at=message.at,
        invoice_date=invoice_date,
        supplier_type=seller.scheme,
        supplier_id=seller.id,
        supplier_name=seller.name or message.seller_name,
        debtor_id=_debtor(reference) or message.buyer_id,
        label=text(reference, "ProcessCondition"),
        comment=comment,
        reasons=told,
        dialect="cdar",
        message_id=message.id,
        phase=message.phase,
        condition=text(reference, "StatusCode"),
    )


def _number(reference: etree._Element) -> str | None:
    return content(reference.find(f"{RAM}IssuerAssignedID")) or content(reference.find(f"{RAM}GlobalID"))


def _debtor(reference: etree._Element) -> str | None:
    """Return who the document was for: its buyer, else the first recipient that has an identifier."""
    recipients = [named(each) for each in reference.iterchildren(f"{RAM}RecipientTradeParty")]
    recipients.sort(key=lambda party: party.role != BUYER)
    return next((party.id for party in recipients if party.id), None)


def _error(reason: Reason) -> tuple[str, str, str, str]:
    """Return nature, code, label and description, as a CPPStatut gives them; CDAR has no nature."""
    return "", reason.code or "", reason.text or "", "\n".join(reason.notes)
