"""Fourth step out: deliver ready flows, and say *sent* only when the partner holds every byte.

A flow keeps its name and bytes for every attempt. After an attempt that ended unsure (crash, lost connection) the
partner is asked first whether it already has the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import structlog
from sqlalchemy import ColumnElement, Connection, delete, exists, insert, or_, select, update

from edid.clock import iso, now
from edid.config.sheet import SenderSheet
from edid.errors import EdidError, OperatorError, RefusedInputError, TransientError
from edid.exchange.house import House
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.retry import next_attempt
from edid.flows.preflight import flow_findings
from edid.flows.subscriptions import subscriptions
from edid.journal import tables
from edid.journal.database import Journal
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState, FlowState, move
from edid.transport.contract import Transport
from edid.transport.deliver import deliver, is_delivered

log = structlog.get_logger()
GROUP = 16
_GROUP_BYTES = 16 * 1000**2


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one round of sending ended."""

    sent: int
    failed: bool = False
    """True when an attempt failed: the next round should wait a little, whatever flow comes next."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    flow: AnyRow
    attempt_id: int


def recover(house: House, sheet: SenderSheet) -> int:
    """Put flows that were under way when the daemon stopped back in the queue; return how many.

    Only for a sheet that nobody sends for at the moment.
    """
    flows, attempts = tables.flows.c, tables.attempts.c
    with house.journal.writing() as tx:
        running = list(
            tx.execute(select(flows.id).where(flows.sheet == sheet.name, flows.state == FlowState.SENDING)).scalars()
        )
        move(
            tx,
            tables.flows,
            running,
            FlowState.READY,
            event="flow.interrupted",
            next_attempt_at=None,
            attempt_count=flows.attempt_count + 1,
        )
        tx.execute(
            update(tables.attempts)
            .where(attempts.flow_id.in_(running), attempts.ended_at.is_(None))
            .values(ended_at=now(), outcome="interrupted")
        )
    return len(running)


def release(house: House, sheet: SenderSheet) -> int:
    """Put flows that failed on settings back in the queue, because somebody may have mended them; return how many.

    Called when the daemon starts and when it reads its configuration again.
    """
    with house.journal.writing() as tx:
        blocked = list(
            tx.execute(select(tables.flows.c.id).where(tables.flows.c.sheet == sheet.name, _blocks())).scalars()
        )
        move(tx, tables.flows, blocked, FlowState.READY, event="flow.released", next_attempt_at=None)
    return len(blocked)


def retry(journal: Journal, *, flow_id: int | None = None, sheet: str | None = None) -> int:
    """Put failed flows back in the queue and make waiting ones due now; return how many.

    One flow by `flow_id`, or all outbound flows of `sheet`.
    """
    flows = tables.flows.c
    where = flows.id == flow_id if flow_id is not None else flows.sheet == sheet
    with journal.writing() as tx:
        failed = list(tx.execute(select(flows.id).where(where, flows.state == FlowState.FAILED)).scalars())
        move(tx, tables.flows, failed, FlowState.READY, event="flow.retried", next_attempt_at=None)
        hurried = tx.execute(
            update(tables.flows)
            .where(where, flows.state == FlowState.READY, flows.next_attempt_at.is_not(None))
            .values(next_attempt_at=None)
        )
        return len(failed) + hurried.rowcount


def is_blocked(house: House, sheet: SenderSheet) -> bool:
    """Tell whether a refusal that only a person can mend stops this sheet."""
    flows = tables.flows.c
    with house.journal.reading() as view:
        return view.execute(select(flows.id).where(flows.sheet == sheet.name, _blocks()).limit(1)).first() is not None


def send(house: House, sheet: SenderSheet, transport: Transport, pulse: Pulse) -> Outcome:
    """Deliver up to GROUP flows of `sheet` that are due, over one session; return how it went.

    Raises nothing for a failure of the partner: it is journalled, and the flow waits for its next attempt. Leaves
    the rest of the group in the queue when `pulse` wants to stop.
    """
    attempts = _begin(house, sheet)
    delivered: list[_Attempt] = []
    failed: tuple[_Attempt, EdidError] | None = None
    for attempt in attempts:
        if pulse.stopping:
            break
        try:
            _deliver(house, sheet, transport, attempt.flow, pulse)
        except StopRequestedError:
            break
        except EdidError as error:
            failed = (attempt, error)
            break
        delivered.append(attempt)
    _commit_sent(house, sheet, delivered)
    if failed is not None:
        _commit_failed(house, sheet, *failed)
    _put_back(house, attempts[len(delivered) + (failed is not None) :])
    return Outcome(len(delivered), failed=failed is not None)


def next_due(house: House, sheet: SenderSheet) -> datetime | None:
    """Return when the next ready flow may be tried, or None when none waits."""
    flows = tables.flows.c
    with house.journal.reading() as view:
        row = view.execute(
            select(flows.next_attempt_at)
            .where(flows.sheet == sheet.name, flows.state == FlowState.READY)
            .order_by(flows.next_attempt_at.nulls_first())
            .limit(1)
        ).first()
    return None if row is None else (row.next_attempt_at or now())


def _blocks() -> ColumnElement[bool]:
    flows, attempts = tables.flows.c, tables.attempts.c
    refused = exists().where(attempts.flow_id == flows.id, attempts.outcome == "operator")
    return (flows.state == FlowState.FAILED) & refused


def _begin(house: House, sheet: SenderSheet) -> list[_Attempt]:
    flows = tables.flows.c
    at = now()
    with house.journal.writing() as tx:
        due = tx.execute(
            select(tables.flows)
            .where(
                flows.sheet == sheet.name,
                flows.state == FlowState.READY,
                or_(flows.next_attempt_at.is_(None), flows.next_attempt_at <= at),
            )
            .order_by(flows.id)
            .limit(GROUP)
        ).all()
        group = _within_bytes(due)
        if not group:
            return []
        move(tx, tables.flows, [flow.id for flow in group], FlowState.SENDING, event="flow.attempt")
        ids = tx.execute(
            insert(tables.attempts).returning(tables.attempts.c.id, sort_by_parameter_order=True),
            [{"flow_id": flow.id, "started_at": at} for flow in group],
        ).scalars()
        return [_Attempt(flow, attempt_id) for flow, attempt_id in zip(group, ids, strict=True)]


def _within_bytes(due: Sequence[AnyRow]) -> list[AnyRow]:
    group: list[AnyRow] = []
    size = 0
    for flow in due:
        if group and size + flow.size > _GROUP_BYTES:
            break
        group.append(flow)
        size += flow.size
    return group


def _deliver(house: House, sheet: SenderSheet, transport: Transport, flow: AnyRow, pulse: Pulse) -> None:
    _must_be_acceptable(house, sheet, flow)
    source = house.store.require(flow.sha256)
    if flow.attempt_count and is_delivered(transport, flow.name, flow.size, sheet.transport):
        log.info("flow.already_there", sheet=sheet.name, flow_id=flow.id, flow=flow.name)
        return
    deliver(transport, source, flow.name, sheet.transport, progress=lambda _moved: pulse.beat())


_subscription = lru_cache(maxsize=256)(subscriptions)


def _must_be_acceptable(house: House, sheet: SenderSheet, flow: AnyRow) -> None:
    """Refuse here what the platform would refuse: raises RefusedInputError with the platform's own code."""
    findings = flow_findings(
        flow.name,
        flow.size,
        flow.document_count,
        application_code=sheet.application_code,
        subscription=_subscription(sheet.interfaces),
        limits=house.settings.limits,
        language=house.settings.language,
    )
    if findings:
        text = "; ".join(f"{finding.rule}: {finding.message}" for finding in findings)
        raise RefusedInputError(text, code=findings[0].rule, remedy=findings[0].remedy or "")


