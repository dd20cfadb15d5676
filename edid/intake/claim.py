"""Claim a finished file: one atomic rename takes it out of the ERP's sight, and only then is it judged.

Before the rename the checks are a courtesy (an unfinished file is not even touched); after it they are the
truth, because nobody else can reach the file by name any more. A file that turns out unfinished goes back.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import NoReturn

from edid.errors import RefusedInputError, TransientError
from edid.intake.claimed import (
    Claimed,
    finish,
    forget_marker,
    leave_no_empty_folder,
    make_durable,
    new_token,
    place,
    put_back,
    recover,
)
from edid.intake.failures import folder_failure
from edid.intake.folders import SheetFolders
from edid.intake.inside import opened_parent
from edid.intake.lease import open_for_writing
from edid.intake.names import printable
from edid.intake.scan import Candidate

__all__ = [
    "Claimed",
    "NotReadyYetError",
    "RefusedFileError",
    "check",
    "claim",
    "finish",
    "forget_marker",
    "look",
    "make_durable",
    "put_back",
    "recover",
]

# O_NONBLOCK: a FIFO must not make us wait for its writer.
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class NotReadyYetError(TransientError):
    """The file is in the drop folder, or gone from it by its owner's hand: a later scan decides anew."""


class RefusedFileError(RefusedInputError):
    """A dropped thing that edid will never read; it is `claimed`, to be kept in `rejected/`."""

    def __init__(self, claimed: Claimed, message: str, *, code: str, remedy: str) -> None:
        super().__init__(message, code=code, remedy=remedy, where=claimed.name)
        self.claimed = claimed


def claim(candidate: Candidate, folders: SheetFolders, *, limit: int, unreadable_for: float = 0.0) -> Claimed:
    """Take `candidate` out of the drop folder and return where it is now. Its marker stays: see `forget_marker`.

    `limit` is the largest size in bytes. A file that edid may not read must have been unchanged for
    `unreadable_for` seconds: nothing else can tell there whether somebody still writes it.

    Raises NotReadyYetError (changed since the scan, open for writing, or gone: nothing was taken),
    RefusedFileError (taken, to be set aside), OperatorError or TransientError (the spool does not allow it: nothing
    was taken, or `recover` finds it).
    """
    try:
        with opened_parent(folders.out, candidate.name) as (parent, base):
            if candidate.kind == "file":
                _must_look_finished(parent, base, candidate, unreadable_for)
            claimed = _take(parent, base, candidate.name, folders)
    except (FileNotFoundError, NotADirectoryError) as error:
        for folder in (folders.out, folders.claimed):
            if not folder.is_dir():
                raise folder_failure(error, "move files between", folder) from error
        raise NotReadyYetError(f"{printable(candidate.name)} is no longer there.") from error
    except OSError as error:
        raise folder_failure(error, "take files from", folders.out) from error
    if claimed.kind == "folder" or (claimed.kind == "file" and not _is(candidate, claimed)):
        put_back(claimed, folders)
        raise NotReadyYetError(f"{claimed.name} was replaced while it was being taken.")
    claimed = replace(claimed, marker=candidate.marker, marked_ns=candidate.marked_ns)
    check(claimed, folders, limit=limit)
    return claimed


def look(candidate: Candidate, folders: SheetFolders) -> None:
    """Raise NotReadyYetError when `candidate` is gone, has changed since the scan, or is open for writing."""
    try:
        with opened_parent(folders.out, candidate.name) as (parent, base):
            _must_look_finished(parent, base, candidate, 0.0)
    except OSError as error:
        raise NotReadyYetError(f"{printable(candidate.name)} is no longer there.") from error


