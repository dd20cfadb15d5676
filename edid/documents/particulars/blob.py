"""What an embedded file is: its size and its form, without ever decoding the whole of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import NamedTuple

from edid.documents import sniff
from edid.documents.particulars import zip_names
from edid.documents.particulars.condition import Condition
from edid.documents.particulars.model import Form

LARGEST_ZIP = 20 * 1000**2
"""Bytes of the largest zip whose list of files is read."""

_PIECE = 1024**2
_BLANKS = b" \t\r\n"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_HEAD = 4 * sniff.HEAD
"""Characters decoded to tell the form: more than `sniff.HEAD` bytes, even with line breaks between them."""
_FORMS: Mapping[sniff.Form, Form] = {
    sniff.Form.ZIP: "zip",
    sniff.Form.PDF: "pdf",
    sniff.Form.XML: "xml",
    sniff.Form.EMPTY: "empty",
}
_LONGEST_PADDING = 2


class Blob(NamedTuple):
    """As the fields of `Supplement` with the same names."""

    size: int | None = None
    form: Form | None = None
    zip_members: tuple[str, ...] | None = None


def read(text: str | None, condition: Condition, taken: int | None = 0) -> Blob:
    """Return what is known of the base64 `text` of an embedded file; never raises.

    `taken`: how many signs were taken out of its inside, always whole groups of four; None when that is unknown.
    """
    if condition.skeleton:
        condition.miss("the contents of attachments")
        return Blob()
    if text is None:
        return Blob(0, "empty")
    counted = _signs(text)
    if counted is None:
        return Blob(None, "broken")
    form = _FORMS.get(sniff.form_of(_decoded(text[:_HEAD])[: sniff.HEAD]), "other")
    if taken is None:
        condition.miss("the size of large attachments")
        return Blob(None, form)
    signs, padding = counted
    size = (signs + taken) // 4 * 3 - padding
    names = _zip_members(text, condition, whole=not taken and size <= LARGEST_ZIP) if form == "zip" else None
    return Blob(size, form, names)


def _signs(text: str) -> tuple[int, int] | None:
    """Return how many signs of base64 `text` has, padding included, and how many of padding; None if it is none.

    As xs:base64Binary has it: blanks anywhere, groups of four, padding only at the end (RFC 4648, 4).
    """
    signs, padding = 0, 0
    for start in range(0, len(text), _PIECE):
        piece = text[start : start + _PIECE].encode("ascii", "replace").translate(None, _BLANKS)
        body = piece.rstrip(b"=")
        if (body and padding) or body.translate(None, _ALPHABET):
            return None
        signs, padding = signs + len(piece), padding + len(piece) - len(body)
    return (signs, padding) if signs % 4 == 0 and padding <= _LONGEST_PADDING else None


def _decoded(text: str) -> bytes:
    """Return the bytes of the whole groups of four in `text`, which is known to be base64."""
    signs = "".join(text.split())
    return base64.b64decode(signs[: len(signs) // 4 * 4])


def _zip_members(text: str, condition: Condition, *, whole: bool) -> tuple[str, ...] | None:
    """Return the names in the zip `text`. `whole`: it is at hand, and not too large."""
    if not whole:
        condition.miss("the files inside large zip attachments")
        return None
    return zip_names.read(base64.b64decode(text))
