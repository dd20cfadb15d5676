"""The names of a partner's folder, and names as they travel."""

from __future__ import annotations

import stat
from collections import deque
from datetime import UTC, datetime
from pathlib import PurePosixPath

from edid.errors import PermanentError
from edid.transport.contract import RemoteDeniedError, RemoteFile
from edid.transport.sftp_client import SftpClient
from edid.transport.sftp_wire import Attributes, Entry, ProtocolError

_IN_FLIGHT = 4
_MOST_NAMES = 1_000_000


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


def read_entries(sftp: SftpClient, folder: bytes) -> list[Entry]:
    """Return everything that stands in `folder`, with a few requests in flight. Raises StatusError."""
    handle = sftp.open_folder(folder)
    entries: list[Entry] = []
    asked = deque(sftp.send_read_folder(handle) for _ in range(_IN_FLIGHT))
    while asked:
        names = sftp.names(asked.popleft())
        if names is None:
            continue
        entries += names
        if len(entries) > _MOST_NAMES:
            raise ProtocolError(f"a folder of more than {_MOST_NAMES} names")
        asked.append(sftp.send_read_folder(handle))
    sftp.close(handle)
    return entries


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
        return entry.longname[:1] not in {b"d", b"l"}
    return stat.S_ISREG(entry.attributes.permissions)


def _modified(attributes: Attributes) -> datetime | None:
    return None if attributes.modified is None else datetime.fromtimestamp(attributes.modified, UTC)
