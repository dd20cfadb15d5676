"""The status folder of a sheet: edid adds files, the ERP takes them away."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from edid.exchange.house import AnySheet, House
from edid.intake.failures import folder_failure
from edid.intake.folders import ensure
from edid.store.durable import fsync_folder, sync_filesystem

_FOLDER_MODE: Final = 0o2770
"""Members of edid's group, the ERPs, may remove what they have read."""
_FILE_MODE: Final = 0o640
_AT_ONCE: Final = 256
_FEW: Final = 4
"""Up to so many files, a wait for the disk for each is shorter than one for the whole filesystem."""
_UNFINISHED = re.compile(r"\.answer-[0-9a-f]{16}\.tmp")


def status_folder(house: House, sheet: AnySheet) -> Path:
    """Return where the answers of `sheet` are dropped."""
    return house.folders(sheet).root / "status"


def prepare(folder: Path) -> None:
    """Create the folder where it is missing, and remove what a crash left unfinished there.

    Raises OperatorError or TransientError.
    """
    try:
        if not os.path.lexists(folder):
            ensure(folder, _FOLDER_MODE)
            fsync_folder(folder.parent)
        for entry in os.scandir(folder):
            if _UNFINISHED.fullmatch(entry.name):
                Path(entry.path).unlink(missing_ok=True)
    except OSError as error:
        raise folder_failure(error, "prepare", folder) from error


def drop(folder: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Put files (name, content) durably into `folder`, each complete when it appears, in this order.

    One that is there already is replaced. Raises OSError; what appeared until then stays.
    """
    for start in range(0, len(files), _AT_ONCE):
        _drop_some(folder, files[start : start + _AT_ONCE])


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files where they stand. Raises OSError."""
    gone = False
    for name in names:
        try:
            (folder / name).unlink()
            gone = True
        except FileNotFoundError:
            continue
    if gone:
        fsync_folder(folder)


def _drop_some(folder: Path, files: Sequence[tuple[str, bytes]]) -> None:
    room = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    unfinished: list[Path] = []
    try:
        for _, content in files:
            unfinished.append(folder / f".answer-{secrets.token_hex(8)}.tmp")
            _write(unfinished[-1], content, wait=len(files) <= _FEW)
        if len(files) > _FEW:
            sync_filesystem(room)
        for (name, _), path in zip(files, list(unfinished), strict=True):
            path.replace(folder / name)
            unfinished.remove(path)
        os.fsync(room)
    finally:
        for path in unfinished:
            path.unlink(missing_ok=True)
        os.close(room)


def _write(path: Path, content: bytes, *, wait: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, _FILE_MODE), "wb") as file:
        file.write(content)
        file.flush()
        if wait:
            os.fsync(file.fileno())
