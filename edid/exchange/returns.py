"""Second step in: read what was fetched; correlate reports and statuses, file invoices, keep the rest visible."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, select

from edid.documents.kinds import INVOICES, Kind, Reading
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.exchange.received import Item, ReceivedFlow
from edid.exchange.statuses import journal_statuses
from edid.journal import tables
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState, FlowState, move
from edid.store.blobs import Blob
from edid.validation.verdict import not_judged

log = structlog.get_logger()
_BATCH = 16


def file_returns(house: House, sheet: AnySheet, pulse: Pulse) -> int:
    """File every fetched flow of `sheet`; return how many. One that is not understood never stops the others."""
    done = 0
    while not pulse.stopping:
        with house.journal.reading() as view:
            fetched = view.execute(
                select(tables.flows)
                .where(tables.flows.c.sheet == sheet.name, tables.flows.c.state == FlowState.FETCHED)
                .order_by(tables.flows.c.id)
                .limit(_BATCH)
            ).all()
        for flow in fetched:
            pulse.beat()
            _file_flow(house, sheet, flow)
            done += 1
        if len(fetched) < _BATCH:
            break
    return done


def _file_flow(house: House, sheet: AnySheet, flow: AnyRow) -> None:
    work = house.work(f"return-{flow.id}")
    received = ReceivedFlow(house.folders(sheet).incoming, flow, flow.created_at.date())
    try:
        whole = _read(house, [(flow.name, Blob(flow.sha256, flow.size))], work)[0]
        items = [whole]
        if whole.reading is not None and whole.reading.kind is Kind.ARCHIVE:
            items = _members(house, whole.reading, work)
        for item in items:
            _file_item(received, item)
        _journal(house, sheet, received)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _read(house: House, files: list[tuple[str, Blob]], work: Path) -> list[Item]:
    jobs = []
    for number, (_, blob) in enumerate(files):
        folder = work / f"{len(list(work.iterdir()))}-{number}"
        folder.mkdir()
        jobs.append((house.store.require(blob.sha256), folder))
    return [
        Item(name, blob, source, judgement.reading, judgement.verdict)
        for (name, blob), (source, _), judgement in zip(files, jobs, house.judges.judge(jobs), strict=True)
    ]


def _members(house: House, archive: Reading, work: Path) -> list[Item]:
    blobs = house.store.add_all([member.path for member in archive.members])
    return _read(house, [(member.name, blob) for member, blob in zip(archive.members, blobs, strict=True)], work)


def _file_item(received: ReceivedFlow, item: Item) -> None:
    reading = item.reading
    if reading is None:
        received.keep(item)
    elif reading.kind is Kind.CPP_STATUT:
        received.file_statuses(item, reading)
    elif reading.kind is Kind.CPP_PIVOT:
        received.file_pivot(item, reading)
    elif reading.kind in INVOICES:
        received.file_direct(item, reading)
    else:
        because = f"edid does not file a document of kind '{reading.kind}' found here"
        received.keep(Item(item.name, item.blob, item.source, None, not_judged(because)))


def _journal(house: House, sheet: AnySheet, received: ReceivedFlow) -> None:
    flow, kept = received.flow, received.nothing_understood
    event = "flow.kept" if kept else "flow.filed"
    reason = "; ".join(received.unknown) or None
    with house.journal.writing() as tx:
        if received.documents:
            ids = tx.execute(
                insert(tables.documents).returning(tables.documents.c.id, sort_by_parameter_order=True),
                received.documents,
            ).scalars()
            record(
                tx,
                [
                    Event("document.filed", "document", row_id, sheet.name, None, DocumentState.FILED, _where(row))
                    for row_id, row in zip(ids, received.documents, strict=True)
                ],
            )
        journal_statuses(tx, sheet, flow, received.statuses)
        move(
            tx,
            tables.flows,
            [flow.id],
            FlowState.KEPT if kept else FlowState.FILED,
            event=event,
            document_count=len(received.documents) + len(received.statuses),
            reason=reason,
        )
    log.info(
        event,
        sheet=sheet.name,
        flow_id=flow.id,
        flow=flow.name,
        invoices=len(received.documents),
        statuses=len(received.statuses),
        reason=reason,
    )


def _where(row: dict[str, Any]) -> dict[str, Any]:
    return {"number": row["number"], "seller": row["seller_key"], "filed_as": row["filed_as"]}
