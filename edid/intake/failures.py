"""An operating-system error on a spool folder, said as what one may do about it."""

from __future__ import annotations

import errno
from pathlib import Path

from edid.errors import EdidError, OperatorError, TransientError
from edid.intake.names import printable

_HEALS_BY_ITSELF = frozenset(
    {
        errno.EAGAIN,
        errno.EBUSY,
        errno.EDQUOT,
        errno.EHOSTDOWN,
        errno.EINTR,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.ENOTCONN,
        errno.ESTALE,
        errno.ETIMEDOUT,
    }
)
_RIGHTS = "Give edid's user the right to read, write and enter it (owner edid; mode 3770 for a drop folder)."
_REMEDIES = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: f"{_RIGHTS} What is immutable (lsattr) must be released first.",
    errno.EROFS: "Mount the spool read-write.",
    errno.EXDEV: "Keep out, claimed, rejected and duplicates of a sheet in one mount.",
    errno.ENOENT: "Mount or create it, then restart edid or wait for its next look.",
    errno.ENOTDIR: "Put a folder there instead.",
    errno.ELOOP: "Put a folder there instead of a symbolic link.",
    errno.EEXIST: "Move away what stands there.",
    errno.ENAMETOOLONG: "Shorten the name of the file, or of the folders that it lies in.",
}


def folder_failure(error: OSError, action: str, path: Path) -> EdidError:
    """Return the error to raise for `error`, met while edid did `action` ("read", "create") on `path`.

    TransientError where time or free space heals it, OperatorError where a person must mend a right or a mount.
    """
    message = f"edid cannot {action} {printable(str(path))}: {error.strerror or error}."
    if error.errno in _HEALS_BY_ITSELF:
        return TransientError(message, remedy="edid tries again; check the disk and the mount if it lasts.")
    return OperatorError(message, remedy=_REMEDIES.get(error.errno or 0, _RIGHTS))
