"""The XML inside a Factur-X PDF (FNFE-MPE and FeRD, Factur-X 1.0: one file embedded in a PDF/A-3)."""

from __future__ import annotations

import zlib
from pathlib import Path

from edid.documents import workfile
from edid.documents.facturx_pdf.claims import INVOICE_NAMES
from edid.documents.facturx_pdf.embedded import invoice
from edid.documents.facturx_pdf.opening import damaged, opened
from edid.documents.facturx_pdf.stored import Stored, UnusualFilterError, stored
from edid.documents.names import shown
from edid.errors import RefusedInputError


def check(path: Path) -> None:
    """Make sure that the PDF at `path` can be opened and holds an embedded invoice.

    Raises RefusedInputError: `IRR_TYPE_F` no embedded invoice, `EDID_PDF` damaged, encrypted or overloaded.
    """
    _embedded(path)


def extract(path: Path, work: Path, limit: int) -> Path:
    """Write the embedded invoice of the PDF at `path` to `work`/factur-x.xml, of at most `limit` bytes; return it.

    Raises RefusedInputError as `check` does, and `IRR_TAILLE_F` when the XML is longer than `limit`.
    """
    source = _embedded(path)
    target = work / "factur-x.xml"
    try:
        workfile.copy(source.reader(), target, limit=limit)
    except workfile.TooLongError as error:
        raise RefusedInputError(
            f"the invoice embedded in the PDF is larger than the {limit} bytes allowed.",
            code="IRR_TAILLE_F",
            remedy="Embed a smaller invoice; attachments belong in the PDF, not in its XML.",
        ) from error
    except zlib.error as error:
        raise damaged("its embedded invoice cannot be decompressed") from error
    return target


def _embedded(path: Path) -> Stored:
    """Return the bytes of the embedded invoice, still packed: so no bomb goes off here."""
    with opened(path) as pdf:
        stream = invoice(pdf)
        if stream is None:
            raise RefusedInputError(
                "this file is a PDF without an embedded invoice.",
                code="IRR_TYPE_F",
                remedy=f"Send a Factur-X, which embeds {INVOICE_NAMES[0]}, or the invoice as UBL or CII.",
            )
        try:
            return stored(stream)
        except UnusualFilterError as error:
            raise damaged(f"its embedded invoice is packed in an unusual way ({shown(str(error))})") from error
