"""Factur-X PDFs made for tests: by a tool that people use, then changed; or byte by byte, to be hostile."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from functools import cache

import facturx
import pikepdf

from tests.unit.documents.conftest import CII

GUIDELINES = {
    "minimum": "urn:factur-x.eu:1p0:minimum",
    "basicwl": "urn:factur-x.eu:1p0:basicwl",
    "basic": "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
    "en16931": "urn:cen.eu:en16931:2017",
    "extended": "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended",
}
SRGB = pikepdf.Dictionary(Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFA1, OutputConditionIdentifier="sRGB")
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>"
SPECIFICATION = b"<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /EF << /F 6 0 R >> >>"

Change = Callable[[pikepdf.Pdf], object]


@cache
def factur_x(level: str = "en16931", relationship: str = "alternative") -> bytes:
    """A Factur-X of one blank page, made by the package factur-x, with an output intent."""
    blank = pikepdf.new()
    blank.add_blank_page()
    blank.Root.OutputIntents = pikepdf.Array([SRGB])
    target = io.BytesIO()
    blank.save(target)
    return facturx.generate_from_binary(
        target.getvalue(),
        CII.replace(b"urn:factur-x<", GUIDELINES[level].encode() + b"<"),
        flavor="factur-x",
        level=level,
        check_xsd=False,
        check_schematron=False,
        afrelationship=relationship,
    )


def changed(data: bytes, *changes: Change) -> bytes:
    """The PDF `data` after `changes`."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for change in changes:
            change(pdf)
        pdf.save(target, fix_metadata_version=False)
    return target.getvalue()


def with_xmp(old: str, new: str) -> Change:
    """Replace `old` by `new` in the metadata; `old` must be there."""

    def change(pdf: pikepdf.Pdf) -> None:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert old in xmp
        pdf.Root.Metadata.write(xmp.replace(old, new).encode())

    return change


def specification(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """The file specification of the embedded invoice."""
    return pdf.attachments["factur-x.xml"].obj


def stream(entries: bytes, data: bytes) -> bytes:
    """A stream object."""
    return b"<< %s /Length %d >>\nstream\n" % (entries, len(data)) + data + b"\nendstream"


def deflated(start: bytes, filler: bytes, times: int) -> bytes:
    """`start`, then `times` megabytes of `filler`, compressed to next to nothing."""
    engine = zlib.compressobj(9)
    block = filler * (1_000_000 // len(filler))
    return b"".join([engine.compress(start), *(engine.compress(block) for _ in range(times)), engine.flush()])


def document(catalog: bytes, **objects: bytes) -> bytes:
    """A PDF of one page, object by object: `_7=b"..."` is object 7; 1 to 3 are catalog and page."""
    bodies = {1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog, 2: PAGES, 3: PAGE}
    bodies |= {int(name[1:]): body for name, body in objects.items()}
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in bodies.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table, size = len(out), max(bodies) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table)
    return bytes(out)


def with_packed_catalog(filters: bytes, pack: Callable[[bytes], bytes]) -> bytes:
    """A PDF whose catalog stands in an object stream that `pack` makes."""
    head = b"1 0 2 34 "
    inside = head + b"<< /Type /Catalog /Pages 2 0 R >> << /Type /Pages /Kids [] /Count 0 >>"
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    packed = len(out)
    entries = b"/Type /ObjStm /N 2 /First %d /Filter %s" % (len(head), filters)
    out += b"5 0 obj\n%s\nendobj\n" % stream(entries, pack(inside))
    table = len(out)
    rows = [(0, 0, 0), (2, 5, 0), (2, 5, 1), (0, 0, 0), (0, 0, 0), (1, packed, 0), (1, table, 0)]
    data = b"".join(bytes([kind]) + a.to_bytes(8, "big") + b.to_bytes(2, "big") for kind, a, b in rows)
    out += b"6 0 obj\n%s\nendobj\n" % stream(b"/Type /XRef /W [1 8 2] /Size 7 /Root 1 0 R", data)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % table
