"""What the platform says about a deposit in CDAR, the message of the AFNOR circuits.

Source: AIFE, Dossier de spécifications externes FE - Chorus Pro v1.0, 5.4.2 and annex of interface codes and lifecycles
V1.0: report 500 or 501, object-level answer (202, 213), lifecycle, and 601 about a lifecycle message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from edid.documents.kinds import InvoiceStatus, Reason
from edid.flows.interfaces import known, reply_code
from edid.flows.names import FlowName
from edid.lifecycle.messages.cpp_statut import Fault
from edid.sandbox import cdar
from edid.sandbox.checks import Document
from edid.sandbox.fates import Fate, Step, life
from edid.sandbox.words import Word

OBJECT, LIFECYCLE, ABOUT_MESSAGE = "FEN1214A", "FEN1204A", "FEN1205A"
_AT_OBJECT_LEVEL = frozenset({"202", "213"})
_ONLY_REFUSALS = "CSI"
"""Reports of these codes say that a flow is not admissible; nothing says that it is."""


def speaks(about: FlowName) -> bool:
    """Tell whether a flow is answered in CDAR; one of an unknown interface is not."""
    listed = known(about.interface)
    return listed is not None and listed.circuit != "historical"


@dataclass(frozen=True, slots=True)
class Afnor:
    """How it speaks of the flow `about`; see `Voice`."""

    about: FlowName
    documents: Sequence[Document] = ()
    fates: Sequence[Fate] = ()
    refuses_statuses: bool = False

    def refused(self, faults: Sequence[Fault]) -> list[Word]:
        """Return the message 501; nothing where no report code exists."""
        code = reply_code(self.about.interface)
        if code is None:
            return []
        return [Word(code, lambda _flow, at: cdar.flow_report(self.about.identifier, at, faults))]

    def report(self) -> list[Word]:
        """Return the message 500, whatever becomes of the documents."""
        code = reply_code(self.about.interface)
        return [] if code is None or code.startswith(_ONLY_REFUSALS) else self.refused(())

    def statuses(self, moment: int) -> list[Word]:
        """Return a message for each invoice that reaches a status."""
        return [
            _status(document, life(fate, afnor=True)[moment])
            for document, fate in zip(self.documents, self.fates, strict=True)
            if document.facts is not None and moment < len(life(fate, afnor=True))
        ]

    def afterwards(self) -> list[Word]:
        """Return the refusal of each lifecycle message, where the script wants it."""
        if not self.refuses_statuses:
            return []
        given = [status for each in self.documents for status in each.statuses if isinstance(status, InvoiceStatus)]
        return [_refusal(status) for status in given if status.message_id]


def _status(document: Document, step: Step) -> Word:
    facts = cdar.UNREADABLE if step.unreadable else document.facts
    assert facts is not None
    write = partial(cdar.invoice_status, reason=step.reason, comment=step.comment)
    code = OBJECT if step.code in _AT_OBJECT_LEVEL else LIFECYCLE
    return Word(code, lambda _flow, at: write(facts, step.code, at))


def _refusal(status: InvoiceStatus) -> Word:
    message_id, reason = status.message_id or "", Reason("REJ_COH", "Données incohérentes")
    why = f"Scénario : le statut {status.code} de la facture {status.number} est refusé."
    return Word(ABOUT_MESSAGE, lambda _flow, at: cdar.message_refused(message_id, at, reason, why))
