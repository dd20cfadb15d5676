"""Gzip files: a tar, or one document."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from edid.documents import sniff, tars
from edid.documents.members import Members, broken

_PADDING = 1024 * 1024
"""Zeros that may follow the end mark of a tar; the usual record is 10 KB."""


def unpack(path: Path, members: Members) -> None:
    """Add what the gzip at `path` holds to `members`. Raises RefusedInputError (`IRR_EXTRAC`...)."""
    try:
        with gzip.open(path) as source:
            start = source.read(sniff.HEAD)
            source.seek(0)
            if sniff.form_of(start) is sniff.Form.TAR:
                tars.unpack(source, members)
                if source.read(_PADDING) and source.read(1):  # up to the checksum, which only the end proves
                    raise broken("data follow the end of the tar")
            else:
                members.add(path.name.removesuffix(".gz"), source)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise broken("the gzip is damaged or cut short") from error
