"""Fourth step out: deliver ready flows, and say *sent* only when the partner holds every byte.

A flow keeps its name and bytes for every attempt. After an attempt that ended unsure (crash, lost connection) the
partner is asked first whether it already has the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import structlog
from sqlalchemy import Connection, func, select, update

from edid.clock import iso, now
from edid.errors import EdidError, OperatorError, PermanentError, RefusedInputError, TransientError
from edid.exchange.house import AnySheet, House
from edid.exchange.outbox import FAULT, OPERATOR, Attempt, put_back, take_in_hand
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.retry import next_attempt
from edid.exchange.setbacks import MOST_TRIES, is_outage, told
from edid.flows.preflight import flow_findings
from edid.flows.subscriptions import subscriptions
from edid.journal import tables
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState, FlowState, move
from edid.transport.contract import Transport
from edid.transport.deliver import deliver, is_delivered, is_taken

log = structlog.get_logger()
_COMMIT_EVERY = 16
"""Deliveries between two commits: a crash makes at most so many unsure."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one round of sending ended."""

    sent: int
    refused: int = 0
    """Flows that only a person can mend; they keep no other back."""
    failed: bool = False
    """True when an attempt failed that others would fail like: the next round should wait a little."""

    @property
    def go_on(self) -> bool:
        """True when another round makes sense now."""
        return not self.failed and self.sent + self.refused > 0


class _FaultError(TransientError):
    """Something unforeseen, met by one flow."""


_Failure = tuple[Attempt, EdidError]


@dataclass(slots=True)
class _Round:
    delivered: list[Attempt] = field(default_factory=list)
    committed: int = 0
    """How many of the delivered ones the journal knows."""
    refused: list[_Failure] = field(default_factory=list)
    failed: list[_Failure] = field(default_factory=list)
    """At most one: it ends the round."""

    def left(self, attempts: Sequence[Attempt]) -> list[Attempt]:
        """Return the attempts that were not made."""
        made = {attempt.attempt_id for attempt in (*self.delivered, *(one for one, _ in (*self.refused, *self.failed)))}
        return [attempt for attempt in attempts if attempt.attempt_id not in made]


def send(house: House, sheet: AnySheet, transport: Transport, pulse: Pulse) -> Outcome:
    """Deliver a group of flows of `sheet` that are due, over one session; return how it went.

    Raises nothing for a failure of the partner: it is journalled, and the flow waits for its next attempt. Leaves
    the rest of the group in the queue when `pulse` wants to stop. What says that the journal failed is raised; the
    flows in hand then go back in the queue at the next round, and the partner is asked which it has.
    """
    attempts = take_in_hand(house, sheet)
    try:
        made = _deliver_all(house, sheet, transport, attempts, pulse)
        _commit_sent(house, sheet, made)
        for attempt, error in (*made.refused, *made.failed):
            _commit_failed(house, sheet, attempt, error)
        put_back(house, made.left(attempts))
    finally:
        house.under_way.remove(attempt.flow.id for attempt in attempts)
    return Outcome(len(made.delivered), len(made.refused), failed=bool(made.failed))


def _deliver_all(
    house: House, sheet: AnySheet, transport: Transport, attempts: Sequence[Attempt], pulse: Pulse
) -> _Round:
    made = _Round()
    for attempt in attempts:
        if pulse.stopping or made.failed:
            break
        try:
            _deliver(house, sheet, transport, attempt.flow, pulse)
        except StopRequestedError:
            break
        except (TransientError, OperatorError) as error:
            made.failed.append((attempt, error))
        except EdidError as error:
            made.refused.append((attempt, error))
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("flow.fault", sheet=sheet.name, flow_id=attempt.flow.id, flow=attempt.flow.name)
            transport.close()
            made.failed.append((attempt, _fault(house, attempt, error)))
        else:
            made.delivered.append(attempt)
            if len(made.delivered) - made.committed >= _COMMIT_EVERY:
                _commit_sent(house, sheet, made)
    return made


def _fault(house: House, attempt: Attempt, error: Exception) -> EdidError:
    """Return the failure to journal for something unforeseen: tried again, but not without end."""
    attempts = tables.attempts.c
    with house.journal.reading() as view:
        earlier = view.execute(
            select(func.count()).where(attempts.flow_id == attempt.flow.id, attempts.outcome == FAULT)
        ).scalar_one()
    if earlier + 1 < MOST_TRIES:
        return _FaultError(told(error))
    return PermanentError(f"{told(error)}.", remedy="Look at the log, then: edid flows retry.")


def _deliver(house: House, sheet: AnySheet, transport: Transport, flow: AnyRow, pulse: Pulse) -> None:
    _must_be_acceptable(house, sheet, flow)
    source = house.store.require(flow.sha256)
    if flow.attempt_count and _may_have_arrived(house, flow):
        if is_delivered(transport, flow.name, flow.size, sheet.transport):
            log.info("flow.already_there", sheet=sheet.name, flow_id=flow.id, flow=flow.name)
            return
    elif is_taken(transport, flow.name, sheet.transport):
        raise OperatorError(
            f"the partner already holds a file named '{flow.name}', which this journal never sent.",
            remedy="Is this journal an older backup, or does another program use this application code? Compare that "
            "file with what was sent and move it away, then: edid flows retry.",
        )
    deliver(transport, source, flow.name, sheet.transport, progress=lambda _moved: pulse.beat())


def _may_have_arrived(house: House, flow: AnyRow) -> bool:
    """Tell whether an earlier attempt came as far as writing: what stands at the partner may then be ours."""
    attempts = tables.attempts.c
    refused = (OPERATOR, "permanent")
    with house.journal.reading() as view:
        unsure = select(attempts.id).where(attempts.flow_id == flow.id, attempts.outcome.not_in(refused)).limit(1)
        return view.execute(unsure).first() is not None


_subscription = lru_cache(maxsize=256)(subscriptions)


def _must_be_acceptable(house: House, sheet: AnySheet, flow: AnyRow) -> None:
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


def _commit_sent(house: House, sheet: AnySheet, made: _Round) -> None:
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


def _commit_failed(house: House, sheet: AnySheet, attempt: Attempt, error: EdidError) -> None:
    flow = attempt.flow
    again = isinstance(error, TransientError)
    kind = _kind(error)
    event = f"flow.{kind}"
    due = next_attempt(sheet.retry, flow.attempt_count + 1, now()) if again else None
    with house.journal.writing() as tx:
        move(
            tx,
            tables.flows,
            [flow.id],
            FlowState.READY if again else FlowState.FAILED,
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


def _kind(error: EdidError) -> str:
    """Return the outcome of an attempt that ended with `error`."""
    for kind, types in ((FAULT, _FaultError), ("transient", TransientError), (OPERATOR, OperatorError)):
        if isinstance(error, types):
            return kind
    return "permanent"


def _end(tx: Connection, attempts: Sequence[Attempt], outcome: str, error: str | None) -> None:
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
