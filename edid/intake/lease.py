"""Does anybody hold a file open for writing? The kernel tells through a read lease.

Source: Linux man-pages, fcntl(2), F_SETLEASE: a read lease is granted only while nobody has the file open for
writing (a shared writable mapping counts), to the file's owner or with CAP_LEASE.
"""

from __future__ import annotations

import errno
import fcntl
import signal


def open_for_writing(descriptor: int) -> bool | None:
    """Tell whether somebody has the file behind the read-only `descriptor` open for writing.

    None: the kernel cannot tell (not our file and no CAP_LEASE, or a filesystem without leases). The lease is
    given back at once; a writer who opens the file in that instant waits some microseconds.
    """
    try:
        # Such a writer also makes the kernel signal us: SIGIO would kill, SIGURG is ignored by default.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
