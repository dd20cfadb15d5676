"""First step in: bring what the partner offers into the store and the journal, then tidy up at the partner.

Order, so that nothing is lost on servers that offer a file once: local bytes fsynced before the remote handle is
closed, stored, journalled, and only then the post-fetch action. A fetch that a crash cut off after the last byte
is adopted at the next start.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath

import structlog
from sqlalchemy import select

from edid.clock import now
from edid.errors import EdidError, RefusedInputError, RemoteMissingError, TransientError
from edid.exchange.alerts.polls import load_polls, note_failed, note_listed
from edid.exchange.fetched import keep, shown
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.setbacks import Setbacks, is_outage
from edid.exchange.torn import adopt, settle_torn
from edid.journal import tables
from edid.journal.chunks import chunks
from edid.journal.states import Direction
from edid.store.durable import durable_write
from edid.transport.contract import RemoteFile, Transport

log = structlog.get_logger()
_MOST_IN_A_ROW = 3
_DICE = random.SystemRandom()
_KIND = "flow"


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


def fetch(house: House, sheet: AnySheet, transport: Transport, pulse: Pulse, rests: Setbacks | None = None) -> Fetched:
    """Fetch what is new in the partner's out folder. Raises EdidError when the folder cannot be listed.

    A file that cannot be fetched never stops the others; after some failures of the connection in a row the rest waits
    for the next poll. `rests` remembers the files that edid would not take: they are not read to their limit at every
    poll, but ever more seldom.
    """
    rests = rests or Setbacks()
    adopt(house, sheet)
    folder = PurePosixPath(sheet.transport.out_folder)
    offered = _listed(house, sheet, transport, folder, pulse)
    settle_torn(house, sheet, {remote.name for remote in offered})
    known = _known(house, sheet, offered)
    safe = set(known)
    new = failed = in_a_row = 0
    newest: Exception | None = None
    room = house.room.asking(sheet.name, "fetching")
    resting = rests.resting(_KIND)
    for remote in _in_turn(house, sheet, offered):
        if pulse.stopping or in_a_row == _MOST_IN_A_ROW:
            break
        pulse.beat()
        if remote.name in known:
            continue
        if _item(remote) in resting:
            failed += 1
            continue
        if room.lacks(2 * min(remote.size, house.settings.limits.flow_size)):  # the part, and its copy in the store
            failed += 1
            continue
        fetched, error = _tried(house, sheet, transport, remote, pulse, safe)
        new += fetched
        failed += error is not None
        newest = error
        if isinstance(error, RefusedInputError):
            rests.record(_KIND, _item(remote), error)
        in_a_row = in_a_row + 1 if isinstance(error, TransientError) else 0
    room.settle()
    left = {shown(remote.name) for remote in offered if remote.name not in safe}
    note_listed(house.settings.state, sheet.name, left, now())
    lost = newest if in_a_row == _MOST_IN_A_ROW and isinstance(newest, EdidError) else None
    return Fetched(len(offered), new, failed, transport.left_out, lost)


def _in_turn(house: House, sheet: AnySheet, offered: Sequence[RemoteFile]) -> list[RemoteFile]:
    """Return what is new first, by name, and what earlier polls could not fetch after it, in any order.

    So a few files that fail at every poll may keep others back at one poll, and not at all of them.
    """
    left = load_polls(house.settings.state, sheet.name).unfetched
    fresh = [remote for remote in offered if shown(remote.name) not in left]
    again = [remote for remote in offered if shown(remote.name) in left]
    _DICE.shuffle(again)
    return fresh + again


def _listed(
    house: House, sheet: AnySheet, transport: Transport, folder: PurePosixPath, pulse: Pulse
) -> list[RemoteFile]:
    try:
        return transport.list(folder, lambda _moved: pulse.beat())
    except EdidError as error:
        note_failed(house.settings.state, sheet.name, str(error), now())
        raise


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
        for part in chunks([shown(remote.name) for remote in offered]):
            rows = view.execute(
                select(flows.name, flows.size, flows.created_at).where(
                    flows.sheet == sheet.name, flows.direction == Direction.IN, flows.name.in_(part)
                )
            )
            for row in rows:
                have[row.name, row.size] = max(row.created_at, have.get((row.name, row.size), row.created_at))
    known = set()
    for remote in offered:
        fetched_at = have.get((shown(remote.name), remote.size))
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
        log.info("flow.vanished", sheet=sheet.name, flow=shown(remote.name))
    except EdidError as error:
        log.warning("flow.fetch_failed", sheet=sheet.name, flow=shown(remote.name), error=str(error))
        return is_new, error
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("flow.fetch_failed", sheet=sheet.name, flow=shown(remote.name))
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
    is_new = keep(house, sheet, remote, part)
    part.unlink()
    note.unlink()
    return is_new


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


def _item(remote: RemoteFile) -> int:
    """Return the number by which a file at the partner is remembered: another size is another file."""
    return zlib.crc32(f"{remote.size} {remote.name}".encode(errors="surrogateescape"))
