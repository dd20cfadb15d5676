"""Files that do not leave: kept in rejected/ or duplicates/, each with its reason beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edid.config.sheet import SenderSheet
from edid.exchange.house import AnySheet, House
from edid.exchange.judged import Judged
from edid.exchange.notes import FOR_PEOPLE, FOR_PROGRAMS, duplicate_notes, verdict_notes
from edid.exchange.pulse import Pulse
from edid.intake.claim import RefusedFileError
from edid.intake.failures import folder_failure
from edid.intake.folders import SheetFolders
from edid.intake.setaside import set_aside
from edid.journal.states import DocumentState
from edid.validation.verdict import Finding, Outcome, Severity, Verdict


def keep_refused(house: House, sheet: AnySheet, refusal: RefusedFileError) -> Path:
    """Move a claimed file that will not be read to rejected/; return where it is now."""
    claimed = refusal.claimed
    finding = Finding(refusal.code, Severity.FATAL, refusal.message, remedy=refusal.remedy or None)
    notes = verdict_notes(
        Verdict(Outcome.INVALID, findings=(finding,)),
        file=claimed.name,
        sheet=sheet.name,
        language=house.settings.language,
        origin={"token": claimed.token},
    )
    folder = house.folders(sheet).rejected
    return set_aside(
        source=claimed.path, content=None, folder=folder, name=claimed.name, notes=notes, token=claimed.token
    )


def set_aside_documents(house: House, sheet: SenderSheet, judged: Sequence[Judged], pulse: Pulse | None = None) -> None:
    """Copy every document that does not leave from the store to its folder, with its notes."""
    folders = house.folders(sheet)
    for item in judged:
        if item.state is DocumentState.VALID:
            continue
        if pulse is not None:
            pulse.beat()
        token = _token(item.file_id, item.position)
        is_duplicate = item.state is DocumentState.DUPLICATE
        set_aside(
            source=None,
            content=house.store.require(item.blob.sha256),
            folder=folders.duplicates if is_duplicate else folders.rejected,
            name=_name(item),
            notes=_duplicate(house, sheet, item, token) if is_duplicate else _verdict(house, sheet, item, token),
            token=token,
        )


def remove_duplicate(folders: SheetFolders, file_id: int, position: int) -> None:
    """Remove from duplicates/ the copy of a document that leaves after all: its note would no longer be true.

    Does nothing where an operator moved it away. Raises OperatorError or TransientError when the folder cannot be
    used.
    """
    token = f'"{_token(file_id, position)}"'.encode()
    try:
        for note in folders.duplicates.glob(f"*{FOR_PROGRAMS}"):
            if token not in note.read_bytes():
                continue
            copy = note.with_name(note.name.removesuffix(FOR_PROGRAMS))
            for path in (copy, copy.with_name(f"{copy.name}{FOR_PEOPLE}"), note):  # the note that tells last
                path.unlink(missing_ok=True)
    except OSError as error:
        raise folder_failure(error, "remove the forced document from", folders.duplicates) from error


def _token(file_id: int, position: int) -> str:
    """Return what names one document of a dropped file in its notes."""
    return f"document-{file_id}-{position}"


def _name(item: Judged) -> str:
    """Return what it is kept as; a member of an archive bears the names of both."""
    return item.file_name if item.member is None else f"{item.file_name}__{item.member.rsplit('/', 1)[-1]}"


def _verdict(house: House, sheet: SenderSheet, item: Judged, token: str) -> dict[str, bytes]:
    return verdict_notes(
        item.verdict,
        file=_name(item),
        sheet=sheet.name,
        language=house.settings.language,
        origin={"token": token, "file_id": item.file_id, "sha256": item.blob.sha256},
    )


def _duplicate(house: House, sheet: SenderSheet, item: Judged, token: str) -> dict[str, bytes]:
    return duplicate_notes(
        file=_name(item),
        sheet=sheet.name,
        language=house.settings.language,
        origin={"token": token, "file_id": item.file_id, "sha256": item.blob.sha256, "same_bytes": item.same_bytes},
        number=item.facts.number if item.facts else None,
        original=item.duplicate_of,
        same_bytes=item.same_bytes,
    )
