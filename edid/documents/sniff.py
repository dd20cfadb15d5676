"""The outer form of a file, told from its first bytes."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

HEAD = 1024
"""Bytes needed: the mark of a PDF may come as late as that."""


class Form(StrEnum):
    """What a file is made as, whatever it says."""

    XML = "an XML document"
    PDF = "a PDF"
    GZIP = "a gzip file"
    ZIP = "a zip file"
    TAR = "a tar file"
    EMPTY = "an empty file"
    OTHER = "something else"


PACKED = frozenset({Form.GZIP, Form.ZIP, Form.TAR})
"""Forms that hold other files."""

_XML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe<\x00|\xfe\xff\x00<|<\x00|\x00<|\xff\xfe\x00\x00<|\x00\x00\xfe\xff|\x00\x00\x00<"
)
_OTHERS = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"7z\xbc\xaf", "a 7z file"),
    (b"Rar!", "a rar file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"{", "a JSON text"),
    (b"UNB+", "an EDIFACT message"),
    (b"UNA", "an EDIFACT message"),
)


def form(path: Path) -> Form:
    """Return the form of the file at `path`."""
    return form_of(head(path))


def head(path: Path) -> bytes:
    """Return the first `HEAD` bytes of `path`."""
    with path.open("rb") as source:
        return source.read(HEAD)


def form_of(start: bytes) -> Form:
    """Return the form of a file that starts with `start` (its first `HEAD` bytes, or all of it)."""
    if not start:
        return Form.EMPTY
    if start.startswith(b"\x1f\x8b"):
        return Form.GZIP
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Form.ZIP
    if start[257:262] == b"ustar" or (len(start) >= 512 and not start[:512].strip(b"\x00")):
        return Form.TAR
    if _XML.match(start):
        return Form.XML
    return Form.PDF if b"%PDF-" in start else Form.OTHER


def described(start: bytes) -> str:
    """Return, for a person, what a file that starts with `start` seems to be."""
    found = form_of(start)
    if found is not Form.OTHER:
        return found.value
    for mark, name in _OTHERS:
        if start.startswith(mark):
            return name
    return "binary data" if re.search(rb"[\x00-\x08\x0e-\x1f]", start) else "a text that is not XML"
