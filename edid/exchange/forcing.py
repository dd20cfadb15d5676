"""A person's decision to send a duplicate all the same."""

from __future__ import annotations

from pathlib import Path

from edid.errors import PermanentError
from edid.exchange.setting_aside import remove_duplicate
from edid.intake.folders import SheetFolders
from edid.journal import queries
from edid.journal.database import Journal
from edid.journal.states import Direction, DocumentState, move
from edid.journal.tables import documents


def force(journal: Journal, spool: Path, document_id: int) -> None:
    """Put the duplicate `document_id` in the queue of its sheet, and take its copy out of duplicates/.

    Raises PermanentError when there is no such document or it is no duplicate; OperatorError when its copy cannot be
    removed: it leaves all the same. The original keeps its keys: a third copy is a duplicate again.
    """
    with journal.writing() as tx:
        row = queries.document(tx, document_id)
        if row is None:
            raise PermanentError(f"there is no document {document_id}.", remedy="See: edid documents list.")
        if row.state != DocumentState.DUPLICATE:
            raise PermanentError(
                f"document {document_id} is {row.state}, not a duplicate.",
                remedy="Only duplicates can be forced; see: edid documents list --state duplicate.",
            )
        if row.direction != Direction.OUT:
            raise PermanentError(
                f"document {document_id} was received, and is one that was filed before.",
                remedy="It is kept in duplicates/; only documents to be sent can be forced.",
            )
        move(tx, documents, [document_id], DocumentState.VALID, event="document.forced")
    remove_duplicate(SheetFolders(spool, row.sheet), row.file_id, row.position)
