"""Third step out: name and pack what waits, as the sheet demands, into flows that are ready to leave."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, insert, select, update

from edid.clock import now
from edid.config.sheet import SenderSheet
from edid.documents.kinds import Kind
from edid.exchange.house import House
from edid.flows.batches import Waiting, batches, next_due
from edid.flows.names import build, flow_identifier
from edid.flows.package import member_name, pack, wire_name
from edid.journal import tables
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.sequences import reserve
from edid.journal.states import Direction, DocumentState, FlowState, move
from edid.store.blobs import Blob

log = structlog.get_logger()
_MOST_WAITING = 2_000
_FOR_COMPANY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Flow:
    code: str
    name: str
    wire: str
    blob: Blob
    documents: Sequence[AnyRow]
    members: Sequence[str | None]


def pack_waiting(house: House, sheet: SenderSheet, *, only_full: bool = False) -> tuple[int, datetime | None]:
    """Make flows of the valid documents of `sheet`; return how many, and when the next batch falls due.

    With `only_full`, batches that still have room wait: their company is on its way. Sequence numbers are committed
    before they are used: a crash in between loses numbers, never reuses one.
    """
    rows = _waiting(house, sheet)
    if not rows:
        return 0, None
    waiting = [Waiting(row.id, row.interface_code, row.size, row.created_at) for row in rows]
    moment = now()
    batch = sheet.batch.model_copy(update={"wait": _FOR_COMPANY}) if only_full else sheet.batch
    due = batches(waiting, batch, house.settings.limits, moment)
    by_id = {row.id: row for row in rows}
    groups = [[by_id[item.id] for item in group] for group in due]
    if groups:
        firsts = _reserve(house, sheet, groups)
        flows = [_build(house, sheet, group, first) for group, first in zip(groups, firsts, strict=True)]
        _journal(house, sheet, flows)
    packed = {row.id for group in groups for row in group}
    left = [item for item in waiting if item.id not in packed]
    return len(groups), next_due(left, batch, house.settings.limits)


def _waiting(house: House, sheet: SenderSheet) -> Sequence[AnyRow]:
    columns = tables.documents.c
    with house.journal.reading() as view:
        return view.execute(
            select(
                columns.id,
                columns.interface_code,
                columns.size,
                columns.sha256,
                columns.kind,
                columns.created_at,
            )
            .where(columns.sheet == sheet.name, columns.state == DocumentState.VALID)
            .order_by(columns.id)
            .limit(_MOST_WAITING)
        ).all()


def _numbers_needed(group: Sequence[AnyRow]) -> int:
    """One for the flow and, in an archive, one for each member."""
    return 1 if len(group) == 1 else 1 + len(group)


def _reserve(house: House, sheet: SenderSheet, groups: Sequence[Sequence[AnyRow]]) -> list[int]:
    needed: dict[str, int] = {}
    for group in groups:
        digits = _digits(group[0].interface_code)
        needed[digits] = needed.get(digits, 0) + _numbers_needed(group)
    with house.journal.writing() as tx:
        following = {digits: reserve(tx, sheet.application_code, digits, count) for digits, count in needed.items()}
    firsts = []
    for group in groups:
        digits = _digits(group[0].interface_code)
        firsts.append(following[digits])
        following[digits] += _numbers_needed(group)
    return firsts


def _digits(interface_code: str) -> str:
    return interface_code[3:7]


def _build(house: House, sheet: SenderSheet, group: Sequence[AnyRow], first: int) -> _Flow:
    code = group[0].interface_code
    name = build(code, sheet.application_code, first)
    if len(group) == 1:
        row = group[0]
        wire = wire_name(name, Kind(row.kind), packed=False, strip_extension=sheet.strip_extension)
        return _Flow(code, name, wire, Blob(row.sha256, row.size), group, [None])
    members = [
        member_name(code, sheet.application_code, first + 1 + number, Kind(row.kind))
        for number, row in enumerate(group)
    ]
    work = house.work(f"pack-{name}")
    try:
        archive = work / "flow.tar.gz"
        sources = [house.store.require(row.sha256) for row in group]
        pack(list(zip(members, sources, strict=True)), archive)
        blob = house.store.add(archive)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    wire = wire_name(name, Kind(group[0].kind), packed=True, strip_extension=sheet.strip_extension)
    return _Flow(code, name, wire, blob, group, members)


def _journal(house: House, sheet: SenderSheet, flows: Sequence[_Flow]) -> None:
    at = now()
    with house.journal.writing() as tx:
        ids = (
            tx.execute(
                insert(tables.flows).returning(tables.flows.c.id, sort_by_parameter_order=True),
                [_row(sheet, flow, at) for flow in flows],
            )
            .scalars()
            .all()
        )
        record(tx, [_event(sheet, flow_id, flow) for flow_id, flow in zip(ids, flows, strict=True)])
        _assign(tx, flows, ids)
    for flow_id, flow in zip(ids, flows, strict=True):
        log.info("flow.ready", sheet=sheet.name, flow_id=flow_id, flow=flow.wire, documents=len(flow.documents))


def _assign(tx: Connection, flows: Sequence[_Flow], ids: Sequence[int]) -> None:
    assignments = [
        {"row": row.id, "flow": flow_id, "place": place, "as_member": member}
        for flow, flow_id in zip(flows, ids, strict=True)
        for place, (row, member) in enumerate(zip(flow.documents, flow.members, strict=True))
    ]
    move(
        tx,
        tables.documents,
        [item["row"] for item in assignments],
        DocumentState.PACKED,
        event="document.packed",
    )
    tx.execute(
        update(tables.documents)
        .where(tables.documents.c.id == bindparam("row"))
        .values(flow_id=bindparam("flow"), position=bindparam("place"), wire_member=bindparam("as_member")),
        assignments,
    )


def _row(sheet: SenderSheet, flow: _Flow, at: datetime) -> dict[str, Any]:
    return {
        "sheet": sheet.name,
        "direction": Direction.OUT,
        "interface_code": flow.code,
        "name": flow.wire,
        "identifier": flow_identifier(flow.name),
        "sha256": flow.blob.sha256,
        "size": flow.blob.size,
        "document_count": len(flow.documents),
        "state": FlowState.READY,
        "created_at": at,
    }


def _event(sheet: SenderSheet, flow_id: int, flow: _Flow) -> Event:
    data = {
        "name": flow.wire,
        "sha256": flow.blob.sha256,
        "size": flow.blob.size,
        "documents": [row.id for row in flow.documents],
    }
    return Event("flow.ready", "flow", flow_id, sheet.name, None, FlowState.READY, data)
