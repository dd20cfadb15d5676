"""What becomes of a claimed file: its bytes to the store, its row to the journal, and only then out of the spool."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from edid.errors import EdidError
from edid.exchange.claims import Stored, journal_claims, journal_refusal
from edid.exchange.house import AnySheet, House
from edid.exchange.setting_aside import keep_refused
from edid.intake.claim import (
    Claimed,
    NotReadyYetError,
    RefusedFileError,
    check,
    finish,
    forget_marker,
    make_durable,
)
from edid.journal.states import Purpose
from edid.store.blobs import Blob

log = structlog.get_logger()


def take(
    house: House, sheet: AnySheet, claimed: Sequence[Claimed], purpose: Purpose = Purpose.DOCUMENTS
) -> dict[str, Exception]:
    """Store and journal claimed files, then let go of them in the spool; return what failed, by claim token.

    Each is checked again once its bytes are copied: whoever still writes gets his file back. What failed stays in
    claimed/, for `recover`. Safe to repeat after a crash: a claim is journalled once.
    """
    stored: list[Stored] = []
    left: dict[str, Exception] = {}
    # All at once: the disk then syncs once a chunk and not once a file.
    for item, blob in zip(claimed, house.store.add_many([item.path for item in claimed]), strict=True):
        try:
            one = _kept(house, sheet, item, blob, purpose)
        except (EdidError, OSError) as error:
            left[item.token] = error
        else:
            stored += [one] if one is not None else []
    folders = house.folders(sheet, purpose)
    if stored:
        make_durable([one.claimed for one in stored], folders)
    journal_claims(house.journal, sheet.name, stored, purpose)
    for done in stored:
        try:
            forget_marker(done.claimed, folders)
            finish(done.claimed)
        except EdidError as error:
            left[done.claimed.token] = error
    return left


def refuse(house: House, sheet: AnySheet, refusal: RefusedFileError, purpose: Purpose = Purpose.DOCUMENTS) -> None:
    """Journal a claimed file that edid will not read, and keep it in rejected/ with its reason.

    In this order: a crash in between leaves the claim, and the next start finishes.
    """
    folders = house.folders(sheet, purpose)
    make_durable([refusal.claimed], folders)
    journal_refusal(house.journal, sheet.name, refusal.claimed, refusal)
    forget_marker(refusal.claimed, folders)
    kept = keep_refused(house, sheet, refusal)
    log.warning("file.rejected", sheet=sheet.name, file=refusal.claimed.name, code=refusal.code, kept=str(kept))


def _kept(house: House, sheet: AnySheet, item: Claimed, blob: Blob | OSError, purpose: Purpose) -> Stored | None:
    """Return the stored file; None when it went back to the drop folder or to rejected/. Raises what the copy met."""
    if isinstance(blob, OSError):
        raise blob
    try:
        check(item, house.folders(sheet, purpose), limit=house.settings.limits.flow_size)
    except NotReadyYetError as error:
        log.debug("file.not_ready", sheet=sheet.name, reason=error.message)
        return None
    except RefusedFileError as refusal:
        refuse(house, sheet, refusal, purpose)
        return None
    return Stored(item, blob)
