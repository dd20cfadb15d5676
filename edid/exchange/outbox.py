"""The flows that wait for delivery, as the journal holds them: taken in hand, given back, released, retried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from edid.clock import now
from edid.exchange.house import AnySheet, House
from edid.exchange.retry import longest_pause
from edid.journal import tables
from edid.journal.chunks import chunks
from edid.journal.database import Journal
from edid.journal.rows import AnyRow
from edid.journal.states import FlowState, move

GROUP = 64
_GROUP_BYTES = 16 * 1000**2
OPERATOR, PERMANENT, FAULT, INTERRUPTED = "operator", "permanent", "fault", "interrupted"
"""Outcomes of an attempt that mean something to later ones."""
RETRIED: Final = "flow.retried"
_WRITTEN: Final = "written"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A flow in hand, and the row of its attempt."""

    flow: AnyRow
    attempt_id: int


def take_in_hand(house: House, sheet: AnySheet, *, seldom_first: bool = False) -> list[Attempt]:
    """Begin an attempt for up to GROUP flows that are due; the caller gives them up with `house.under_way.remove`.

    The oldest first; with `seldom_first` those that were tried seldom, so that flows at fault are not all that is tried
    of a partner. Flows that a failure left under way without anybody delivering them go back in the queue first.
    """
    flows = tables.flows.c
    at = now()
    group: list[AnyRow] = []
    try:
        with house.journal.writing() as tx:
            _requeue_strays(tx, house, sheet)
            due = tx.execute(
                select(tables.flows)
                .where(flows.sheet == sheet.name, flows.state == FlowState.READY, _is_due(sheet, at))
                .order_by(*([flows.attempt_count] if seldom_first else []), flows.id)
                .limit(GROUP)
            ).all()
            group = _within_bytes(due)
            if not group:
                return []
            house.under_way.add(flow.id for flow in group)
            move(tx, tables.flows, [flow.id for flow in group], FlowState.SENDING, event="flow.attempt")
            ids = tx.execute(
                insert(tables.attempts).returning(tables.attempts.c.id, sort_by_parameter_order=True),
                [{"flow_id": flow.id, "started_at": at} for flow in group],
            ).scalars()
            return [Attempt(flow, attempt_id) for flow, attempt_id in zip(group, ids, strict=True)]
    except BaseException:
        house.under_way.remove(flow.id for flow in group)
        raise


def put_back(house: House, attempts: Sequence[Attempt]) -> None:
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


def recover(house: House, sheet: AnySheet) -> int:
    """Put flows that nobody delivers any more, though they were under way, back in the queue; return how many."""
    with house.journal.writing() as tx:
        return _requeue_strays(tx, house, sheet)


def release(house: House, sheet: AnySheet) -> int:
    """Make flows that failed on settings due now, because somebody may have mended them; return how many.

    Called when the daemon starts and when it reads its configuration again.
    """
    flows = tables.flows.c
    with house.journal.writing() as tx:
        # An older edid let a refusal end the flow; it did not know how far an attempt came.
        old = tables.attempts.c.reach.is_(None)
        failed = _ids(tx, flows.sheet == sheet.name, flows.state == FlowState.FAILED, _was_refused(old))
        move(tx, tables.flows, failed, FlowState.READY, event="flow.released", next_attempt_at=None)
        waiting = update(tables.flows).where(
            flows.sheet == sheet.name,
            flows.state == FlowState.READY,
            flows.next_attempt_at.is_not(None),
            _was_refused(),
        )
        return len(failed) + tx.execute(waiting.values(next_attempt_at=None)).rowcount


def retry(journal: Journal, *, flow_id: int | None = None, sheet: str | None = None) -> int:
    """Put failed flows back in the queue and make waiting ones due now; return how many.

    One flow by `flow_id`, or all outbound flows of `sheet`. A received flow that was kept is read again, by its id
    only.
    """
    flows = tables.flows.c
    where = flows.id == flow_id if flow_id is not None else flows.sheet == sheet
    with journal.writing() as tx:
        failed = _ids(tx, where, flows.state == FlowState.FAILED)
        move(tx, tables.flows, failed, FlowState.READY, event=RETRIED, next_attempt_at=None)
        kept = _ids(tx, where, flows.state == FlowState.KEPT) if flow_id is not None else []
        move(tx, tables.flows, kept, FlowState.FETCHED, event=RETRIED, reason=None)
        hurried = tx.execute(
            update(tables.flows)
            .where(where, flows.state == FlowState.READY, flows.next_attempt_at.is_not(None))
            .values(next_attempt_at=None)
        )
        return len(failed) + len(kept) + hurried.rowcount


