"""Example Factur-X invoices: a readable PDF that carries its CII as `factur-x.xml`.

Embedding and metadata: FNFE-MPE and FeRD, Factur-X 1.0, 6.2 and 6.3. The PDF makes no claim to PDF/A-3: its
font is not embedded.
"""

from __future__ import annotations

from datetime import date
from typing import Unpack

import pikepdf

from edid.sandbox.invoices.cii import write_cii
from edid.sandbox.invoices.content import Choices, Invoice, example_invoice
from edid.sandbox.invoices.pdf import invoice_page, save

_NAME = "factur-x.xml"
_FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"


def factur_x(number: str, issue_date: date, *, credit_of: str | None = None, **choices: Unpack[Choices]) -> bytes:
    """Return a Factur-X PDF of the EN 16931 profile, with the content of `example_invoice`."""
    return write_factur_x(example_invoice(number, issue_date, credit_of=credit_of, **choices))


def write_factur_x(invoice: Invoice) -> bytes:
    """Return `invoice` as a PDF with its CII embedded; the same invoice gives the same bytes."""
    with invoice_page(invoice) as pdf:
        _embed(pdf, write_cii(invoice), invoice.issue_date)
        _describe(pdf, invoice)
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


def _describe(pdf: pikepdf.Pdf, invoice: Invoice) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata.register_xml_namespace(_FX, "fx")
        metadata["dc:title"] = f"{invoice.seller.name}, {invoice.number}"
        metadata["fx:DocumentType"] = "INVOICE"
        metadata["fx:DocumentFileName"] = _NAME
        metadata["fx:Version"] = "1.0"
        metadata["fx:ConformanceLevel"] = "EN 16931"
