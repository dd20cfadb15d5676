"""Attachment contents of a pivot: base64 decoded to a file while it is read."""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from pathlib import Path

from edid.documents import workfile
from edid.errors import RefusedInputError

_BLANKS = b" \t\r\n"
_MOST = 20_000
"""Contents in one flow: 500 invoices of 40 attachments; each is a file on disk."""


@dataclass(frozen=True, slots=True)
class Content:
    """One decoded content: a file, or why there is none."""

    path: Path | None
    size: int
    fault: str | None = None
    """How the sentence "the attachment ..." ends: `is empty`, `is not base64`, `is larger than ...`."""


class Contents:
    """All contents of one pivot, numbered in the order they came."""

    def __init__(self, work: Path, *, limit: int) -> None:
        self._work = work
        self._limit = limit
        self._done: list[Content] = []

    def begin(self) -> Decoding:
        """Return where the next content is to be written.

        Raises RefusedInputError (`IRR_TAILLE_PJ`) when the flow holds too many.
        """
        if len(self._done) >= _MOST:
            raise RefusedInputError(
                f"the flow holds more than {_MOST} attachments.",
                code="IRR_TAILLE_PJ",
                remedy="Ask the sender for smaller flows; the file is kept as it came.",
            )
        return Decoding(self._work / f"content-{len(self._done) + 1:06d}", self._limit, self._done)

    def get(self, token: str | None) -> Content:
        """Return the content for which `Decoding.close` left `token` in the tree."""
        if token is None:
            return Content(None, 0, "has no content")
        return self._done[int(token)]


class Decoding:
    """One base64 text on its way to a file of at most `limit` bytes. Strict: whole groups, padded at the end only."""

    def __init__(self, path: Path, limit: int, done: list[Content]) -> None:
        self._path = path
        self._limit = limit
        self._done = done
        self._rest = b""
        self._padded = False
        self._size = 0
        self._fault: str | None = None

    def write(self, piece: str) -> None:
        """Decode the next piece of the text."""
        if self._fault is not None:
            return
        signs = self._rest + piece.encode("ascii", "replace").translate(None, _BLANKS)
        whole = len(signs) - len(signs) % 4
        self._rest = signs[whole:]
        if not signs:
            return
        if self._padded:
            self._fail("is not base64")
        elif whole:
            self._decode(signs[:whole])

    def close(self) -> str:
        """End the file; return the number by which `Contents.get` finds the content."""
        if self._fault is None and self._rest:
            self._fail("is not base64")
        if self._fault is None and self._size == 0:
            self._fault = "is empty"
        self._done.append(Content(None if self._fault else self._path, self._size, self._fault))
        return str(len(self._done) - 1)

    def _decode(self, signs: bytes) -> None:
        try:
            block = binascii.a2b_base64(signs, strict_mode=True)
        except binascii.Error:
            self._fail("is not base64")
            return
        self._padded = signs.endswith(b"=")
        if self._size + len(block) > self._limit:
            self._fail(f"is larger than the {self._limit} bytes allowed")
            return
        with self._path.open("ab") if self._size else workfile.create(self._path) as target:
            target.write(block)
        self._size += len(block)

    def _fail(self, fault: str) -> None:
        self._fault = fault
        self._path.unlink(missing_ok=True)
