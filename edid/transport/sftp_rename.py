"""Renaming over SFTP: in one step where the partner can, else as close to it as it allows."""

from __future__ import annotations

from edid.transport.sftp_client import SftpClient
from edid.transport.sftp_wire import Code, StatusError


def rename_in_one_step(sftp: SftpClient, source: bytes, target: bytes) -> bool:
    """Rename over an existing target; False when the partner does not offer, permit or manage that request.

    Servers say 'failure' where they have the request and cannot do it; the plain rename then finds out whether renaming
    is what fails. Raises StatusError for any other refusal.
    """
    if not sftp.renames_over:
        return False
    try:
        sftp.rename_over(source, target)
    except StatusError as error:
        if error.code in {Code.PERMISSION_DENIED, Code.FAILURE, Code.OP_UNSUPPORTED}:
            return False
        raise
    return True


def rename_plainly(sftp: SftpClient, source: bytes, target: bytes) -> None:
    """Rename by the request of SFTP 3, which fails on an existing target: then that one is removed first.

    Between the removal and the second rename nothing stands at `target`; the source still holds every byte.
    Raises StatusError.
    """
    try:
        sftp.rename(source, target)
    except StatusError as error:
        if error.code != Code.FAILURE or not (exists(sftp, source) and exists(sftp, target)):
            raise
        sftp.remove(target)
        sftp.rename(source, target)


def exists(sftp: SftpClient, path: bytes) -> bool:
    """Tell whether the partner shows something at `path`."""
    try:
        sftp.stat(path)
    except StatusError:
        return False
    return True
