"""One command at a time changes the added packs; the daemon only reads, and is never waited for."""

from __future__ import annotations

import fcntl
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edid.errors import ConfigError, OperatorError, TransientError
from edid.validation.added import record


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the folder `rules` of a state folder, made when missing, for one change.

    Raises ConfigError when there is no state folder, OperatorError when it belongs to another user, who could not read
    what is written here, TransientError while another command holds it, OSError.
    """
    _refuse_strangers(folder.parent)
    folder.mkdir(mode=0o750, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TransientError(
                f"another 'edid rules' is at work in {folder}.", remedy="Try again when it has ended."
            ) from error
        if not (folder / record.NAME).exists():
            record.write(folder, record.read(folder))  # before any file of a pack: see `record.read`
        yield
    finally:
        os.close(descriptor)


def _refuse_strangers(state: Path) -> None:
    try:
        owner = state.stat().st_uid
    except FileNotFoundError as error:
        raise ConfigError(
            f"there is no state folder yet: {state}.", remedy="Start the daemon once: edid run."
        ) from error
    if owner != os.geteuid():
        raise OperatorError(
            f"the state folder {state} belongs to {_name(owner)}.",
            remedy=f"Run this as that user: runuser -u {_name(owner)} -- edid rules ...",
        )


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
