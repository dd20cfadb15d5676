"""Does anybody hold a file open for writing? The kernel tells through a read lease.

Source: Linux man-pages, fcntl(2), F_SETLEASE: a read lease is granted only while nobody has the file open for
writing (a shared writable mapping counts), to the file's owner or with CAP_LEASE.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
from pathlib import Path

from edid.intake.mounts import lends_leases

_CAP_LEASE = 28


def open_for_writing(descriptor: int) -> bool | None:
    """Tell whether somebody has the file behind the read-only `descriptor` open for writing.

    None: the kernel cannot tell (not our file and no CAP_LEASE, or a filesystem without leases, or one that passes
    on what its server lends: there a refusal says nothing about writers). The lease is given back at once; a writer
    who opens the file in that instant waits some microseconds.
    """
    try:
        # Such a writer also makes the kernel signal us: SIGIO would kill, SIGURG is ignored by default.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN and not lends_leases(os.fstat(descriptor).st_dev) else None
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def blindness(folder: Path) -> str | None:
    """Say why the kernel cannot tell about files of other users in `folder`; None when it can.

    Tried with a nameless file of our own that we hold open for writing: it must be noticed.
    """
    try:
        writing = os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        return f"its filesystem cannot be asked ({error.strerror})"
    try:
        reading = os.open(f"/proc/self/fd/{writing}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            noticed = open_for_writing(reading)
        finally:
            os.close(reading)
    except OSError as error:
        return f"it cannot be tried ({error.strerror})"
    finally:
        os.close(writing)
    if not noticed:
        return "its filesystem does not tell"
    return None if _may_ask_about_others() else "edid lacks the capability CAP_LEASE"


def _may_ask_about_others() -> bool:
    # Source: Linux man-pages, capabilities(7) and proc_pid_status(5): CAP_LEASE is bit 28 of CapEff.
    for line in Path("/proc/thread-self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> _CAP_LEASE & 1)
    return False
