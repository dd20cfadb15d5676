"""Second step in: read what was fetched; correlate reports and statuses, file invoices, keep the rest visible."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, insert, select, update

from edid.config.filing import Filing
from edid.config.sheet import ReceiverSheet
from edid.documents.kinds import INVOICES, Kind, PivotInvoice, Reading
from edid.exchange.arrivals import Item, Original
from edid.exchange.earlier import Earlier
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.exchange.readable import originals
from edid.exchange.received import ReceivedFlow, Router
from edid.exchange.standards import standard_of, weighed_for
from edid.exchange.standing import refresh_documents
from edid.exchange.statuses import journal_statuses
from edid.journal import tables
from edid.journal.chain import digest_of
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.states import FlowState, move
from edid.routing import decision
from edid.routing.filing import Naming
from edid.store.blobs import Blob
from edid.validation.verdict import not_judged

log = structlog.get_logger()
_BATCH = 16
_KIND = "flow"
_FILED_BY_KIND = frozenset({Kind.CPP_MIXTE, Kind.ESPD_REQUEST, Kind.ESPD_RESPONSE})


def file_returns(house: House, sheet: AnySheet, pulse: Pulse, route: Router | None = None) -> int:
    """File the fetched flows of `sheet`; return how many were dealt with.

    `route` decides where each invoice goes: the rules of the sheet unless given.
    One that is not understood never stops the others. One that cannot be filed is tried again later, and kept with
    the cause when that does not help. Raises StopRequestedError, and what says that the journal failed.
    """
    done = 0
    while fetched := _fetched(house, sheet):
        for flow in fetched:
            if pulse.stopping:
                return done
            pulse.beat()
            setback = house.setbacks.attempt(_KIND, flow.id, partial(_file_flow, house, sheet, flow, pulse, route))
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


def _file_flow(house: House, sheet: AnySheet, flow: AnyRow, pulse: Pulse, route: Router | None) -> None:
    work = house.work(f"return-{flow.id}")
    filing = sheet.filing if isinstance(sheet, ReceiverSheet) else Filing()
    received = ReceivedFlow(
        house.folders(sheet),
        Naming(filing, sheet.name, flow.created_at.date()),
        flow,
        pulse.beat,
        partial(_look_up, house, flow),
        route or _rules_of(sheet),
        house.settings.language,
    )
    try:
        (whole,) = _read(house, sheet, [(flow.name, Blob(flow.sha256, flow.size))], work / "flow", pulse)
        items = [whole]
        if whole.reading is not None and whole.reading.kind is Kind.ARCHIVE:
            items = _members(house, sheet, whole.reading, work / "members", pulse)
        for number, item in enumerate(items):
            pulse.beat()
            judged = _judge_originals(house, sheet, item, work / "originals" / str(number), pulse)
            _file_item(received, replace(item, originals=judged))
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


def _judge_originals(house: House, sheet: AnySheet, item: Item, work: Path, pulse: Pulse) -> Mapping[Path, Original]:
    """Return what the judges say of the invoices that a pivot holds as attachments; a plain PDF is none."""
    if item.reading is None or item.reading.kind is not Kind.CPP_PIVOT:
        return {}
    own = [attachment for invoice in item.reading.invoices for attachment in originals(invoice.attachments)]
    jobs = [(attachment.path, work / str(number)) for number, attachment in enumerate(own)]
    found: dict[Path, Original] = {}
    for start in range(0, len(jobs), _BATCH):
        part = jobs[start : start + _BATCH]
        judged = house.judges.judge(part, pulse.beat, standard=standard_of(sheet))
        for (path, _), judgement in zip(part, judged, strict=True):
            if judgement.reading is not None and judgement.reading.kind in INVOICES:
                found[path] = Original(judgement.reading.kind, weighed_for(sheet, judgement.verdict, None))
        shutil.rmtree(work, ignore_errors=True)
    return found


def _rules_of(sheet: AnySheet) -> Router | None:
    return partial(decision.route, sheet.routing) if isinstance(sheet, ReceiverSheet) else None


def _look_up(house: House, flow: AnyRow, earlier: Earlier, invoices: Sequence[PivotInvoice]) -> None:
    with house.journal.reading() as view:
        earlier.look_up(view, flow.sheet, flow.id, invoices)


def _file_item(received: ReceivedFlow, item: Item) -> None:
    reading = item.reading
    if reading is None:
        received.keep(item)
    elif reading.kind is Kind.CPP_STATUT or _says_something(reading):
        received.file_statuses(item, reading)
    elif reading.kind is Kind.CPP_PIVOT:
        received.file_pivot(item, reading)
    elif reading.kind in INVOICES:
        received.file_direct(item, reading)
    elif reading.kind in _FILED_BY_KIND:
        received.file_document(item, reading)
    else:
        because = f"edid does not file a document of kind '{reading.kind}' found here"
        received.keep(Item(item.name, item.blob, item.source, None, not_judged(because)))


def _says_something(reading: Reading) -> bool:
    """Tell whether a lifecycle message holds a status that edid could read."""
    return reading.kind is Kind.CDAR and bool(reading.invoice_statuses or reading.flow_statuses)


def _journal(house: House, sheet: AnySheet, received: ReceivedFlow) -> None:
    flow, kept = received.flow, received.nothing_understood
    event = "flow.kept" if kept else "flow.filed"
    reason = "; ".join(received.unknown) or None
    with house.journal.writing() as tx:
        _journal_documents(tx, received)
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


def _journal_documents(tx: Connection, received: ReceivedFlow) -> None:
    if not received.documents:
        return
    columns = tables.documents.c
    rows = [{name: value for name, value in row.items() if name in columns} for row in received.documents]
    ids = list(tx.execute(insert(tables.documents).returning(columns.id, sort_by_parameter_order=True), rows).scalars())
    for link in received.links:
        refers = {link.column: ids[link.earlier]}
        tx.execute(update(tables.documents).where(columns.id == ids[link.row]).values(refers))
        received.documents[link.row].update(refers)
    record(tx, [_event(row_id, row) for row_id, row in zip(ids, received.documents, strict=True)])
    refresh_documents(tx, ids)


def _event(row_id: int, row: Mapping[str, Any]) -> Event:
    """Return what happened to a received document: filed, set aside as a duplicate, or kept from the ERP."""
    word = "excluded" if row["excluded"] else str(row["state"])
    data = {"sha256": row["sha256"], "number": row["number"], "seller": row["seller_key"], "filed_as": row["filed_as"]}
    data["verdict_sha256"] = digest_of(row["verdict"])
    refers = ("duplicate_of", "answers_id", "answers_as", "routed_by")
    data |= {name: row[name] for name in refers if row[name] is not None}
    data |= row["excluded"] or {}
    return Event(f"document.{word}", "document", row_id, row["sheet"], None, row["state"], data)
