"""First step in: bring what the partner offers into the store and the journal, then tidy up at the partner.

Order, so that nothing is lost on servers that offer a file once: local bytes fsynced before the remote handle is
closed, stored, journalled, and only then the post-fetch action. A fetch that a crash cut off after the last byte
is adopted at the next start.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import structlog
from sqlalchemy import insert, select

from edid.clock import now
from edid.errors import EdidError, RemoteMissingError, TransientError
from edid.exchange.alerts.polls import note_failed, note_listed
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.setbacks import is_outage
from edid.flows.names import parse_lenient
from edid.intake.names import printable
from edid.journal import tables
from edid.journal.chunks import chunks
from edid.journal.events import Event, record
from edid.journal.states import Direction, FlowState
from edid.store.durable import durable_write
from edid.transport.contract import RemoteFile, Transport

log = structlog.get_logger()
_LONGEST_NAME = 300
_MOST_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one poll brought."""

    listed: int
    new: int
    failed: int
    unusable: int = 0
    """Files that cannot be fetched for their names; they stay at the partner."""
    lost: EdidError | None = None
    """Why the poll ended before every file was tried: the connection failed with some of them in a row."""


def fetch(house: House, sheet: AnySheet, transport: Transport, pulse: Pulse) -> Fetched:
    """Fetch what is new in the partner's out folder. Raises EdidError when the folder cannot be listed.

    A file that cannot be fetched never stops the others; after some failures of the connection in a row the rest waits
    for the next poll.
    """
    adopt(house, sheet)
    folder = PurePosixPath(sheet.transport.out_folder)
    offered = _listed(house, sheet, transport, folder)
    _settle_torn(house, sheet, {remote.name for remote in offered})
    known = _known(house, sheet, offered)
    safe = set(known)
    new = failed = in_a_row = 0
    newest: Exception | None = None
    room = house.room.asking(sheet.name, "fetching")
    for remote in offered:
        if pulse.stopping or in_a_row == _MOST_IN_A_ROW:
            break
        pulse.beat()
        if remote.name in known:
            continue
        if room.lacks(2 * min(remote.size, house.settings.limits.flow_size)):  # the part, and its copy in the store
            failed += 1
            continue
        fetched, error = _tried(house, sheet, transport, remote, pulse, safe)
        new += fetched
        failed += error is not None
        newest = error
        in_a_row = in_a_row + 1 if isinstance(error, TransientError) else 0
    room.settle()
    left = {_shown(remote.name) for remote in offered if remote.name not in safe}
    note_listed(house.settings.state, sheet.name, left, now())
    lost = newest if in_a_row == _MOST_IN_A_ROW and isinstance(newest, EdidError) else None
    return Fetched(len(offered), new, failed, transport.left_out, lost)


def _listed(house: House, sheet: AnySheet, transport: Transport, folder: PurePosixPath) -> list[RemoteFile]:
    try:
        return transport.list(folder)
    except EdidError as error:
        note_failed(house.settings.state, sheet.name, str(error), now())
        raise


def adopt(house: House, sheet: AnySheet) -> int:
    """Journal fetches that were complete when they were cut off; return how many."""
    adopted = 0
    for cut_off in _cut_off(house, sheet):
        if cut_off.size == cut_off.remote.size:
            adopted += _adopted(house, sheet, cut_off)
    return adopted


@dataclass(frozen=True, slots=True)
class _CutOff:
    """What a crash left of one fetch."""

    remote: RemoteFile
    part: Path
    note: Path
    size: int
    """Bytes that came; -1 when not even the file was made."""

    def forget(self) -> None:
        self.part.unlink(missing_ok=True)
        self.note.unlink()


def _cut_off(house: House, sheet: AnySheet) -> Iterator[_CutOff]:
    for note in sorted(house.incoming(sheet).glob("*.json")):
        part = note.with_suffix(".part")
        try:
            expected = json.loads(note.read_bytes())
            remote = RemoteFile(expected["name"], expected["size"], None)
        except (ValueError, LookupError, TypeError):
            log.warning("incoming.unreadable_note", sheet=sheet.name, note=str(note))
            continue
        yield _CutOff(remote, part, note, part.stat().st_size if part.is_file() else -1)


def _settle_torn(house: House, sheet: AnySheet, offered: set[str]) -> None:
    """Drop the beginnings of files that are still offered; of one that is not, keep the bytes that came."""
    for unborn in house.incoming(sheet).glob(".*.tmp"):
        unborn.unlink()  # a note that a kill cut off before it had its name
    for cut_off in _cut_off(house, sheet):
        if cut_off.remote.name in offered or cut_off.size <= 0:
            cut_off.forget()
        else:
            log.warning("flow.torn", sheet=sheet.name, flow=_shown(cut_off.remote.name), size=cut_off.size)
            _adopted(house, sheet, cut_off)


