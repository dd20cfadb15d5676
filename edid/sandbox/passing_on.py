"""Statuses that a recipient gave, as the platform passes them on to the supplier that deposited the invoice.

Source: AIFE, Dossier de spécifications externes FE - Chorus Pro v1.1, 2.4.2: what a recipient still sends back to be
recycled reaches the supplier as a rejection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from edid.documents.kinds import Facts, FlowStatus, InvoiceStatus
from edid.flows.names import FlowName
from edid.lifecycle.messages.codes import CDAR_CODES
from edid.lifecycle.messages.cpp_statut import StatusLine
from edid.sandbox import afnor, cdar
from edid.sandbox.answers import invoice_statuses
from edid.sandbox.historical import LIFECYCLE
from edid.sandbox.memory import Memory
from edid.sandbox.words import Word

_RECYCLED, _REJECTED = "04", "05"
_MOTIVE = 0


def passed_on(memory: Memory, statuses: Iterable[InvoiceStatus | FlowStatus]) -> Iterator[tuple[FlowName, Word]]:
    """Yield what the suppliers of known invoices are told, each with the flow that they had deposited it in.

    A status in another dialect than that of the deposit is not passed on: the tables between the two are not for a
    sandbox to apply.
    """
    lines: dict[FlowName, list[StatusLine]] = defaultdict(list)
    for status in statuses:
        taken = memory.taken(status) if isinstance(status, InvoiceStatus) else None
        if taken is None or not isinstance(status, InvoiceStatus):
            continue
        if status.dialect == "cdar":
            if afnor.speaks(taken.flow) and status.code in CDAR_CODES:
                yield taken.flow, _message(status)
        elif not afnor.speaks(taken.flow):
            lines[taken.flow].append(_line(status))
    for flow, told in lines.items():
        yield flow, _lines(told)


def _lines(lines: list[StatusLine]) -> Word:
    return Word(LIFECYCLE, lambda flow, at: invoice_statuses(flow, lines, at))


def _line(status: InvoiceStatus) -> StatusLine:
    code = _REJECTED if status.code == _RECYCLED else status.code
    label = None if status.code == _RECYCLED else status.label
    return StatusLine(code, _facts(status), status.comment, at=status.at, label=label)


def _message(status: InvoiceStatus) -> Word:
    reason = status.reasons[_MOTIVE] if status.reasons else None
    facts, code, said = _facts(status), status.code, status.at
    return Word(afnor.LIFECYCLE, lambda _flow, at: cdar.invoice_status(facts, code, said or at, reason=reason))


def _facts(status: InvoiceStatus) -> Facts:
    return Facts(
        number=status.number,
        issue_date=status.invoice_date,
        seller_id=status.supplier_id,
        seller_scheme=status.supplier_type,
        seller_name=status.supplier_name,
        buyer_id=status.debtor_id,
        service_code=status.service_code,
    )
