"""Fourth step out: deliver ready flows, and say *sent* only when the partner holds every byte.

A flow keeps its name and bytes for every attempt. After an attempt that ended unsure (crash, lost connection) the
partner is asked first whether it already has the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import structlog

from edid.errors import EdidError, OperatorError, RefusedInputError
from edid.exchange.attempted import commit_failed, commit_sent, fault, others_got_through
from edid.exchange.house import AnySheet, House
from edid.exchange.outbox import Attempt, may_have_arrived, put_back, take_in_hand
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.rounds import Outcome, Reach, Round, Tried
from edid.exchange.setbacks import is_outage
from edid.flows.preflight import flow_findings
from edid.flows.subscriptions import subscriptions
from edid.journal.rows import AnyRow
from edid.transport.contract import Transport
from edid.transport.deliver import deliver, is_delivered, is_taken

log = structlog.get_logger()
_COMMIT_EVERY = 16
"""Deliveries between two commits: a crash makes at most so many unsure."""


def send(house: House, sheet: AnySheet, transport: Transport, pulse: Pulse, *, probing: bool = False) -> Outcome:
    """Deliver a group of flows of `sheet` that are due, over one session; return how it went.

    `probing`: it is not known whether the partner is well again; flows that never failed go first. Raises nothing for
    a failure of the partner: it is journalled, and the flow waits for its next attempt. Leaves the rest of the group
    in the queue when `pulse` wants to stop. What says that the journal failed is raised; the flows in hand then go
    back in the queue at the next round, and the partner is asked which it has.
    """
    attempts = take_in_hand(house, sheet, seldom_first=probing)
    try:
        made = _deliver_all(house, sheet, transport, attempts, pulse)
        commit_sent(house, sheet, made)
        if probing and made.delivered:
            others_got_through(house, sheet)
        for place, one in enumerate(made.tried):
            if one.error is not None:
                commit_failed(house, sheet, one, one.error, alone=made.alone(place))
        put_back(house, made.left(attempts))
    finally:
        house.under_way.remove(attempt.flow.id for attempt in attempts)
    return made.outcome()


def _deliver_all(
    house: House, sheet: AnySheet, transport: Transport, attempts: Sequence[Attempt], pulse: Pulse
) -> Round:
    made = Round()
    for attempt in attempts:
        if pulse.stopping or made.over:
            break
        one = Tried(attempt)
        try:
            _deliver(house, sheet, transport, one, pulse)
        except StopRequestedError:
            made.cut = attempt if one.reach is Reach.WRITTEN else None
            break
        except EdidError as error:
            one.error = error
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("flow.fault", sheet=sheet.name, flow_id=attempt.flow.id, flow=attempt.flow.name)
            transport.close()
            one.error = fault(house, attempt, error)
        made.tried.append(one)
        if one.error is None and len(made.delivered) - made.committed >= _COMMIT_EVERY:
            commit_sent(house, sheet, made)
    return made


def _deliver(house: House, sheet: AnySheet, transport: Transport, one: Tried, pulse: Pulse) -> None:
    flow = one.attempt.flow
    _must_be_acceptable(house, sheet, flow)
    source = house.store.require(flow.sha256)
    transport.connect()
    one.reach = Reach.REACHED
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
    deliver(
        transport,
        source,
        flow.name,
        sheet.transport,
        progress=lambda _moved: pulse.beat(),
        from_here_on=one.may_be_there,
    )


def _may_have_arrived(house: House, flow: AnyRow) -> bool:
    """Tell whether an earlier attempt came so far that what stands at the partner may be ours."""
    with house.journal.reading() as view:
        return may_have_arrived(view, flow.id)


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
