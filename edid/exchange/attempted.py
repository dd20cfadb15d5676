"""What the journal is told about attempts: what was delivered, and what failed and is tried again, or held."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import Connection, func, or_, select, update

from edid.clock import iso, now
from edid.errors import EdidError, OperatorError, PermanentError, TransientError
from edid.exchange.house import AnySheet, House
from edid.exchange.outbox import FAULT, OPERATOR, PERMANENT, RETRIED, Attempt
from edid.exchange.retry import next_attempt, spread
from edid.exchange.rounds import Reach, Round, Tried
from edid.exchange.setbacks import MOST_TRIES, told
from edid.journal import tables
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState, FlowState, move
from edid.transport.deliver import TakenUnfinishedError

log = structlog.get_logger()


class FaultError(TransientError):
    """Something unforeseen, met by one flow."""


def commit_sent(house: House, sheet: AnySheet, made: Round) -> None:
    """Journal what was delivered since the last time."""
    delivered = made.delivered[made.committed :]
    if not delivered:
        return
    at = now()
    ids = [attempt.flow.id for attempt in delivered]
    documents = tables.documents.c
    with house.journal.writing() as tx:
        move(
            tx,
            tables.flows,
            ids,
            FlowState.SENT,
            event="flow.sent",
            sent_at=at,
            reason=None,
            next_attempt_at=None,
        )
        rows = list(tx.execute(select(documents.id).where(documents.flow_id.in_(ids))).scalars())
        move(tx, tables.documents, rows, DocumentState.SENT, event="document.sent")
        _end(tx, delivered, "delivered", None)
    made.committed = len(made.delivered)
    for attempt in delivered:
        log.info("flow.sent", sheet=sheet.name, flow_id=attempt.flow.id, flow=attempt.flow.name)


def commit_failed(house: House, sheet: AnySheet, one: Tried, error: EdidError, *, alone: bool) -> None:
    """Journal a failed attempt, and when the flow is tried again; `alone`: others got through.

    A refusal that only a person can mend holds the flow; so do too many failures while others got through.
    """
    attempt, flow = one.attempt, one.attempt.flow
    kind = _kind(error)
    event, due, reason = f"flow.{kind}", None, str(error)
    if isinstance(error, TakenUnfinishedError):
        event = "flow.held"
    elif isinstance(error, TransientError):
        due = next_attempt(sheet.retry, flow.attempt_count + 1, now())
    elif isinstance(error, OperatorError):
        due = now() + spread(sheet.retry, sheet.retry.refused)
    with house.journal.writing() as tx:
        if due is not None and (times := _times_alone(tx, flow) + alone) >= sheet.retry.tries:
            event, due = "flow.held", None
            reason = f"{reason} It failed {times} times while others got through."
        move(
            tx,
            tables.flows,
            [flow.id],
            FlowState.FAILED if due is None else FlowState.READY,
            event=event,
            data={"error": reason},
            reason=reason,
            next_attempt_at=due,
        )
        _end(tx, [attempt], kind, str(error), reach=one.reach, alone=alone)
    log.warning(
        event,
        sheet=sheet.name,
        flow_id=flow.id,
        flow=flow.name,
        error=reason,
        next_attempt=due and iso(due),
    )


def others_got_through(house: House, sheet: AnySheet) -> None:
    """Count the newest failure of each flow that still waits as its own: the partner was reached, and took others."""
    flows, attempts = tables.flows.c, tables.attempts.c
    waiting = select(flows.id).where(flows.sheet == sheet.name, flows.state == FlowState.READY, flows.attempt_count > 0)
    newest = select(func.max(attempts.id)).where(attempts.flow_id.in_(waiting)).group_by(attempts.flow_id)
    reached = attempts.reach.in_((Reach.REACHED, Reach.WRITTEN))
    with house.journal.writing() as tx:
        tx.execute(
            update(tables.attempts)
            .where(attempts.id.in_(newest), reached, attempts.alone.is_(False))
            .values(alone=True)
        )


def _times_alone(tx: Connection, flow: AnyRow) -> int:
    """Return how often `flow` failed while others got through, since a person looked at it."""
    attempts, events = tables.attempts.c, tables.events.c
    asked = (
        select(func.max(events.at))
        .where(events.entity == "flow", events.entity_id == flow.id, events.name == RETRIED)
        .scalar_subquery()
    )
    since = or_(asked.is_(None), attempts.started_at > asked)
    query = select(func.count()).where(attempts.flow_id == flow.id, attempts.alone, since)
    return int(tx.execute(query).scalar_one())


def _kind(error: EdidError) -> str:
    """Return the outcome of an attempt that ended with `error`."""
    for kind, types in ((FAULT, FaultError), ("transient", TransientError), (OPERATOR, OperatorError)):
        if isinstance(error, types):
            return kind
    return PERMANENT


def _end(
    tx: Connection,
    attempts: Sequence[Attempt],
    outcome: str,
    error: str | None,
    *,
    reach: Reach = Reach.WRITTEN,
    alone: bool = False,
) -> None:
    tx.execute(
        update(tables.attempts)
        .where(tables.attempts.c.id.in_([attempt.attempt_id for attempt in attempts]))
        .values(ended_at=now(), outcome=outcome, error=error, reach=reach, alone=alone)
    )
    flows = tables.flows.c
    tx.execute(
        update(tables.flows)
        .where(flows.id.in_([attempt.flow.id for attempt in attempts]))
        .values(attempt_count=flows.attempt_count + 1)
    )


def fault(house: House, attempt: Attempt, error: Exception) -> EdidError:
    """Return the failure to journal for something unforeseen: tried again, but not without end."""
    attempts = tables.attempts.c
    with house.journal.reading() as view:
        earlier = view.execute(
            select(func.count()).where(attempts.flow_id == attempt.flow.id, attempts.outcome == FAULT)
        ).scalar_one()
    if earlier + 1 < MOST_TRIES:
        return FaultError(told(error))
    return PermanentError(f"{told(error)}.", remedy="Look at the log, then: edid flows retry.")
