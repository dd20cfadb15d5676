"""Which answers an accepted or refused flow gets, and when each happens and is offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, takewhile

from edid.flows.interfaces import reply_code
from edid.flows.names import FlowName
from edid.sandbox.answers import Fault, StatusLine, flow_report, invoice_statuses
from edid.sandbox.checks import Document
from edid.sandbox.scenarios import COMMENTS, LIVES, Fate, Script

LIFECYCLE = "FEN1200A"


@dataclass(frozen=True, slots=True)
class Answer:
    """One flow of the platform about a deposited flow: a report, or the statuses of one moment."""

    interface: str
    about: FlowName
    happened: datetime
    """The time that it states."""
    due: datetime
    """When it is offered."""
    report: str | None = None
    """Code of a flow report; None for invoice statuses."""
    faults: tuple[Fault, ...] = ()
    lines: tuple[StatusLine, ...] = ()

    def write(self, flow: FlowName) -> bytes:
        """Return its bytes under the name `flow`."""
        if self.report is None:
            return invoice_statuses(flow, self.lines, self.happened)
        return flow_report(flow, self.about, self.report, self.happened, self.faults)


def refusal_answers(about: FlowName, faults: Sequence[Fault], at: datetime, delay: timedelta) -> list[Answer]:
    """Return the report 93 on a refused flow; nothing where no report code exists for its interface."""
    code = reply_code(about.interface)
    if code is None:
        return []
    return [Answer(code, about, at, at + delay, report="93", faults=tuple(faults))]


def answers(
    about: FlowName,
    documents: Sequence[Document],
    fates: Sequence[Fate],
    script: Script,
    at: datetime,
    delay: timedelta,
) -> list[Answer]:
    """Return what comes back about the flow `about`, accepted `at`, in the order of offering.

    `delay` lies between two answers. `fates` has one fate for each document.
    """
    if not script.answers:
        return []
    step = delay * script.pace
    happenings = [*_report(about, documents, fates), *_lives(documents, fates)]
    last = at + step * len(happenings)
    told: list[Answer] = []
    for place, (interface, report, faults, lines) in enumerate(happenings):
        happened = at + step * (place + 1)
        due = last + step * (len(happenings) - place) if script.backwards else happened
        told.append(Answer(interface, about, happened, due, report, faults, lines))
    return sorted(told, key=lambda answer: answer.due)


_Happening = tuple[str, str | None, tuple[Fault, ...], tuple[StatusLine, ...]]


def _report(about: FlowName, documents: Sequence[Document], fates: Sequence[Fate]) -> list[_Happening]:
    code = reply_code(about.interface)
    if code is None:
        return []
    refused = [each for each, fate in zip(documents, fates, strict=True) if fate is Fate.REFUSED]
    report = "92" if not refused else "93" if len(refused) == len(documents) else "96"
    return [(code, report, tuple(_functional_fault(each) for each in refused), ())]


def _lives(documents: Sequence[Document], fates: Sequence[Fate]) -> list[_Happening]:
    moments = takewhile(bool, (_statuses(documents, fates, moment) for moment in count()))
    return [(LIFECYCLE, None, (), tuple(lines)) for lines in moments]


def _statuses(documents: Sequence[Document], fates: Sequence[Fate], moment: int) -> list[StatusLine]:
    """Return the statuses that the invoices reach at their `moment`-th step."""
    return [
        StatusLine(LIVES[fate][moment], document.facts, COMMENTS.get(LIVES[fate][moment]))
        for document, fate in zip(documents, fates, strict=True)
        if document.facts is not None and moment < len(LIVES[fate])
    ]


def _functional_fault(document: Document) -> Fault:
    facts = document.facts
    number = facts.number if facts else None
    supplier = (facts.seller_id or facts.seller_vat) if facts else None
    return Fault(
        "CREANCIER_ERR",
        "L'identifiant fournisseur n'est pas référencé.",
        f"Facture {number}, fournisseur {supplier}",
        nature="Fonctionnelle",
    )
