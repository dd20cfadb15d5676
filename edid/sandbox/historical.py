"""What the platform says about a deposit in CPPStatut, the format of the historical interfaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edid.flows.interfaces import reply_code
from edid.flows.names import FlowName
from edid.lifecycle.messages.cpp_statut import Fault, StatusLine
from edid.sandbox.answers import flow_report, invoice_statuses
from edid.sandbox.cdar import UNREADABLE
from edid.sandbox.checks import Document, refusal
from edid.sandbox.fates import Fate, Step, life
from edid.sandbox.words import Word

LIFECYCLE = "FEN1200A"
_INTEGRATED, _REFUSED, _PARTLY = "92", "93", "96"
_NOT_TAKEN = frozenset({Fate.REFUSED, Fate.REPEATED})


@dataclass(frozen=True, slots=True)
class Historical:
    """How it speaks of the flow `about`; see `Voice`."""

    about: FlowName
    documents: Sequence[Document] = ()
    fates: Sequence[Fate] = ()
    refuses_statuses: bool = False

    def refused(self, faults: Sequence[Fault]) -> list[Word]:
        """Return the report 93; nothing where no report code exists."""
        return self._report(_REFUSED, faults)

    def report(self) -> list[Word]:
        """Return the report: 92, 96 when some documents are refused, 93 when all are."""
        if self.refuses_statuses and any(document.statuses for document in self.documents):
            return self._report(_REFUSED, [refusal("IRR_SYNTAX", "Scénario : statut refusé.")])
        outcast = [each for each in zip(self.documents, self.fates, strict=True) if each[1] in _NOT_TAKEN]
        code = _INTEGRATED if not outcast else _REFUSED if len(outcast) == len(self.documents) else _PARTLY
        return self._report(code, [_fault(*each) for each in outcast])

    def statuses(self, moment: int) -> list[Word]:
        """Return one message with the status that each invoice reaches."""
        lines = [
            _line(document, life(fate, afnor=False)[moment])
            for document, fate in zip(self.documents, self.fates, strict=True)
            if document.facts is not None and moment < len(life(fate, afnor=False))
        ]
        if not lines:
            return []
        return [Word(LIFECYCLE, lambda flow, at: invoice_statuses(flow, lines, at))]

    def afterwards(self) -> list[Word]:
        """Return the report that the flow was received before, where a fate wants it."""
        if Fate.DOUBLE not in self.fates:
            return []
        return self._report(_REFUSED, [refusal("IRR_UNCITE", self.about.identifier)])

    def _report(self, report: str, faults: Sequence[Fault]) -> list[Word]:
        code = reply_code(self.about.interface)
        if code is None:
            return []
        return [Word(code, lambda flow, at: flow_report(flow, self.about, report, at, faults))]


def _line(document: Document, step: Step) -> StatusLine:
    assert document.facts is not None
    return StatusLine(step.code, UNREADABLE if step.unreadable else document.facts, step.comment)


def _fault(document: Document, fate: Fate) -> Fault:
    facts = document.facts
    number = facts.number if facts else None
    supplier = (facts.seller_id or facts.seller_vat) if facts else None
    named = f"Facture {number}, fournisseur {supplier}"
    if fate is Fate.REPEATED:
        return Fault("DOUBLE_FACT", "La facture a déjà été déposée.", named, nature="Fonctionnelle")
    return Fault("CREANCIER_ERR", "L'identifiant fournisseur n'est pas référencé.", named, nature="Fonctionnelle")
