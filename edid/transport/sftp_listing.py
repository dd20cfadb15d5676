"""The names of a partner's folder, and names as they travel."""

from __future__ import annotations

import stat
from collections import deque
from datetime import UTC, datetime
from pathlib import PurePosixPath

from edid.errors import OperatorError, PermanentError
from edid.transport.contract import Progress, RemoteDeniedError, RemoteFile
from edid.transport.sftp_client import SftpClient
from edid.transport.sftp_wire import Attributes, Entry

_IN_FLIGHT = 4
_MOST_NAMES = 250_000
_MOST_BYTES = 32_000_000
"""Of names. Both keep one partner from filling the memory that all share."""


def wire_path(path: PurePosixPath) -> bytes:
    """Return `path` as SFTP sends it. Raises PermanentError for what UTF-8 or C strings cannot hold."""
    try:
        encoded = str(path).encode("utf-8")
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise PermanentError(
            f"the path {str(path)!r} cannot be sent to a partner.",
            remedy="Use a name made of ordinary letters.",
        )
    return encoded


def read_entries(sftp: SftpClient, folder: bytes, progress: Progress | None = None) -> list[Entry]:
    """Return everything that stands in `folder`, with a few requests in flight; `progress` hears the bytes of names.

    Raises StatusError, and OperatorError for more than memory is spent on: the session then has answers in flight.
    """
    handle = sftp.open_folder(folder)
    entries: list[Entry] = []
    size = 0
    asked = deque(sftp.send_read_folder(handle) for _ in range(_IN_FLIGHT))
    while asked:
        names = sftp.names(asked.popleft())
        if names is None:
            continue
        entries += names
        size += sum(len(entry.name) for entry in names)
        if len(entries) > _MOST_NAMES or size > _MOST_BYTES:
            raise _too_many(folder)
        if progress is not None:
            progress(size)
        asked.append(sftp.send_read_folder(handle))
    sftp.close(handle)
    return entries


def _too_many(folder: bytes) -> OperatorError:
    return OperatorError(
        f"the folder {folder.decode()!r} of the partner holds more than {_MOST_NAMES} names, or names of more than "
        f"{_MOST_BYTES // 1_000_000} MB: nothing was fetched.",
        remedy="Ask the partner to clear it, or agree on removing what was fetched (after_fetch in the sheet).",
    )


def regular_files(entries: list[Entry]) -> tuple[list[RemoteFile], int]:
    """Return the regular files among `entries`, sorted by name, and how many had to be left out.

    Left out are names that are not UTF-8 or hold a slash, a NUL or a line end, and files without a size.
    """
    files = []
    left_out = 0
    for entry in entries:
        if not _is_regular(entry):
            continue
        name, size = _usable_name(entry.name), entry.attributes.size
        if name is None or size is None:
            left_out += 1
        else:
            files.append(RemoteFile(name, size, _modified(entry.attributes)))
    return sorted(files, key=lambda file: file.name), left_out


def file_facts(name: str, attributes: Attributes) -> RemoteFile | None:
    """Return the facts of one file, None for what is not a regular file.

    Raises RemoteDeniedError when the partner keeps the size to itself.
    """
    if attributes.permissions is not None and not stat.S_ISREG(attributes.permissions):
        return None
    if attributes.size is None:
        raise RemoteDeniedError(
            f"the partner does not say how long {name!r} is.",
            remedy="Set confirm_size to false in the sheet.",
        )
    return RemoteFile(name, attributes.size, _modified(attributes))


def _usable_name(raw: bytes) -> str | None:
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if name in {"", ".", ".."} or any(letter in name for letter in "/\0\n\r"):
        return None
    return name


def _is_regular(entry: Entry) -> bool:
    if entry.attributes.permissions is None:
        return entry.letter not in {b"d", b"l"}
    return stat.S_ISREG(entry.attributes.permissions)


def _modified(attributes: Attributes) -> datetime | None:
    return None if attributes.modified is None else datetime.fromtimestamp(attributes.modified, UTC)
