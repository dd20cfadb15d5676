"""One process at a time takes files from a drop folder: two edids on one spool must not take a file twice."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from edid.errors import OperatorError
from edid.intake.failures import folder_failure
from edid.intake.folders import SheetFolders


@contextmanager
def turn(folders: SheetFolders) -> Iterator[tuple[int, int]]:
    """Keep other processes from taking files out of the drop folder of `folders` meanwhile.

    Gives what tells one `claimed` folder from another that is mounted or made in its place: device and inode.

    The kernel ends it with the process. It is held for one step only, so that the spool can be unmounted between
    two. Filesystems without such locks go without. Raises OperatorError when it is another one's turn, OperatorError
    or TransientError when `claimed` cannot be opened.
    """
    try:
        descriptor = os.open(folders.claimed, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise folder_failure(error, "open", folders.claimed) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OperatorError(
                f"another edid takes files from {folders.out}.",
                remedy="Give each edid a spool of its own: files must not be shared out between two journals.",
            ) from error
        except OSError:
            pass  # no such locks here
        facts = os.fstat(descriptor)
        yield facts.st_dev, facts.st_ino
    finally:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # not by closing alone: a child may have been born with a copy
        os.close(descriptor)
