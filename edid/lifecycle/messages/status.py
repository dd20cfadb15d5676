"""One status to be said in a CDAR message, and what goes without saying."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from edid.documents.cdar.names import BUYER, SELLER
from edid.documents.kinds import Characteristic, Facts, Reason
from edid.lifecycle.messages import parties
from edid.lifecycle.messages.codes import CdarCode
from edid.lifecycle.messages.details import Enclosure
from edid.lifecycle.messages.parties import Party
from edid.lifecycle.messages.tree import words

REGULATED: Final = "REGULATED"
_FRANCE = "Europe/Paris"
_LONGEST_NUMBER = 20  # of an invoice within MDT-4, which has 50 characters
_DIGEST = 10


@dataclass(frozen=True, slots=True)
class CdarToWrite:
    """One status of one invoice."""

    code: str
    """MDT-105: 204 to 214."""
    facts: Facts
    """Of the invoice: number, date and seller are demanded."""
    at: datetime
    """When the status was set (MDT-78), with its zone."""
    reasons: tuple[Reason, ...] = ()
    """Motives, each with its own notes and data; 206, 207, 208, 210 and 213 need one with a code."""
    characteristics: tuple[Characteristic, ...] = ()
    """Data without motive, see `edid.lifecycle.messages.amounts`; 212 needs a sum cashed for each VAT rate."""
    comment: str | None = None
    received_at: datetime | None = None
    """When the invoice was received, or deposited (MDT-95)."""
    author: Party | None = None
    """Who gives the status. Unless given: the buyer or the seller of `facts`, as the code demands. 214 needs it."""
    recipients: tuple[Party, ...] = ()
    """Unless given: the seller or the buyer of `facts`, or both, as the code demands."""
    sender: Party | None = None
    """Who sends the message: an unnamed platform unless given, as in the official samples."""
    created_at: datetime | None = None
    """When the message is made (MDT-8): `at` unless given."""
    message_id: str | None = None
    """MDT-4, at most 50 characters; made of what the message says unless given, so that no two are alike."""
    process: str | None = REGULATED
    """MDT-2."""
    enclosures: tuple[Enclosure, ...] = ()
    """Files that complete the invoice (MDT-96), for 209."""

    @property
    def data(self) -> tuple[Characteristic, ...]:
        """All data of the status, with and without motive."""
        return (*self.characteristics, *(each for reason in self.reasons for each in reason.characteristics))


def author_of(status: CdarToWrite, kind: CdarCode) -> Party:
    """Return who gives `status`."""
    return status.author or _by_role(kind.author, status.facts)


def recipients_of(status: CdarToWrite, kind: CdarCode) -> tuple[Party, ...]:
    """Return whom `status` is for."""
    return status.recipients or tuple(_by_role(role, status.facts) for role in kind.to)


def message_id(status: CdarToWrite) -> str:
    """Return MDT-4 of `status`: number, code and moment to be read, and a digest so that it is never used twice."""
    said = repr((parties.seller(status.facts).id, status.facts, status.author, status.reasons, status.characteristics))
    digest = hashlib.sha256(f"{said}{status.comment}".encode(errors="replace")).hexdigest()[:_DIGEST]
    number = (words(status.facts.number) or "")[:_LONGEST_NUMBER].rstrip()
    return f"{number}_{status.code}_{compact(status.at)}#{digest}"


def compact(at: datetime) -> str:
    """Return `at` in format 204: French time, 14 digits."""
    return f"{at.astimezone(ZoneInfo(_FRANCE)):%Y%m%d%H%M%S}"


def _by_role(role: str, facts: Facts) -> Party:
    known = {SELLER: parties.seller, BUYER: parties.buyer}
    return known[role](facts) if role in known else Party(role, scheme=None)