def _commit_sent(house: House, sheet: SenderSheet, delivered: Sequence[_Attempt]) -> None:
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
    for attempt in delivered:
        log.info("flow.sent", sheet=sheet.name, flow_id=attempt.flow.id, flow=attempt.flow.name)


def _commit_failed(house: House, sheet: SenderSheet, attempt: _Attempt, error: EdidError) -> None:
    flow = attempt.flow
    transient = isinstance(error, TransientError)
    kind = "transient" if transient else "operator" if isinstance(error, OperatorError) else "permanent"
    event = f"flow.{kind}"
    due = next_attempt(sheet.retry, flow.attempt_count + 1, now()) if transient else None
    with house.journal.writing() as tx:
        move(
            tx,
            tables.flows,
            [flow.id],
            FlowState.READY if transient else FlowState.FAILED,
            event=event,
            data={"error": str(error)},
            reason=str(error),
            next_attempt_at=due,
        )
        _end(tx, [attempt], kind, str(error))
    log.warning(
        event,
        sheet=sheet.name,
        flow_id=flow.id,
        flow=flow.name,
        error=str(error),
        next_attempt=due and iso(due),
    )


def _end(tx: Connection, attempts: Sequence[_Attempt], outcome: str, error: str | None) -> None:
    tx.execute(
        update(tables.attempts)
        .where(tables.attempts.c.id.in_([attempt.attempt_id for attempt in attempts]))
        .values(ended_at=now(), outcome=outcome, error=error)
    )
    flows = tables.flows.c
    tx.execute(
        update(tables.flows)
        .where(flows.id.in_([attempt.flow.id for attempt in attempts]))
        .values(attempt_count=flows.attempt_count + 1)
    )


def _put_back(house: House, attempts: Sequence[_Attempt]) -> None:
    """Undo the start of attempts that were not made: the session failed before their turn."""
    if not attempts:
        return
    with house.journal.writing() as tx:
        move(
            tx,
            tables.flows,
            [attempt.flow.id for attempt in attempts],
            FlowState.READY,
            event="flow.put_back",
        )
        tx.execute(
            delete(tables.attempts).where(tables.attempts.c.id.in_([attempt.attempt_id for attempt in attempts]))
        )
