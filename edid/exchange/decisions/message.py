"""The messages that say what was decided: one CDAR for each decision, one CPPStatut for all of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from edid.documents.kinds import Kind, Reason
from edid.exchange.decisions.wanted import Wanted
from edid.exchange.house import AnySheet
from edid.flows.names import parse_strict
from edid.journal.states import Direction
from edid.lifecycle.messages.amounts import cashed, paid
from edid.lifecycle.messages.cdar import CdarToWrite, cdar
from edid.lifecycle.messages.codes import AGENT
from edid.lifecycle.messages.cpp_statut import StatusLine, invoice_statuses
from edid.lifecycle.messages.envelope import Envelope
from edid.lifecycle.messages.parties import company
from edid.lifecycle.messages.status import message_id
from edid.lifecycle.reasons import reason_text

PLATFORM_CODE = "CPP001"
"""Application code of Chorus Pro itself. Source: AIFE, its sample messages."""
_SIRET = 14
MOST_IN_ONE = 500
"""Statuses in one CPPStatut."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, and the decisions that it tells."""

    kind: Kind
    content: bytes
    told: Sequence[Wanted]
    message_id: str | None = None


def of_cdar(sheet: AnySheet, wanted: Wanted, at: datetime) -> Message:
    """Return the CDAR message of one decision. Raises RefusedInputError when something is missing for it."""
    status = CdarToWrite(
        wanted.code,
        wanted.facts,
        wanted.decision.at or at,
        reasons=_reasons(wanted, "cdar"),
        characteristics=tuple(
            cashed(each.amount, each.vat_rate, each.currency)
            if wanted.code == "212" and each.vat_rate is not None
            else paid(each.amount, each.on, each.currency)
            for each in wanted.decision.payments
        ),
        comment=wanted.decision.comment,
        author=company(sheet.structure.siret, role=AGENT, name=sheet.structure.name) if wanted.code == "214" else None,
        received_at=wanted.document.created_at,
        created_at=at,
        process=sheet.lifecycle.regulated,
    )
    return Message(Kind.CDAR, cdar(status), [wanted], message_id(status))


def of_cpp_statut(sheet: AnySheet, flow: str, wanted: Sequence[Wanted], at: datetime) -> Message:
    """Return the CPPStatut of several decisions, to be carried by the flow named `flow`.

    Raises RefusedInputError when an invoice lacks what every status must say.
    """
    lines = [
        StatusLine(
            each.code,
            each.facts,
            each.decision.comment,
            _reasons(each, "cpp-statut"),
            each.decision.at,
            each.decision.payment_order,
            _debtor(sheet, each),
        )
        for each in wanted
    ]
    envelope = Envelope.of(parse_strict(flow), receiver=PLATFORM_CODE, at=at)
    return Message(Kind.CPP_STATUT, invoice_statuses(envelope, lines), list(wanted))


def _debtor(sheet: AnySheet, wanted: Wanted) -> str | None:
    """Return the SIRET of the recipient where the invoice does not give it: ours, of a received one."""
    given = len(wanted.facts.buyer_id or "") == _SIRET
    return None if given or wanted.document.direction != Direction.IN else sheet.structure.siret


def _reasons(wanted: Wanted, dialect: str) -> tuple[Reason, ...]:
    found = []
    for code in wanted.decision.reasons:
        text = reason_text(code, dialect)
        found.append(Reason(code.upper() if text else code, text[0] if text else None))
    return tuple(found)
