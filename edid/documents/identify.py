"""What kind of document a file is: its first bytes, then its root element. Its name is never asked."""

from __future__ import annotations

from pathlib import Path

from edid.documents import cii, cpp_mixte, espd, sniff, ubl, xml
from edid.documents.kinds import Kind
from edid.documents.names import shown
from edid.errors import RefusedInputError

_ROOTS = {
    f"{{{ubl.INVOICE}}}Invoice": Kind.UBL_INVOICE,
    f"{{{ubl.CREDIT_NOTE}}}CreditNote": Kind.UBL_CREDIT_NOTE,
    f"{{{cii.INVOICE}}}CrossIndustryInvoice": Kind.CII,
    "CPPStatut": Kind.CPP_STATUT,
    "CPPFacturePivot": Kind.CPP_PIVOT,
    cpp_mixte.ROOT: Kind.CPP_MIXTE,
    **espd.ROOTS,
    "{urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100}"
    "CrossDomainAcknowledgementAndResponse": Kind.CDAR,
}
_ACCEPTED = (
    "Accepted: UBL 2.1 Invoice or CreditNote, UN/CEFACT CrossIndustryInvoice, Factur-X PDF, CDAR, CPPStatut, "
    "CPPFacturePivot, CPPFactureMixte, UBL 2.3 QualificationApplicationRequest or Response (DUME), and tar, tar.gz, gz "
    "or zip of these."
)


def identify(path: Path) -> Kind:
    """Return the kind of the file at `path`. A gzip of one XML is an ARCHIVE of one member.

    Raises RefusedInputError: `IRR_VIDE_F` empty, `IRR_SYNTAX` when the XML breaks before its root element,
    `IRR_TYPE_F` anything else, with what was found and what is accepted.
    """
    start = sniff.head(path)
    match sniff.form_of(start):
        case sniff.Form.XML | sniff.Form.EMPTY:
            return _by_root(xml.root(path).tag)
        case sniff.Form.PDF:
            from edid.documents import facturx  # pikepdf is large: loaded for the first PDF

            facturx.check(path)
            return Kind.FACTUR_X
        case form if form in sniff.PACKED:
            return Kind.ARCHIVE
        case _:
            raise _unknown(sniff.described(start))


def _by_root(tag: str) -> Kind:
    kind = _ROOTS.get(tag)
    if kind is None:
        raise _unknown(f"XML with the root element {shown(tag)}")
    return kind


def _unknown(found: str) -> RefusedInputError:
    return RefusedInputError(f"this file is {found}.", code="IRR_TYPE_F", remedy=_ACCEPTED)
