"""Second step in: read what was fetched; correlate reports and statuses, file invoices, keep the rest visible."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, select

from edid.documents.kinds import INVOICES, Kind, Reading
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.exchange.received import Item, ReceivedFlow
from edid.exchange.standards import standard_of, weighed_for
from edid.exchange.statuses import journal_statuses
from edid.journal import tables
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState, FlowState, move
from edid.store.blobs import Blob
from edid.validation.verdict import not_judged

log = structlog.get_logger()
_BATCH = 16
_KIND = "flow"


def file_returns(house: House, sheet: AnySheet, pulse: Pulse) -> int:
    """File the fetched flows of `sheet`; return how many were dealt with.

    One that is not understood never stops the others. One that cannot be filed is tried again later, and kept with
    the cause when that does not help. Raises StopRequestedError, and what says that the journal failed.
    """
    done = 0
    while fetched := _fetched(house, sheet):
        for flow in fetched:
            if pulse.stopping:
                return done
            pulse.beat()
            setback = house.setbacks.attempt(_KIND, flow.id, partial(_file_flow, house, sheet, flow, pulse))
            if setback is not None and setback.hopeless:
                house.setbacks.attempt(_KIND, flow.id, partial(_keep, house, sheet, flow, setback.cause))
            done += 1
    return done


def _fetched(house: House, sheet: AnySheet) -> Sequence[AnyRow]:
    columns = tables.flows.c
    resting = house.setbacks.resting(_KIND)
    with house.journal.reading() as view:
        rows = view.execute(
            select(tables.flows)
            .where(columns.sheet == sheet.name, columns.state == FlowState.FETCHED)
            .order_by(columns.id)
            .limit(_BATCH + len(resting))
        ).all()
    return [row for row in rows if row.id not in resting][:_BATCH]


def _keep(house: House, sheet: AnySheet, flow: AnyRow, cause: str) -> None:
    with house.journal.writing() as tx:
        move(tx, tables.flows, [flow.id], FlowState.KEPT, event="flow.kept", data={"error": cause}, reason=cause)
    log.warning("flow.kept", sheet=sheet.name, flow_id=flow.id, flow=flow.name, reason=cause)


def _file_flow(house: House, sheet: AnySheet, flow: AnyRow, pulse: Pulse) -> None:
    work = house.work(f"return-{flow.id}")
    received = ReceivedFlow(house.folders(sheet).incoming, flow, flow.created_at.date(), pulse.beat)
    try:
        (whole,) = _read(house, sheet, [(flow.name, Blob(flow.sha256, flow.size))], work / "flow", pulse)
        items = [whole]
        if whole.reading is not None and whole.reading.kind is Kind.ARCHIVE:
            items = _members(house, sheet, whole.reading, work / "members", pulse)
        for item in items:
            pulse.beat()
            _file_item(received, item)
        _journal(house, sheet, received)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _read(house: House, sheet: AnySheet, files: Sequence[tuple[str, Blob]], work: Path, pulse: Pulse) -> list[Item]:
    jobs = [(house.store.require(blob.sha256), work / str(number)) for number, (_, blob) in enumerate(files)]
    judged = house.judges.judge(jobs, pulse.beat, standard=standard_of(sheet))
    return [
        Item(name, blob, source, judgement.reading, weighed_for(sheet, judgement.verdict, None))
        for (name, blob), (source, _), judgement in zip(files, jobs, judged, strict=True)
    ]


def _members(house: House, sheet: AnySheet, archive: Reading, work: Path, pulse: Pulse) -> list[Item]:
    blobs = house.store.add_all([member.path for member in archive.members])
    files = [(member.name, blob) for member, blob in zip(archive.members, blobs, strict=True)]
    return _read(house, sheet, files, work, pulse)


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
