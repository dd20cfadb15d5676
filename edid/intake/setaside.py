"""Put a file into `rejected/` or `duplicates/` so that whoever sees it there sees why."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from edid.intake.claimed import leave_no_empty_folder
from edid.intake.failures import folder_failure
from edid.intake.names import NAME_MAX, numbered, plain_file_name
from edid.intake.rename import rename_new
from edid.store.durable import copy_durably, durable_write, fsync_file, fsync_folder

_ROOM_FOR_NUMBER = len("-99999")
_NOTE_MAX = 1 << 20
_MODE = 0o640


def set_aside(
    *,
    source: Path | None,
    content: Path | None,
    folder: Path,
    name: str,
    notes: Mapping[str, bytes],
    token: str,
) -> Path:
    """Put one file and its notes durably into `folder`; return the path of the file there.

    `source` is a file of the spool to be moved (its claim's folder goes with it), `content` a file to be copied
    and kept; give exactly one. `name` is what the ERP called it; it appears in printable form, `name-2.xml` when
    `name.xml` is taken. `notes` maps suffixes such as `.verdict.json` to bytes; at least the first must hold
    `token` in double quotes: repeating the call after a crash then finds its own notes and finishes, whatever
    step the crash came in. The notes are durable before the file appears.

    Raises ValueError on arguments that break the above, OperatorError or TransientError when `folder` does not
    take the files.
    """
    if (source is None) == (content is None):
        raise ValueError("give exactly one of 'source' and 'content'")
    if not notes or _quoted(token) not in next(iter(notes.values())):
        raise ValueError("the first note must hold the token, or a crash would set the file aside twice")
    try:
        target = _place(folder, name, notes, token)
        for suffix, data in notes.items():
            durable_write(_beside(target, suffix), data, _MODE, token)
        if source is not None:
            _move(source, target, token)
        elif content is not None and not os.path.lexists(target):
            copy_durably(content, target, _MODE, token)
    except OSError as error:
        raise folder_failure(error, "set a file aside in", folder) from error
    return target


def _place(folder: Path, name: str, notes: Mapping[str, bytes], token: str) -> Path:
    room = NAME_MAX - _ROOM_FOR_NUMBER - max(len(suffix.encode()) for suffix in notes)
    plain = plain_file_name(name, room)
    number = 1
    while True:
        target = folder / numbered(plain, number)
        if _is_ours(_beside(target, next(iter(notes))), token):
            return target
        if not any(os.path.lexists(path) for path in (target, *(_beside(target, suffix) for suffix in notes))):
            return target
        number += 1


def _is_ours(note: Path, token: str) -> bool:
    try:
        descriptor = os.open(note, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return stat.S_ISREG(os.fstat(descriptor).st_mode) and _quoted(token) in os.read(descriptor, _NOTE_MAX)
    finally:
        os.close(descriptor)


def _move(source: Path, target: Path, token: str) -> None:
    if not os.path.lexists(target):
        facts = source.lstat()
        if _must_be_copied(source, facts, target):
            copy_durably(source, target, _MODE, token)
        else:
            if stat.S_ISREG(facts.st_mode):
                with suppress(PermissionError):  # what edid may not read, it cannot make durable either
                    fsync_file(source)
            rename_new(source, target)
    source.unlink(missing_ok=True)
    fsync_folder(target.parent)
    leave_no_empty_folder(source)


def _must_be_copied(source: Path, facts: os.stat_result, target: Path) -> bool:
    # A second link elsewhere would let its owner change what is kept here; another mount cannot be renamed into.
    if not stat.S_ISREG(facts.st_mode) or not os.access(source, os.R_OK, effective_ids=True):
        return False
    return facts.st_nlink > 1 or facts.st_dev != target.parent.stat().st_dev


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(target.name + suffix)


def _quoted(token: str) -> bytes:
    return b'"%s"' % token.encode()
