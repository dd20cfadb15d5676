"""Acknowledgements: the word about each received flow of invoices that the sheet wants sent back.

Source: AIFE, Dossier de specifications externes FE - Chorus Pro v1.0, 5.4.2.1.3: FSO1300A, a CPPStatut of a flow. No
public text shows one; the codes are settings.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import String, cast, exists, func, literal, select

from edid.clock import now
from edid.documents.kinds import FlowStatus, Kind, Reading
from edid.errors import EdidError
from edid.exchange.decisions.giving import RefusedMessageError, give
from edid.exchange.decisions.message import PLATFORM_CODE, Message
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.flows.interfaces import catalogue
from edid.flows.names import parse_lenient, parse_strict
from edid.journal import cursors, tables
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, FlowState
from edid.lifecycle.messages.cpp_statut import flow_acknowledgement
from edid.lifecycle.messages.envelope import Envelope

log = structlog.get_logger()
_CURSOR = "acknowledge"
_MOST = 100


def acknowledge(house: House, sheet: AnySheet, pulse: Pulse) -> int:
    """Acknowledge the received flows of `sheet` that wait for it; return how many.

    The first call notes where the journal stands: what came before is not acknowledged late. A flow that was kept and
    is read after all is acknowledged again, with the better word.
    """
    start = _start(house, sheet)
    waiting = _waiting(house, sheet, start)
    done = 0
    for flow in waiting:
        if pulse.stopping:
            break
        pulse.beat()
        done += _acknowledge(house, sheet, flow, pulse)
    return done


def _acknowledge(house: House, sheet: AnySheet, flow: AnyRow, pulse: Pulse) -> bool:
    wanted = sheet.lifecycle.acknowledgement
    code = wanted.received if flow.state == FlowState.FILED else wanted.refused
    parts = parse_lenient(flow.name)
    about = parts.identifier if parts is not None else flow.name
    at = now()

    def compose(name: str) -> Message:
        envelope = Envelope.of(parse_strict(name), receiver=PLATFORM_CODE, at=at)
        return Message(Kind.CPP_STATUT, flow_acknowledgement(envelope, code, about, comment=flow.reason), [])

    reading = Reading(Kind.CPP_STATUT, flow_statuses=(FlowStatus(code, about, at),))
    try:
        give(house, sheet, reading, compose, key=_key(flow), beat=pulse.beat)
    except (EdidError, RefusedMessageError) as error:
        log.error("flow.not_acknowledged", sheet=sheet.name, flow_id=flow.id, flow=flow.name, error=str(error))
        return False
    return True


def _key(flow: AnyRow) -> str:
    return f"acknowledgement/{flow.id}/{flow.state}"


def _waiting(house: House, sheet: AnySheet, start: int) -> Sequence[AnyRow]:
    flows = tables.flows.c
    answered = tables.documents.c.bytes_key == (
        literal("acknowledgement/") + cast(flows.id, String) + literal("/") + flows.state
    )
    codes = [each.code for each in catalogue().values() if each.receipt is not None]
    query = select(flows.id, flows.name, flows.state, flows.reason).where(
        flows.sheet == sheet.name,
        flows.direction == Direction.IN,
        flows.state.in_((FlowState.FILED, FlowState.KEPT)),
        flows.interface_code.in_(codes),
        flows.id > start,
        ~exists(select(tables.documents.c.id).where(answered)),
    )
    with house.journal.reading() as view:
        return view.execute(query.order_by(flows.id).limit(_MOST)).all()


def _start(house: House, sheet: AnySheet) -> int:
    with house.journal.reading() as view:
        known = cursors.position(view, sheet.name, _CURSOR)
    if known is not None:
        return known
    with house.journal.writing() as tx:
        newest = tx.execute(select(func.max(tables.flows.c.id)).where(tables.flows.c.sheet == sheet.name)).scalar()
        position = int(newest or 0)
        cursors.keep(tx, sheet.name, {_CURSOR: position})
    return position
