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
from edid.exchange.pulse import Pulse
from edid.exchange.setbacks import is_outage, told
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
_FOR_COMPANY = timedelta(seconds=10)
"""Longest wait for documents that are on their way: one that takes long to judge keeps no other back."""
_KIND = "document"
_Group = Sequence[AnyRow]
"""Documents of one flow to be."""


@dataclass(frozen=True, slots=True)
class _Flow:
    code: str
    name: str
    wire: str
    blob: Blob
    documents: _Group
    members: Sequence[str | None]


def pack_waiting(
    house: House, sheet: SenderSheet, pulse: Pulse, *, only_full: bool = False
) -> tuple[int, datetime | None]:
    """Make flows of the valid documents of `sheet`; return how many, and when the next batch falls due.

    With `only_full`, batches that still have room wait: their company is on its way. Sequence numbers are committed
    before they are used: a crash in between loses numbers, never reuses one. Documents that cannot be packed are tried
    again later, at last held with the cause; the others leave.
    """
    rows = _waiting(house, sheet)
    if not rows:
        return 0, None
    waiting = [Waiting(row.id, row.interface_code, row.size, row.created_at) for row in rows]
    wait = max(sheet.batch.wait, _FOR_COMPANY) if only_full else sheet.batch.wait
    batch = sheet.batch.model_copy(update={"wait": wait})
    due = batches(waiting, batch, house.settings.limits, now())
    by_id = {row.id: row for row in rows}
    groups = [[by_id[item.id] for item in group] for group in due]
    made = _make_flows(house, sheet, groups, pulse)
    done = {row.id for group in groups for row in group}
    left = [item for item in waiting if item.id not in done]
    return made, next_due(left, batch, house.settings.limits)


def _make_flows(house: House, sheet: SenderSheet, groups: Sequence[_Group], pulse: Pulse) -> int:
    """Make one flow of each group: single documents in one transaction, each archive in one of its own."""
    singles = [group for group in groups if len(group) == 1]
    archives = [group for group in groups if len(group) > 1]
    made = 0
    for part in ([singles] if singles else []) + [[group] for group in archives]:
        if pulse.stopping:
            break
        pulse.beat()
        made += _made(house, sheet, part)
    return made


def _made(house: House, sheet: SenderSheet, groups: Sequence[_Group]) -> int:
    """Make the flows of `groups` and return how many; when that fails, each group by itself."""
    try:
        firsts = _reserve(house, sheet, groups)
        _journal(
            house, sheet, [_build(house, sheet, group, first) for group, first in zip(groups, firsts, strict=True)]
        )
    except Exception as error:
        if is_outage(error):
            raise
        if len(groups) > 1:
            return sum(_made(house, sheet, [group]) for group in groups)
        _set_back(house, groups[0], error)
        return 0
    house.setbacks.forget(_KIND, *(row.id for group in groups for row in group))
    return len(groups)


def _set_back(house: House, group: _Group, error: Exception) -> None:
    """Let documents that could not be packed rest; hold those whose bytes are gone, and all when nothing helps."""
    lost = [row.id for row in group if not house.store.path(row.sha256).is_file()]
    setbacks = [house.setbacks.record(_KIND, row.id, error) for row in group if row.id not in lost]
    if any(setback.hopeless for setback in setbacks):
        lost = [row.id for row in group]
    with house.journal.writing() as tx:
        # Without their keys: the same invoice, dropped again, is no duplicate of one that never left.
        move(
            tx,
            tables.documents,
            lost,
            DocumentState.HELD,
            event="document.held",
            data={"error": told(error)},
            bytes_key=None,
            invoice_key=None,
        )


def _waiting(house: House, sheet: SenderSheet) -> Sequence[AnyRow]:
    columns = tables.documents.c
    resting = house.setbacks.resting(_KIND)
    with house.journal.reading() as view:
        rows = view.execute(
            select(
                columns.id,
                columns.interface_code,
                columns.size,
                columns.sha256,
                columns.kind,
                columns.created_at,
            )
            .where(
                columns.sheet == sheet.name, columns.state == DocumentState.VALID, columns.direction == Direction.OUT
            )
            .order_by(columns.id)
            .limit(_MOST_WAITING + len(resting))
        ).all()
    return [row for row in rows if row.id not in resting]


def _numbers_needed(group: _Group) -> int:
    """One for the flow and, in an archive, one for each member."""
    return 1 if len(group) == 1 else 1 + len(group)


def _reserve(house: House, sheet: SenderSheet, groups: Sequence[_Group]) -> list[int]:
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


def _build(house: House, sheet: SenderSheet, group: _Group, first: int) -> _Flow:
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
