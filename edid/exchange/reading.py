"""What dropped files hold: each document judged, those of an archive one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edid.config.sheet import SenderSheet
from edid.documents.kinds import Kind
from edid.exchange.house import House
from edid.exchange.pulse import Pulse
from edid.exchange.standards import standard_of
from edid.journal.rows import AnyRow
from edid.store.blobs import Blob
from edid.validation.judging import Judgement
from edid.validation.standard import Standard


@dataclass(frozen=True, slots=True)
class Read:
    """One document of a dropped file."""

    file_id: int
    file_name: str
    position: int
    member: str | None
    blob: Blob
    judgement: Judgement


def read_all(house: House, sheet: SenderSheet, files: Sequence[AnyRow], work: Path, pulse: Pulse) -> list[Read]:
    """Return the documents of `files` (journal rows) of `sheet` in order; members of archives go to the store.

    `work` is an empty folder. Raises EdidError when the store has lost a file or the judges are stopping.
    """
    standard = standard_of(sheet)
    jobs = [(house.store.require(row.sha256), work / str(row.id)) for row in files]
    documents: list[Read] = []
    for row, judgement in zip(files, house.judges.judge(jobs, pulse.beat, standard=standard), strict=True):
        if judgement.reading is not None and judgement.reading.kind is Kind.ARCHIVE:
            documents += _read_members(house, standard, row, judgement, work, pulse)
        else:
            documents.append(Read(row.id, row.name, 0, None, Blob(row.sha256, row.size), judgement))
    return documents


def _read_members(
    house: House, standard: Standard, row: AnyRow, archive: Judgement, work: Path, pulse: Pulse
) -> list[Read]:
    assert archive.reading is not None
    members = archive.reading.members
    blobs = house.store.add_all([member.path for member in members])
    jobs = [(house.store.path(blob.sha256), work / f"{row.id}-{number}") for number, blob in enumerate(blobs)]
    judged = house.judges.judge(jobs, pulse.beat, standard=standard)
    return [
        Read(row.id, row.name, position, member.name, blob, judgement)
        for position, (member, blob, judgement) in enumerate(zip(members, blobs, judged, strict=True))
    ]
