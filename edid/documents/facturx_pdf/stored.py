"""The bytes of a stream as the PDF stores them, and undone piece by piece: no bomb goes off."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import pikepdf

from edid.documents.facturx_pdf.values import dictionary, text
from edid.documents.workfile import Readable


class UnusualFilterError(Exception):
    """The stream is packed in a way that is not undone here: its message names the way."""


class Stored(NamedTuple):
    """The bytes of one stream, still packed."""

    raw: bytes
    flate: bool

    def reader(self) -> Readable:
        """Return the unpacked bytes, to be read piece by piece; reading raises zlib.error when they are damaged."""
        return _Inflating(self.raw) if self.flate else _Plain(self.raw)


def stored(stream: pikepdf.Object) -> Stored:
    """Return the bytes of `stream`. Raises UnusualFilterError unless it is plain or packed by Flate alone."""
    declared = stream.get("/Filter")
    names = list(declared)[:5] if isinstance(declared, pikepdf.Array) else [] if declared is None else [declared]
    filters = [text(name) or "?" for name in names]
    if filters not in ([], ["FlateDecode"]) or (filters and _predicted(stream.get("/DecodeParms"))):
        raise UnusualFilterError(", ".join(filters))
    return Stored(stream.read_raw_bytes(), bool(filters))


def _predicted(parameters: object) -> bool:
    """Tell whether the packed bytes are differences between neighbours, as those of images are."""
    first = parameters[0] if isinstance(parameters, pikepdf.Array) and len(parameters) else parameters
    settings = dictionary(first)
    return settings is not None and settings.get("/Predictor", 1) != 1


class _Plain:
    def __init__(self, raw: bytes) -> None:
        self._rest = memoryview(raw)

    def read(self, size: int, /) -> bytes:
        block, self._rest = bytes(self._rest[:size]), self._rest[size:]
        return block


class _Inflating:
    """The decompressed bytes of a Flate stream, never more at once than asked for."""

    def __init__(self, raw: bytes) -> None:
        self._rest = raw
        self._engine = zlib.decompressobj()

    def read(self, size: int, /) -> bytes:
        block = self._engine.decompress(self._rest, size)
        self._rest = self._engine.unconsumed_tail
        return block
