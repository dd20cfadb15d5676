"""Flows that wait for a person: those that could not be sent, and received ones that were not understood."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from edid.errors import PermanentError
from edid.exchange.outbox import may_have_arrived
from edid.exchange.standing import MESSAGES, SETTLED, refresh_documents, take_back
from edid.journal import queries, tables
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState, FlowState, move

_HELD = (FlowState.FAILED, FlowState.KEPT)


def held_flow(view: Connection, flow_id: int) -> AnyRow:
    """Return the held flow `flow_id`. Raises PermanentError when it is none."""
    row = queries.flow(view, flow_id)
    if row is None:
        raise PermanentError(f"there is no flow {flow_id}.", remedy="See: edid held list.")
    if row.state not in _HELD:
        raise PermanentError(f"flow {flow_id} is {row.state}, not held.", remedy="See: edid held list.")
    return row


def held_flows(view: Connection, *, sheet: str | None = None, limit: int = 100) -> Sequence[AnyRow]:
    """Return the flows that wait for a person, newest first."""
    flows = tables.flows.c
    query = select(tables.flows).where(flows.state.in_(_HELD)).order_by(flows.id.desc()).limit(limit)
    return view.execute(query if sheet is None else query.where(flows.sheet == sheet)).all()


def drop_flow(journal: Journal, flow_id: int, reason: str, *, looked: bool = False) -> int:
    """Give a held flow up, with `reason` in the journal; return how many documents of ours do not leave for it.

    They are rejected, and an ERP may drop the same invoices again. The bytes stay in the store. `looked`: somebody
    made sure that the partner has not got it. Raises PermanentError when it is not held, or when `looked` is needed.
    """
    documents = tables.documents.c
    with journal.writing() as tx:
        flow = held_flow(tx, flow_id)
        if not looked and flow.direction == Direction.OUT and may_have_arrived(tx, flow_id):
            raise PermanentError(
                f"flow {flow_id} was not refused: the partner may have got {flow.name} without our knowing.",
                remedy="Look there. If it has not: edid held drop --not-there.",
            )
        move(tx, tables.flows, [flow_id], FlowState.DROPPED, event="flow.dropped", data={"reason": reason})
        rows = tx.execute(
            select(documents.id, documents.kind, documents.sheet).where(
                documents.flow_id == flow_id, documents.state == DocumentState.PACKED
            )
        ).all()
        ids = [row.id for row in rows]
        record(tx, [Event(SETTLED, "document", row.id, row.sheet, data={"comment": reason}) for row in rows])
        move(
            tx,
            tables.documents,
            ids,
            DocumentState.REJECTED,
            event="document.dropped",
            data={"reason": reason},
            bytes_key=None,
            invoice_key=None,
        )
        take_back(tx, [row.id for row in rows if row.kind in MESSAGES])
        refresh_documents(tx, ids)
    return len(ids)
