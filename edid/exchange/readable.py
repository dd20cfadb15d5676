"""Which attachment of a received invoice a person can read, and which is the invoice itself.

Source: AIFE, Dossier de specifications externes FE - Chorus Pro v1.1, 4.1.1.2 (TypePJ 01 is the invoice; the category
`Facture PDF` its readable form, a duplicate for mixed invoices). Whether a file is a PDF is told from its first bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from edid.documents import sniff
from edid.documents.kinds import Attachment

_ORIGINAL = "01"
_READABLE = ("facture pdf", "duplicata")


def originals(attachments: Sequence[Attachment]) -> list[Attachment]:
    """Return the attachments that are the invoice itself in a form that may be read by rules: XML or PDF."""
    own = [attachment for attachment in attachments if attachment.role.strip() == _ORIGINAL]
    return [attachment for attachment in own if sniff.form(attachment.path) in {sniff.Form.XML, sniff.Form.PDF}]


def readable(attachments: Sequence[Attachment]) -> Attachment | None:
    """Return the PDF that shows the invoice: by its category, else the invoice itself; None when nothing says so.

    A PDF of another category, or a complementary one without category, may be a delivery note: it is never chosen.
    """
    pdfs = [attachment for attachment in attachments if sniff.form(attachment.path) is sniff.Form.PDF]
    for start in _READABLE:
        for pdf in pdfs:
            if (pdf.category or "").strip().casefold().startswith(start):
                return pdf
    return next((pdf for pdf in pdfs if pdf.role.strip() == _ORIGINAL), None)