def has_untried(house: House, sheet: AnySheet) -> bool:
    """Tell whether a flow waits that no partner has refused or missed yet."""
    flows = tables.flows.c
    query = select(flows.id).where(flows.sheet == sheet.name, flows.state == FlowState.READY, flows.attempt_count == 0)
    with house.journal.reading() as view:
        return view.execute(query.limit(1)).first() is not None


def next_due(house: House, sheet: AnySheet) -> datetime | None:
    """Return when the next flow may be tried, or None when none waits."""
    flows = tables.flows.c
    at = now()
    ready = (flows.sheet == sheet.name, flows.state == FlowState.READY)
    with house.journal.reading() as view:
        due = select(flows.id).where(*ready, _is_due(sheet, at)).limit(1)
        if _strays(view, house, sheet) or view.execute(due).first() is not None:
            return at
        first: datetime | None = view.execute(select(func.min(flows.next_attempt_at)).where(*ready)).scalar_one()
    return first


def may_have_arrived(view: Connection, flow_id: int) -> bool:
    """Tell whether the partner may hold a flow, by what is known of its attempts."""
    attempts = tables.attempts.c
    unknown = attempts.reach.is_(None) & attempts.outcome.not_in((OPERATOR, PERMANENT))
    unsure = select(attempts.id).where(attempts.flow_id == flow_id, or_(attempts.reach == _WRITTEN, unknown))
    return view.execute(unsure.limit(1)).first() is not None


def hurry(journal: Journal, sheet: str) -> int:
    """Make the flows of `sheet` that wait for their next attempt due now; return how many."""
    flows = tables.flows.c
    waiting = (flows.sheet == sheet, flows.state == FlowState.READY, flows.next_attempt_at.is_not(None))
    with journal.writing() as tx:
        return tx.execute(update(tables.flows).where(*waiting).values(next_attempt_at=None)).rowcount


def _is_due(sheet: AnySheet, at: datetime) -> ColumnElement[bool]:
    """Return what tells a flow whose next attempt is due; one that waits longer than any may saw its clock set back."""
    moment = tables.flows.c.next_attempt_at
    return or_(moment.is_(None), moment <= at, moment > at + longest_pause(sheet.retry))


def _strays(view: Connection, house: House, sheet: AnySheet) -> list[int]:
    flows = tables.flows.c
    sending = _ids(view, flows.sheet == sheet.name, flows.state == FlowState.SENDING)
    return [flow_id for flow_id in sending if flow_id not in house.under_way]


def _requeue_strays(tx: Connection, house: House, sheet: AnySheet) -> int:
    """Their attempts count: nobody knows how far they came, so the partner is asked first next time."""
    flows, attempts = tables.flows.c, tables.attempts.c
    strays = _strays(tx, house, sheet)
    move(
        tx,
        tables.flows,
        strays,
        FlowState.READY,
        event="flow.interrupted",
        next_attempt_at=None,
        attempt_count=flows.attempt_count + 1,
    )
    for part in chunks(strays):
        tx.execute(
            update(tables.attempts)
            .where(attempts.flow_id.in_(part), attempts.ended_at.is_(None))
            .values(ended_at=now(), outcome=INTERRUPTED)
        )
    return len(strays)


def _ids(view: Connection, *where: ColumnElement[bool]) -> list[int]:
    return list(view.execute(select(tables.flows.c.id).where(*where)).scalars())


def _was_refused(*further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return what tells a flow whose newest attempt the partner refused because of our settings."""
    flows, attempts = tables.flows.c, tables.attempts.c
    newest = select(func.max(attempts.id)).where(attempts.flow_id == flows.id).correlate(tables.flows).scalar_subquery()
    return select(attempts.id).where(attempts.id == newest, attempts.outcome == OPERATOR, *further).exists()


def _within_bytes(due: Sequence[AnyRow]) -> list[AnyRow]:
    group: list[AnyRow] = []
    size = 0
    for flow in due:
        if group and size + flow.size > _GROUP_BYTES:
            break
        group.append(flow)
        size += flow.size
    return group
