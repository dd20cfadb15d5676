"""The XML inside a Factur-X PDF (FNFE-MPE and FeRD, Factur-X 1.0: one file embedded in a PDF/A-3)."""

from __future__ import annotations

import zlib
from pathlib import Path

import pikepdf

from edid.documents import workfile
from edid.errors import RefusedInputError

_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""In any case: ZUGFeRD 1 and 2.0 wrote `ZUGFeRD-invoice.xml`."""
_DEFECTS = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, OverflowError)
"""What a damaged PDF makes pikepdf raise."""


def check(path: Path) -> None:
    """Make sure that the PDF at `path` can be opened and holds an embedded invoice.

    Raises RefusedInputError: `IRR_TYPE_F` no embedded invoice, `EDID_PDF` damaged or encrypted.
    """
    _embedded(path)


def extract(path: Path, work: Path, limit: int) -> Path:
    """Write the embedded invoice of the PDF at `path` to `work`/factur-x.xml, of at most `limit` bytes; return it.

    Raises RefusedInputError as `check` does, and `IRR_TAILLE_F` when the XML is longer than `limit`.
    """
    filters, raw = _embedded(path)
    target = work / "factur-x.xml"
    try:
        workfile.copy(_Inflating(raw) if filters else _Plain(raw), target, limit=limit)
    except workfile.TooLongError as error:
        raise RefusedInputError(
            f"the invoice embedded in the PDF is larger than the {limit} bytes allowed.",
            code="IRR_TAILLE_F",
            remedy="Embed a smaller invoice; attachments belong in the PDF, not in its XML.",
        ) from error
    except zlib.error as error:
        raise _damaged("its embedded invoice cannot be decompressed") from error
    return target


def _embedded(path: Path) -> tuple[list[str], bytes]:
    """Return the filters and the bytes, still compressed, of the embedded invoice: so no bomb goes off here."""
    try:
        with pikepdf.open(path) as pdf:
            if pdf.is_encrypted:
                raise _damaged("it is encrypted")
            stream = _find(pdf)
            if stream is None:
                raise RefusedInputError(
                    "this file is a PDF without an embedded invoice.",
                    code="IRR_TYPE_F",
                    remedy=f"Send a Factur-X, which embeds {_NAMES[0]}, or the invoice as UBL or CII.",
                )
            return _filters(stream), stream.read_raw_bytes()
    except pikepdf.PasswordError as error:
        raise _damaged("it is protected by a password") from error
    except _DEFECTS as error:
        raise _damaged("it cannot be read") from error


def _find(pdf: pikepdf.Pdf) -> pikepdf.Object | None:
    found = {name.lower(): spec for name, spec in pdf.attachments.items()}
    found |= {spec.filename.lower(): spec for spec in list(found.values())}
    for name in _NAMES:
        if name in found:
            return found[name].get_file().obj
    return None


def _filters(stream: pikepdf.Object) -> list[str]:
    """Return the stream's filters: none, or Flate, which can be undone piece by piece."""
    declared = stream.get("/Filter", pikepdf.Array())
    filters = [str(it) for it in declared] if isinstance(declared, pikepdf.Array) else [str(declared)]
    if filters not in ([], ["/FlateDecode"]):
        raise _damaged(f"its embedded invoice is packed in an unusual way ({', '.join(filters)})")
    return filters


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


def _damaged(why: str) -> RefusedInputError:
    return RefusedInputError(
        f"this PDF is refused: {why}.",
        code="EDID_PDF",
        remedy="Produce the Factur-X again, without protection, and drop it again.",
    )
