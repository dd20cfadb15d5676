"""Packages: several documents in one tar.gz, whose bytes depend on the documents and their names alone.

Source: AIFE, Chorus Pro - Le mode EDI, Annexe (July 2017), p. 4: one document may go as it is, several go
in a tar.gz; the extension is removed before the transfer. Members keep theirs, as in AIFE's published
sample flow.
"""

from __future__ import annotations

import gzip
import os
import re
import tarfile
from collections.abc import Sequence
from pathlib import Path

from edid.documents.kinds import Kind
from edid.errors import PermanentError
from edid.flows.names import build

_MEMBER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_BLOCK = tarfile.BLOCKSIZE
_DEFLATE_BLOCK = 16_000  # zlib stores what it cannot shrink in blocks at least this long, 5 bytes each
_LEVEL = 6


def pack(members: Sequence[tuple[str, Path]], target: Path) -> None:
    """Write the new file `target`: a tar.gz of `members` (name inside, file) in their order.

    Same names and bytes in, same bytes out: no time, owner, mode or host name of this machine goes in. Copied
    as a stream; not flushed to the disk, which is the store's work. Raises PermanentError for no member, a name
    that is not plain or stands twice; OSError from the disk, FileExistsError when `target` exists. A failure
    leaves no half-written `target` behind.
    """
    _check_names([name for name, _ in members])
    with target.open("xb") as file:
        try:
            with (
                gzip.GzipFile("", "wb", compresslevel=_LEVEL, fileobj=file, mtime=0) as squeezed,
                tarfile.open(fileobj=squeezed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
            ):
                for name, path in members:
                    _add(archive, name, path)
        except BaseException:
            target.unlink(missing_ok=True)
            raise


def member_bytes(size: int) -> int:
    """Return the bytes that a document of `size` bytes takes in a package before compression."""
    return _BLOCK + -(-size // _BLOCK) * _BLOCK


def packed_bound(content: int) -> int:
    """Return a size that a package never exceeds, whatever its documents hold.

    `content` is the sum of their `member_bytes`.
    """
    tar = -(-(content + 2 * _BLOCK) // tarfile.RECORDSIZE) * tarfile.RECORDSIZE
    return tar + 5 * (tar // _DEFLATE_BLOCK + 1) + 64


def member_name(interface_code: str, application_code: str, sequence: int, kind: Kind) -> str:
    """Return the name of a document inside a package: a flow's name of its own sequence, with its extension.

    Raises RefusedInputError (IRR_FORM) as `names.build` does.
    """
    return f"{build(interface_code, application_code, sequence)}{_extension(kind)}"


def wire_name(flow_name: str, kind: Kind, *, packed: bool, strip_extension: bool) -> str:
    """Return the name under which a flow is transferred.

    `kind` is that of its documents. With `strip_extension` the bare flow name; else with .tar.gz when packed,
    .pdf for a single Factur-X, .xml for any other single document.
    """
    if strip_extension:
        return flow_name
    return f"{flow_name}{'.tar.gz' if packed else _extension(kind)}"


def _extension(kind: Kind) -> str:
    return ".pdf" if kind is Kind.FACTUR_X else ".xml"


def _add(archive: tarfile.TarFile, name: str, path: Path) -> None:
    with path.open("rb") as document:
        header = tarfile.TarInfo(name)
        header.size = os.fstat(document.fileno()).st_size
        header.mode = 0o644
        archive.addfile(header, document)


def _check_names(names: Sequence[str]) -> None:
    if not names:
        raise PermanentError("a package needs at least one document.")
    for name in names:
        if not _MEMBER_NAME.fullmatch(name):
            raise PermanentError(f"'{name}' is not a plain name for a document in a package.")
    if len(set(names)) != len(names):
        raise PermanentError("two documents of one package have the same name.")
