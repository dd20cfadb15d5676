"""One document of a dropped file, judged and decided upon."""

from __future__ import annotations

from dataclasses import dataclass

from edid.documents.kinds import Facts
from edid.journal.states import DocumentState
from edid.store.blobs import Blob
from edid.validation.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything the journal and the notes need to know of it."""

    file_id: int
    file_name: str
    position: int
    member: str | None
    blob: Blob
    kind: str
    facts: Facts | None
    verdict: Verdict
    interface_code: str | None
    state: DocumentState
    duplicate_of: int | None = None
    same_bytes: bool = False
