"""What a failure of the partner's folder means for the exchange."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from edid.errors import EdidError, OperatorError, RemoteMissingError, TransientError
from edid.transport.contract import RemoteDeniedError

_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_PASSING = {
    errno.EAGAIN,
    errno.EBUSY,
    errno.EDQUOT,
    errno.EHOSTDOWN,
    errno.EIO,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOSPC,
    errno.ESTALE,
    errno.ETIMEDOUT,
}


class NoFolderError(OSError):
    """A folder on the way to a file is missing."""


def folder_failure(error: OSError, action: str, path: Path) -> EdidError:
    """Return what to raise for a failed operation on the partner's `path`."""
    number = error.errno or errno.EIO
    reason = f"cannot {action} '{path}': {os.strerror(number)}."
    if isinstance(error, NoFolderError):
        return OperatorError(reason, remedy="Create the folder or correct it in the sheet.")
    if number == errno.ENOENT:
        return RemoteMissingError(reason, remedy="The partner's program may have taken it; list again.")
    if number in _DENIED:
        return RemoteDeniedError(reason, remedy="Give edid's user the right to do this in that folder.")
    if number in _PASSING:
        return TransientError(reason, remedy="It is tried again. If it lasts, check that disk or mount.")
    if number in {errno.ELOOP, errno.ENOTDIR}:
        return OperatorError(
            f"cannot {action} '{path}': a symbolic link or a file stands where a folder should.",
            remedy="Put real folders and files below transport.root; links are never followed there.",
        )
    return OperatorError(reason, remedy="Check the folder with the program that shares it.")