def _adopted(house: House, sheet: AnySheet, cut_off: _CutOff) -> bool:
    """Keep the bytes of one fetch; what cannot be kept now stays for the next poll."""
    try:
        _store(house, sheet, cut_off.remote, cut_off.part)
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("flow.adopt_failed", sheet=sheet.name, flow=_shown(cut_off.remote.name))
        return False
    cut_off.forget()
    return True


def _known(house: House, sheet: AnySheet, offered: Sequence[RemoteFile]) -> set[str]:
    """Names that need not be fetched: a file of this name and size, not changed since, is in the journal.

    Where files are removed after the fetch, one that is still there is fetched again and compared: it is never removed
    unread.
    """
    if sheet.after_fetch.action != "none":
        return set()
    flows = tables.flows.c
    have: dict[tuple[str, int], datetime] = {}
    with house.journal.reading() as view:
        for part in chunks([_shown(remote.name) for remote in offered]):
            rows = view.execute(
                select(flows.name, flows.size, flows.created_at).where(
                    flows.sheet == sheet.name, flows.direction == Direction.IN, flows.name.in_(part)
                )
            )
            for row in rows:
                have[row.name, row.size] = max(row.created_at, have.get((row.name, row.size), row.created_at))
    known = set()
    for remote in offered:
        fetched_at = have.get((_shown(remote.name), remote.size))
        if fetched_at is not None and (remote.modified is None or remote.modified <= fetched_at):
            known.add(remote.name)
    return known


def _tried(
    house: House, sheet: AnySheet, transport: Transport, remote: RemoteFile, pulse: Pulse, safe: set[str]
) -> tuple[bool, Exception | None]:
    """Fetch one file and tidy up; return whether it was new, and what went wrong. `safe` gets its name once it is."""
    path = PurePosixPath(sheet.transport.out_folder) / remote.name
    is_new = False
    try:
        is_new = _fetch_one(house, sheet, transport, path, remote, pulse)
        safe.add(remote.name)
        _tidy(sheet, transport, path)
    except StopRequestedError:
        raise
    except RemoteMissingError:
        safe.add(remote.name)
        log.info("flow.vanished", sheet=sheet.name, flow=_shown(remote.name))
    except EdidError as error:
        log.warning("flow.fetch_failed", sheet=sheet.name, flow=_shown(remote.name), error=str(error))
        return is_new, error
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("flow.fetch_failed", sheet=sheet.name, flow=_shown(remote.name))
        return is_new, error
    return is_new, None


def _fetch_one(
    house: House, sheet: AnySheet, transport: Transport, path: PurePosixPath, remote: RemoteFile, pulse: Pulse
) -> bool:
    base = house.incoming(sheet) / sha256(remote.name.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    part, note = base.with_suffix(".part"), base.with_suffix(".json")
    part.unlink(missing_ok=True)
    durable_write(note, json.dumps({"name": remote.name, "size": remote.size}).encode())
    transport.get(path, part, limit=house.settings.limits.flow_size, progress=lambda _moved: pulse.beat())
    is_new = _store(house, sheet, remote, part)
    part.unlink()
    note.unlink()
    return is_new


def _store(house: House, sheet: AnySheet, remote: RemoteFile, part: Path) -> bool:
    blob = house.store.add(part)
    shown = _shown(remote.name)
    name = parse_lenient(remote.name)
    flows = tables.flows.c
    with house.journal.writing() as tx:
        twin = tx.execute(
            select(flows.id).where(
                flows.sheet == sheet.name,
                flows.direction == Direction.IN,
                flows.name == shown,
                flows.sha256 == blob.sha256,
            )
        ).first()
        if twin is not None:
            return False
        values: dict[str, Any] = {
            "sheet": sheet.name,
            "direction": Direction.IN,
            "interface_code": name.interface if name else None,
            "name": shown,
            "identifier": name.identifier if name else None,
            "sha256": blob.sha256,
            "size": blob.size,
            "document_count": 0,
            "state": FlowState.FETCHED,
            "created_at": now(),
        }
        flow_id = tx.execute(insert(tables.flows).values(values).returning(flows.id)).scalar_one()
        data = {"name": shown, "sha256": blob.sha256, "size": blob.size}
        record(tx, [Event("flow.fetched", "flow", flow_id, sheet.name, None, FlowState.FETCHED, data)])
    log.info("flow.fetched", sheet=sheet.name, flow_id=flow_id, flow=shown, size=blob.size)
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


def _shown(name: str) -> str:
    """Return the partner's name of a file as journal and logs can hold it; different names stay different."""
    shown = printable(name)
    if len(shown) <= _LONGEST_NAME:
        return shown
    return f"{shown[: _LONGEST_NAME - 65]}~{sha256(shown.encode()).hexdigest()}"
