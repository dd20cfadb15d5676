"""First step in: bring what the partner offers into the store and the journal, then tidy up at the partner.

Order, so that nothing is lost on servers that offer a file once: local bytes fsynced before the remote handle is
closed, stored, journalled, and only then the post-fetch action. A fetch that a crash cut off after the last byte
is adopted at the next start.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import structlog
from sqlalchemy import insert, select

from edid.clock import now
from edid.errors import EdidError, RemoteMissingError
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.flows.names import parse_lenient
from edid.journal import tables
from edid.journal.events import Event, record
from edid.journal.states import Direction, FlowState
from edid.store.durable import durable_write
from edid.transport.contract import RemoteFile, Transport

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one poll brought."""

    listed: int
    new: int
    failed: int


def fetch(house: House, sheet: AnySheet, transport: Transport, pulse: Pulse) -> Fetched:
    """Fetch what is new in the partner's out folder. Raises EdidError when the folder cannot be listed."""
    adopt(house, sheet)
    folder = PurePosixPath(sheet.transport.out_folder)
    offered = transport.list(folder)
    known = _known(house, sheet, offered)
    new = failed = 0
    for remote in offered:
        if pulse.stopping:
            break
        pulse.beat()
        try:
            if remote.name in known:
                _tidy(sheet, transport, folder / remote.name)
            elif _fetch_one(house, sheet, transport, folder, remote, pulse):
                new += 1
        except RemoteMissingError:
            log.info("flow.vanished", sheet=sheet.name, flow=remote.name)
        except EdidError as error:
            failed += 1
            log.warning("flow.fetch_failed", sheet=sheet.name, flow=remote.name, error=str(error))
    return Fetched(len(offered), new, failed)


def adopt(house: House, sheet: AnySheet) -> int:
    """Journal fetches that were complete when they were cut off, drop the others; return how many were kept."""
    adopted = 0
    for note in house.incoming(sheet).glob("*.json"):
        expected = json.loads(note.read_text())
        part = note.with_suffix(".part")
        if part.is_file() and part.stat().st_size == expected["size"]:
            _store(house, sheet, RemoteFile(expected["name"], expected["size"], None), part)
            adopted += 1
        part.unlink(missing_ok=True)
        note.unlink()
    return adopted


def _known(house: House, sheet: AnySheet, offered: Sequence[RemoteFile]) -> set[str]:
    """Names whose file of this size is in the journal already."""
    flows = tables.flows.c
    with house.journal.reading() as view:
        rows = view.execute(
            select(flows.name, flows.size).where(
                flows.sheet == sheet.name,
                flows.direction == Direction.IN,
                flows.name.in_([remote.name for remote in offered]),
            )
        ).all()
    have = {(row.name, row.size) for row in rows}
    return {remote.name for remote in offered if (remote.name, remote.size) in have}


def _fetch_one(
    house: House,
    sheet: AnySheet,
    transport: Transport,
    folder: PurePosixPath,
    remote: RemoteFile,
    pulse: Pulse,
) -> bool:
    base = house.incoming(sheet) / sha256(remote.name.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    part, note = base.with_suffix(".part"), base.with_suffix(".json")
    part.unlink(missing_ok=True)
    durable_write(note, json.dumps({"name": remote.name, "size": remote.size}).encode())
    limit = house.settings.limits.flow_size
    transport.get(folder / remote.name, part, limit=limit, progress=lambda _moved: pulse.beat())
    is_new = _store(house, sheet, remote, part)
    part.unlink()
    note.unlink()
    _tidy(sheet, transport, folder / remote.name)
    return is_new


def _store(house: House, sheet: AnySheet, remote: RemoteFile, part: Path) -> bool:
    blob = house.store.add(part)
    name = parse_lenient(remote.name)
    flows = tables.flows.c
    with house.journal.writing() as tx:
        twin = tx.execute(
            select(flows.id).where(
                flows.sheet == sheet.name,
                flows.direction == Direction.IN,
                flows.name == remote.name,
                flows.sha256 == blob.sha256,
            )
        ).first()
        if twin is not None:
            return False
        values: dict[str, Any] = {
            "sheet": sheet.name,
            "direction": Direction.IN,
            "interface_code": name.interface if name else None,
            "name": remote.name,
            "identifier": name.identifier if name else None,
            "sha256": blob.sha256,
            "size": blob.size,
            "document_count": 0,
            "state": FlowState.FETCHED,
            "created_at": now(),
        }
        flow_id = tx.execute(insert(tables.flows).values(values).returning(flows.id)).scalar_one()
        data = {"name": remote.name, "sha256": blob.sha256, "size": blob.size}
        record(tx, [Event("flow.fetched", "flow", flow_id, sheet.name, None, FlowState.FETCHED, data)])
    log.info("flow.fetched", sheet=sheet.name, flow_id=flow_id, flow=remote.name, size=blob.size)
    return True


def _tidy(sheet: AnySheet, transport: Transport, path: PurePosixPath) -> None:
    """Do what the sheet asks once a file is safe here; a file that is gone already is as good."""
    action = sheet.after_fetch.action
    try:
        if action == "delete":
            transport.remove(path)
        elif action == "move":
            transport.rename(path, PurePosixPath(sheet.after_fetch.folder) / path.name)
    except RemoteMissingError:
        pass
