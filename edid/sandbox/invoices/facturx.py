"""Example Factur-X invoices: a readable PDF/A-3 that carries its CII as `factur-x.xml`.

Embedding and metadata: FNFE-MPE and FeRD, Factur-X 1.0, 6.2 and 6.3. The claim to PDF/A-3B (ISO 19005-3) is meant: the
font is drawn in, colours have their output intent, the properties of Factur-X their description. No validator of that
standard has confirmed it.
"""

from __future__ import annotations

import struct
from datetime import date
from functools import cache
from typing import Unpack

import pikepdf
from PIL import ImageFont

from edid.sandbox.invoices.cii import write_cii
from edid.sandbox.invoices.content import Choices, Invoice, example_invoice
from edid.sandbox.invoices.pdf import invoice_page, save

_NAME = "factur-x.xml"
_FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentType": ("INVOICE", "Kind of the embedded document"),
    "DocumentFileName": (_NAME, "Name of the embedded document"),
    "Version": ("1.0", "Version of the standard"),
    "ConformanceLevel": ("EN 16931", "Profile of the embedded document"),
}
_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{fx}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
_DESCRIBED = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
    "<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
)
_EM = 64
"""Pixels of a glyph's square; 420 dots per inch in print at the size of the page's text."""


def factur_x(number: str, issue_date: date, *, credit_of: str | None = None, **choices: Unpack[Choices]) -> bytes:
    """Return a Factur-X PDF of the EN 16931 profile, with the content of `example_invoice`."""
    return write_factur_x(example_invoice(number, issue_date, credit_of=credit_of, **choices))


def write_factur_x(invoice: Invoice) -> bytes:
    """Return `invoice` as a PDF with its CII embedded; the same invoice gives the same bytes."""
    with invoice_page(invoice) as pdf:
        _draw_font(pdf)
        _embed(pdf, write_cii(invoice), invoice.issue_date)
        _describe(pdf, f"{invoice.seller.name}, {invoice.number}")
        return save(pdf)


def _embed(pdf: pikepdf.Pdf, xml: bytes, day: date) -> None:
    stamp = f"D:{day:%Y%m%d}000000Z"
    attached = pikepdf.AttachedFileSpec(
        pdf,
        xml,
        description="Factur-X",
        filename=_NAME,
        mime_type="text/xml",
        creation_date=stamp,
        mod_date=stamp,
    )
    attached.relationship = pikepdf.Name.Data
    pdf.attachments[_NAME] = attached
    pdf.Root.AF = pikepdf.Array([attached.obj])


def _describe(pdf: pikepdf.Pdf, title: str) -> None:
    described = "".join(_DESCRIBED.format(name=name, meaning=it) for name, (_, it) in _PROPERTIES.items())
    xmp = _XMP.format(fx=_FX, described=described)
    pdf.Root.Metadata = pdf.make_stream(xmp.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata.register_xml_namespace(_FX, "fx")
        metadata["dc:title"] = title
        metadata["pdfaid:part"], metadata["pdfaid:conformance"] = "3", "B"
        for name, (value, _) in _PROPERTIES.items():
            metadata[f"fx:{name}"] = value
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier="Gray",
        Info="Gray, gamma 2.2",
        DestOutputProfile=pdf.make_stream(_gray_profile(), N=1),
    )
    pdf.Root.OutputIntents = pikepdf.Array([pdf.make_indirect(intent)])


def _draw_font(pdf: pikepdf.Pdf) -> None:
    """Give the page a font whose glyphs are drawn (ISO 32000-1, 9.6.5) in place of one that the reader has to have."""
    page = pdf.pages[0]
    codes = [code for code in sorted(set(page.Contents.read_bytes())) if code >= 32]
    widths, glyphs = [0] * (codes[-1] - codes[0] + 1), pikepdf.Dictionary()
    for code in codes:
        widths[code - codes[0]], drawing = _glyph(bytes([code]).decode("cp1252", errors="replace"))
        glyphs[f"/c{code}"] = pdf.make_stream(drawing)
    page.Resources.Font.F1 = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type3,
            FontBBox=[0, 0, 0, 0],
            FontMatrix=[1 / _EM, 0, 0, 1 / _EM, 0, 0],
            FirstChar=codes[0],
            LastChar=codes[-1],
            Widths=widths,
            Encoding=pikepdf.Dictionary(
                Type=pikepdf.Name.Encoding,
                Differences=[it for code in codes for it in (code, pikepdf.Name(f"/c{code}"))],
            ),
            CharProcs=glyphs,
            Resources=pikepdf.Dictionary(),
        )
    )


@cache
def _glyph(sign: str) -> tuple[int, bytes]:
    """Return the width of `sign` and its drawing: a stencil of black pixels that stands on the base line."""
    font = ImageFont.load_default(_EM)
    left, top, right, bottom = (round(it) for it in font.getbbox(sign, anchor="ls"))
    width, wide, high = round(font.getlength(sign)), right - left, bottom - top
    frame = b"%d 0 %d %d %d %d d1" % (width, left, -bottom, right, -top)
    if not wide or not high:
        return width, frame
    grey = bytes(font.getmask(sign, mode="L"))
    bits = b"".join(_packed(grey[start : start + wide]) for start in range(0, wide * high, wide))
    place = b"%d 0 0 %d %d %d cm" % (wide, high, left, -bottom)
    return width, b"%s q %s BI /W %d /H %d /IM true /BPC 1 ID %s EI Q" % (frame, place, wide, high, bits)


def _packed(row: bytes) -> bytes:
    """Return a row of grey pixels as bits, 0 for those that are painted."""
    bits = "".join("0" if grey > 127 else "1" for grey in row).ljust(-(-len(row) // 8) * 8, "1")
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _gray_profile() -> bytes:
    """Return an ICC profile (version 2) of gray with gamma 2.2, the least that a profile may hold."""
    white = struct.pack(">3i", 63190, 65536, 54061)  # D50
    name = b"Gray, gamma 2.2\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78),
        b"cprt": b"text\0\0\0\0No copyright\0",
        b"wtpt": b"XYZ \0\0\0\0" + white,
        b"kTRC": b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)),
    }
    table, data = struct.pack(">I", len(tags)), b""
    for tag, content in tags.items():
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    day = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    head = struct.pack(">II4s4s4s4s", 0, 0x02100000, b"mntr", b"GRAY", b"XYZ ", day[:4]) + day[4:] + b"acsp" + bytes(28)
    size = 128 + len(table) + len(data)
    return (struct.pack(">I", size) + head + white).ljust(128, b"\0") + table + data