def check(claimed: Claimed, folders: SheetFolders, *, limit: int) -> None:
    """Make sure that `claimed` is a readable, finished file of 1 to `limit` bytes, unchanged since its claim.

    To be called again for a recovered file, and once its bytes were copied: somebody may write through a
    descriptor or a second link that he kept. Raises NotReadyYetError (put back), RefusedFileError, OperatorError
    or TransientError, as `claim` does.
    """
    if claimed.kind != "file":
        raise RefusedFileError(
            claimed,
            f"{claimed.name} is a {claimed.kind}, not a file; it was not followed.",
            code="EDID_NOT_A_FILE",
            remedy="Drop the file itself: copy it or move it into the drop folder.",
        )
    try:
        descriptor = os.open(claimed.path, _OPEN)
    except PermissionError as error:
        raise RefusedFileError(
            claimed,
            f"edid may not read {claimed.name}: {error.strerror}.",
            code="EDID_UNREADABLE",
            remedy="Give edid's group the right to read it (chmod g+r), then drop it again.",
        ) from error
    except BlockingIOError:
        _give_back(claimed, folders, "is held by another program")
    except OSError as error:
        raise folder_failure(error, "read", claimed.path) from error
    try:
        facts = os.fstat(descriptor)
        busy = open_for_writing(descriptor)
    finally:
        os.close(descriptor)
    if busy:
        _give_back(claimed, folders, "is still open for writing")
    if (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns) != (
        claimed.inode,
        claimed.size,
        claimed.mtime_ns,
        claimed.ctime_ns,
    ):
        _give_back(claimed, folders, "changed while it was being taken")
    _must_be_of_a_size(claimed, limit)


def _must_look_finished(parent: int, base: str, candidate: Candidate, unreadable_for: float) -> None:
    try:
        descriptor = os.open(base, _OPEN, dir_fd=parent)
    except BlockingIOError as error:
        raise NotReadyYetError(f"{printable(candidate.name)} is held by another program.") from error
    except FileNotFoundError:
        raise
    except PermissionError as error:
        if time.time() - candidate.ctime_ns / 1e9 < unreadable_for:
            raise NotReadyYetError(f"edid may not read {printable(candidate.name)}, which changed lately.") from error
        return
    except OSError:
        return  # no file any more: judged once it is taken
    try:
        facts = os.fstat(descriptor)
        busy = open_for_writing(descriptor)
    finally:
        os.close(descriptor)
    if busy:
        raise NotReadyYetError(f"{printable(candidate.name)} is still open for writing.")
    if (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns) != (
        candidate.inode,
        candidate.size,
        candidate.mtime_ns,
        candidate.ctime_ns,
    ):
        raise NotReadyYetError(f"{printable(candidate.name)} changed since it was seen.")


def _take(parent: int, base: str, relative: str, folders: SheetFolders) -> Claimed:
    token = new_token()
    target = place(folders, token, relative)
    try:
        if target.parent != folders.claimed:
            (folders.claimed / token).mkdir(mode=0o750)
            target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise folder_failure(error, "create a folder in", folders.claimed) from error
    try:
        os.rename(base, target, src_dir_fd=parent)
    except OSError:
        leave_no_empty_folder(target)
        raise
    return Claimed.at(target, token, relative)


def _is(candidate: Candidate, claimed: Claimed) -> bool:
    # Not the change time: renaming sets it.
    return (candidate.inode, candidate.size, candidate.mtime_ns) == (
        claimed.inode,
        claimed.size,
        claimed.mtime_ns,
    )


def _must_be_of_a_size(claimed: Claimed, limit: int) -> None:
    if claimed.size == 0:
        raise RefusedFileError(
            claimed,
            f"{claimed.name} is empty.",
            code="IRR_VIDE_F",
            remedy="Let the ERP write it again; if it writes in steps, use the readiness 'renamed' or 'marker'.",
        )
    if claimed.size > limit:
        raise RefusedFileError(
            claimed,
            f"{claimed.name} has {claimed.size} bytes, more than the {limit} allowed.",
            code="IRR_TAILLE_F",
            remedy="Split it, or raise limits.flow_size in edid.yaml if the platform takes larger flows.",
        )


def _give_back(claimed: Claimed, folders: SheetFolders, why: str) -> NoReturn:
    put_back(claimed, folders)
    raise NotReadyYetError(f"{claimed.name} {why}; it is back in the drop folder.")
