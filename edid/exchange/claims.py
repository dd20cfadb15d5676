"""The journal rows of dropped files. A claim token is journalled once, however often a crash repeats the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, insert, select

from edid.clock import now
from edid.errors import RefusedInputError
from edid.intake.claimed import Claimed
from edid.journal.chunks import chunks
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.states import FileState, Purpose
from edid.journal.tables import files
from edid.store.blobs import Blob

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stored:
    """A claimed file whose bytes are in the store."""

    claimed: Claimed
    blob: Blob


def journal_claims(
    journal: Journal, sheet: str, stored: Sequence[Stored], purpose: Purpose = Purpose.DOCUMENTS
) -> None:
    """Journal taken files in one transaction."""
    if not stored:
        return
    at = now()
    with journal.writing() as tx:
        known = _known(tx, [item.claimed.token for item in stored])
        rows = [
            {
                "sheet": sheet,
                "name": item.claimed.name,
                "sha256": item.blob.sha256,
                "size": item.blob.size,
                "state": FileState.CLAIMED,
                "token": item.claimed.token,
                "claimed_at": at,
                "purpose": purpose,
            }
            for item in stored
            if item.claimed.token not in known
        ]
        if not rows:
            return
        ids = tx.execute(insert(files).returning(files.c.id, sort_by_parameter_order=True), rows).scalars().all()
        record(
            tx,
            [
                Event("file.claimed", "file", file_id, sheet, None, FileState.CLAIMED, {"sha256": row["sha256"]})
                for file_id, row in zip(ids, rows, strict=True)
            ],
        )
    for file_id, row in zip(ids, rows, strict=True):
        log.info("file.claimed", sheet=sheet, file_id=file_id, file=row["name"])


def journal_refusal(journal: Journal, sheet: str, claimed: Claimed, refusal: RefusedInputError) -> None:
    """Journal a file that was refused without being read."""
    with journal.writing() as tx:
        if _known(tx, [claimed.token]):
            return
        row = {
            "sheet": sheet,
            "name": claimed.name,
            "sha256": None,
            "size": claimed.size,
            "state": FileState.REJECTED,
            "reason": f"{refusal.code}: {refusal.message}",
            "token": claimed.token,
            "claimed_at": now(),
        }
        file_id = tx.execute(insert(files).values(row).returning(files.c.id)).scalar_one()
        data = {"name": claimed.name, "code": refusal.code, "reason": refusal.message}
        record(tx, [Event("file.rejected", "file", file_id, sheet, None, FileState.REJECTED, data)])


def journalled(journal: Journal, tokens: Sequence[str]) -> dict[str, AnyRow]:
    """Return the state and reason of the claims that are in the journal, by token."""
    columns = files.c
    with journal.reading() as view:
        rows = [
            row
            for part in chunks(tokens)
            for row in view.execute(select(columns.token, columns.state, columns.reason).where(columns.token.in_(part)))
        ]
    return {row.token: row for row in rows}


def _known(tx: Connection, tokens: Sequence[str]) -> set[str]:
    return set(tx.execute(select(files.c.token).where(files.c.token.in_(tokens))).scalars())
