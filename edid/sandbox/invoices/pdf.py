"""A readable one-page PDF of an example invoice."""

from __future__ import annotations

import io

import pikepdf

from edid.sandbox.invoices.content import Invoice

_A4 = (595, 842)
_LINE_HEIGHT = 16
_LINES_PER_PAGE = 46


def readable_pdf(invoice: Invoice) -> bytes:
    """Return a one-page A4 PDF for people: parties, lines, totals. The same invoice gives the same bytes."""
    with invoice_page(invoice) as pdf:
        return save(pdf)


def invoice_page(invoice: Invoice) -> pikepdf.Pdf:
    """Return the open PDF, to be closed by the caller."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=_A4)
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = pdf.make_stream(_content(_text(invoice)))
    return pdf


def save(pdf: pikepdf.Pdf) -> bytes:
    """Return the bytes of `pdf`, the same for the same content."""
    written = io.BytesIO()
    pdf.save(written, deterministic_id=True)
    return written.getvalue()


def _text(invoice: Invoice) -> list[str]:
    kind = "Facture" if invoice.type_code == "380" else "Avoir"
    head = [
        f"{kind} {invoice.number} du {invoice.issue_date:%d/%m/%Y}",
        f"Vendeur : {invoice.seller.name}, SIRET {invoice.seller.siret}",
        f"Acheteur : {invoice.buyer.name}, SIRET {invoice.buyer.siret}",
        "",
    ]
    lines = [
        f"{line.reference}  {line.name} : {line.quantity} x {line.unit_price} = {line.net} {invoice.currency}"
        for line in invoice.lines
    ]
    if len(lines) > _LINES_PER_PAGE - 12:
        kept = _LINES_PER_PAGE - 13
        lines = [*lines[:kept], f"... et {len(lines) - kept} autres lignes"]
    totals = [
        "",
        f"Total HT {invoice.net_total} {invoice.currency}",
        *(f"TVA {share.rate} % sur {share.base} : {share.amount}" for share in invoice.vat),
        f"Total TTC {invoice.gross_total} {invoice.currency}, a payer le {invoice.due_date:%d/%m/%Y}",
        "Exemple produit par edid : ces entreprises n'existent pas.",
    ]
    return head + lines + totals


def _content(lines: list[str]) -> bytes:
    shown = b"\n".join(b"(" + _escaped(line) + b") Tj T*" for line in lines)
    return b"BT /F1 11 Tf %d TL 50 790 Td\n%s\nET" % (_LINE_HEIGHT, shown)


def _escaped(text: str) -> bytes:
    plain = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return plain.encode("cp1252", errors="replace")
