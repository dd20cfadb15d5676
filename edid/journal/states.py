"""The states and their legal transitions: one table per entity, and every change goes through `move`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, Table, select, update

from edid.errors import EdidError
from edid.journal.chunks import chunks
from edid.journal.events import Event, record


class FileState(StrEnum):
    """A dropped file."""

    CLAIMED = "claimed"
    """Its bytes are stored; it was not read yet."""
    READ = "read"
    """Its documents are in the journal."""
    REJECTED = "rejected"
    """Refused as a whole; kept in rejected/."""


class DocumentState(StrEnum):
    """A business object, outbound or inbound."""

    VALID = "valid"
    """Judged valid, waits for a flow."""
    PACKED = "packed"
    """Part of a flow that is not sent yet."""
    SENT = "sent"
    """The partner holds every byte of its flow."""
    REJECTED = "rejected"
    """Judged invalid or not accepted by the sheet; kept in rejected/."""
    HELD = "held"
    """Not judged, or its bytes cannot be used; kept until a person decides."""
    DUPLICATE = "duplicate"
    """Set aside in duplicates/."""
    RECEIVED = "received"
    """Inbound; not filed yet."""
    FILED = "filed"
    """Inbound; stands where the ERP expects it."""


class FlowState(StrEnum):
    """A transmission, outbound or inbound."""

    READY = "ready"
    """Named and packed; waits for its (next) attempt."""
    SENDING = "sending"
    """An attempt is under way, or was when the daemon died."""
    SENT = "sent"
    """The partner holds every byte under its final name."""
    FAILED = "failed"
    """Held until a person decides: `edid held`."""
    FETCHED = "fetched"
    """Inbound; its bytes are stored; it was not read yet."""
    FILED = "filed"
    """Inbound; all its documents are filed."""
    KEPT = "kept"
    """Inbound; not understood; kept and visible."""
    DROPPED = "dropped"
    """Failed or kept, and given up by a person."""


class Direction(StrEnum):
    """Seen from edid."""

    OUT = "out"
    IN = "in"


class Purpose(StrEnum):
    """What a dropped file is for, told by the folder it was dropped in."""

    DOCUMENTS = "documents"
    """To be sent: out/."""
    DECISIONS = "decisions"
    """Statuses to be given about received documents, or sent ones: decide/."""


_D, _F = DocumentState, FlowState
FILE_MOVES: Mapping[FileState, frozenset[FileState]] = {
    FileState.CLAIMED: frozenset({FileState.READ, FileState.REJECTED}),
    FileState.READ: frozenset(),
    FileState.REJECTED: frozenset(),
}
DOCUMENT_MOVES: Mapping[DocumentState, frozenset[DocumentState]] = {
    _D.VALID: frozenset({_D.PACKED, _D.REJECTED, _D.HELD}),
    _D.PACKED: frozenset({_D.SENT, _D.REJECTED}),
    _D.DUPLICATE: frozenset({_D.VALID}),
    _D.HELD: frozenset({_D.VALID, _D.REJECTED}),
    _D.SENT: frozenset(),
    _D.REJECTED: frozenset(),
    _D.RECEIVED: frozenset({_D.FILED}),
    _D.FILED: frozenset(),
}
FLOW_MOVES: Mapping[FlowState, frozenset[FlowState]] = {
    _F.READY: frozenset({_F.SENDING}),
    _F.SENDING: frozenset({_F.SENT, _F.READY, _F.FAILED}),
    _F.FAILED: frozenset({_F.READY, _F.DROPPED}),
    _F.SENT: frozenset(),
    _F.FETCHED: frozenset({_F.FILED, _F.KEPT}),
    _F.KEPT: frozenset({_F.FETCHED, _F.DROPPED}),
    _F.DROPPED: frozenset(),
    _F.FILED: frozenset(),
}
_MOVES: Mapping[str, Mapping[Any, frozenset[Any]]] = {
    "files": FILE_MOVES,
    "documents": DOCUMENT_MOVES,
    "flows": FLOW_MOVES,
}
_ENTITY = {"files": "file", "documents": "document", "flows": "flow"}


class IllegalMoveError(EdidError):
    """A state change that the table does not allow, or of a row that does not exist."""


def move(
    tx: Connection,
    table: Table,
    ids: Sequence[int],
    to: FileState | DocumentState | FlowState,
    *,
    event: str,
    data: Mapping[str, Any] | None = None,
    **columns: Any,  # noqa: ANN401 - column values of any type
) -> None:
    """Move the rows `ids` of `table` to the state `to`, set `columns`, and record one event each.

    All in the caller's transaction, any number of rows. They are locked, so that another process (the command line
    beside the daemon) cannot move them meanwhile. Raises IllegalMoveError, and changes nothing, when one may not.
    """
    if not ids:
        return
    rows = [row for part in chunks(sorted(set(ids))) for row in tx.execute(_locked(table, part))]
    moves = _MOVES[table.name]
    illegal = [f"{row.id} ({row.state})" for row in rows if to not in moves[row.state]]
    if illegal or len(rows) != len(set(ids)):
        raise IllegalMoveError(f"no move to '{to}' in {table.name} for {', '.join(illegal) or 'missing rows'}.")
    for part in chunks([row.id for row in rows]):
        tx.execute(update(table).where(table.c.id.in_(part)).values(state=to, **columns))
    entity = _ENTITY[table.name]
    record(
        tx,
        [Event(event, entity, row.id, row.sheet, row.state, to, dict(data or {})) for row in rows],
    )


def _locked(table: Table, ids: Sequence[int]) -> Select[int, str, str]:
    columns = select(table.c.id, table.c.sheet, table.c.state)
    return columns.where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update()
