"""What was fetched, as store and journal have it: once for each name and content."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, select

from edid.clock import now
from edid.exchange.house import AnySheet, House
from edid.flows.names import parse_lenient
from edid.intake.names import printable
from edid.journal import tables
from edid.journal.events import Event, record
from edid.journal.states import Direction, FlowState
from edid.transport.contract import RemoteFile

log = structlog.get_logger()
_LONGEST_NAME = 300


def keep(house: House, sheet: AnySheet, remote: RemoteFile, part: Path) -> bool:
    """Store and journal the bytes in `part` that came as `remote`; False when they came before."""
    blob = house.store.add(part)
    known_as = shown(remote.name)
    name = parse_lenient(remote.name)
    flows = tables.flows.c
    with house.journal.writing() as tx:
        twin = tx.execute(
            select(flows.id).where(
                flows.sheet == sheet.name,
                flows.direction == Direction.IN,
                flows.name == known_as,
                flows.sha256 == blob.sha256,
            )
        ).first()
        if twin is not None:
            return False
        values: dict[str, Any] = {
            "sheet": sheet.name,
            "direction": Direction.IN,
            "interface_code": name.interface if name else None,
            "name": known_as,
            "identifier": name.identifier if name else None,
            "sha256": blob.sha256,
            "size": blob.size,
            "document_count": 0,
            "state": FlowState.FETCHED,
            "created_at": now(),
        }
        flow_id = tx.execute(insert(tables.flows).values(values).returning(flows.id)).scalar_one()
        data = {"name": known_as, "sha256": blob.sha256, "size": blob.size}
        record(tx, [Event("flow.fetched", "flow", flow_id, sheet.name, None, FlowState.FETCHED, data)])
    log.info("flow.fetched", sheet=sheet.name, flow_id=flow_id, flow=known_as, size=blob.size)
    return True


def shown(name: str) -> str:
    """Return the partner's name of a file as journal and logs can hold it; different names stay different."""
    shown = printable(name)
    if len(shown) <= _LONGEST_NAME:
        return shown
    return f"{shown[: _LONGEST_NAME - 65]}~{sha256(shown.encode()).hexdigest()}"
