"""What a PDF says of itself in its metadata (XMP) and output intents."""

from __future__ import annotations

import zlib

import pikepdf
from lxml import etree

from edid.documents.facturx_pdf.claims import Xmp
from edid.documents.facturx_pdf.stored import Stored, UnusualFilterError, stored
from edid.documents.facturx_pdf.values import dictionary, items, text
from edid.documents.facturx_pdf.xmp import xmp_of
from edid.documents.malformed import refuse_doctype
from edid.documents.names import shown
from edid.documents.xml import hardened
from edid.errors import RefusedInputError

LARGEST = 1000**2
"""Bytes of XMP above which it is not read; a few thousand are usual, images of pages in it a few ten thousand."""
_MOST_INTENTS = 1_000


def packet(pdf: pikepdf.Pdf) -> Stored | str:
    """Return the metadata of the whole document, still packed, or the reason why there are none."""
    stream = pdf.Root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        return "there are none"
    try:
        return stored(stream)
    except UnusualFilterError as error:
        return f"they are packed in an unusual way ({shown(str(error))})"


def read(found: Stored | str) -> tuple[Xmp | None, str | None]:
    """Return what the metadata say and None; or None and the reason why nothing can be read."""
    if isinstance(found, str):
        return None, found
    try:
        content = found.reader().read(LARGEST + 1)
    except zlib.error:
        return None, "they cannot be decompressed"
    if len(content) > LARGEST:
        return None, f"they are longer than the {LARGEST} bytes that are read"
    try:
        root = etree.fromstring(content, etree.XMLParser(**hardened(huge=False)))
        refuse_doctype(root.getroottree())
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        return None, shown(f"they are not well-formed XML: {error.msg}")
    except RefusedInputError:
        return None, "they declare a document type, which no XMP has"
    return xmp_of(root), None


def output_intents(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """Return the kind of each output intent, once: GTS_PDFA1, GTS_PDFX, ... ."""
    intents = (dictionary(each) for each in items(pdf.Root.get("/OutputIntents"), _MOST_INTENTS))
    kinds = (text(intent.get("/S")) for intent in intents if intent is not None)
    return tuple(dict.fromkeys(shown(kind) for kind in kinds if kind))
