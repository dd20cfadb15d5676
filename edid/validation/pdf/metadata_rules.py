"""Rules on the metadata (XMP): a PDF/A-3, a Factur-X, of the profile and with the file that it really holds."""

from __future__ import annotations

from collections.abc import Iterator

from edid.documents.facturx_pdf.claims import PdfClaims, Xmp
from edid.documents.facturx_pdf.xmp import FACTUR_X
from edid.validation.pdf.levels import Level, agree, is_extended_ctc_fr, of_claim, of_guideline
from edid.validation.pdf.rule import Breach, Rule
from edid.validation.verdict import Severity

_PLACE = "/Metadata"
_CONFORMANCES = ("A", "B", "U")


def _readable(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    if claims.xmp is None:
        yield Breach(f"the metadata (XMP) of the PDF cannot be read: {claims.xmp_fault}.", _PLACE)


def _pdfa_3(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    if claims.xmp is None or claims.xmp.pdfa_part == ("3",):
        return
    parts = ", ".join(claims.xmp.pdfa_part)
    said = f"the metadata claim PDF/A-{parts}" if parts else "the metadata make no claim to PDF/A"
    yield Breach(f"{said}; a Factur-X is a PDF/A-3.", f"{_PLACE} pdfaid:part", parts or None, "3")


def _pdfa_conformance(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    if claims.xmp is None or not claims.xmp.pdfa_part:
        return
    stated = claims.xmp.pdfa_conformance
    if len(stated) != 1 or stated[0] not in _CONFORMANCES:
        found = ", ".join(stated)
        message = f"the conformance level of PDF/A is {found or 'missing'}."
        yield Breach(message, f"{_PLACE} pdfaid:conformance", found or None, ", ".join(_CONFORMANCES))


def _properties(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    if claims.xmp is None:
        return
    missing = [name for name, values in _stated(claims.xmp) if not values]
    if missing:
        yield Breach(f"the metadata do not state {', '.join(missing)}.", _PLACE, None, ", ".join(missing))


def _values(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    if claims.xmp is None:
        return
    allowed = {"DocumentType": ("INVOICE",), "Version": ("1.0",), "ConformanceLevel": tuple(Level)}
    for name, values in _stated(claims.xmp):
        for value in values:
            if name in allowed and value not in allowed[name]:
                expected = ", ".join(allowed[name])
                yield Breach(f"{name} is {value} in the metadata.", f"{_PLACE} fx:{name}", value, expected)


def _namespace(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    for namespace in claims.xmp.namespaces if claims.xmp else ():
        if namespace != FACTUR_X:
            message = f"the metadata describe the invoice in another namespace than Factur-X: {namespace}"
            yield Breach(message, _PLACE, namespace, FACTUR_X)


def _extension(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    for namespace in claims.xmp.namespaces if claims.xmp else ():
        if claims.xmp and namespace not in claims.xmp.described:
            message = f"the metadata use the namespace {namespace} without the description that PDF/A asks for."
            yield Breach(message, f"{_PLACE} pdfaExtension:schemas", None, namespace)


def _level(claims: PdfClaims, guideline: str | None) -> Iterator[Breach]:
    stated = of_guideline(guideline)
    for written in claims.xmp.conformance_level if claims.xmp and stated else ():
        claimed = of_claim(written)
        if claimed is not None and stated is not None and not agree(claimed, stated):
            message = f"the PDF says profile {written}, but the XML says {stated} ({guideline})."
            yield Breach(message, f"{_PLACE} fx:ConformanceLevel", written, stated)


def _level_not_compared(claims: PdfClaims, guideline: str | None) -> Iterator[Breach]:
    if claims.xmp and claims.xmp.conformance_level and of_guideline(guideline) is None:
        said = f"BT-24 is {guideline}" if guideline else "the XML has no BT-24"
        message = f"{said}, which names no profile of Factur-X: it was not compared with that of the PDF."
        yield Breach(message, f"{_PLACE} fx:ConformanceLevel", guideline)


def _named_file(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    names = {name.casefold() for file in claims.invoices for name in file.names}
    for written in claims.xmp.document_file_name if claims.xmp and names else ():
        if written.casefold() not in names:
            embedded = ", ".join(sorted(names))
            message = f"the metadata name {written} as the invoice, but the file inside is {embedded}."
            yield Breach(message, f"{_PLACE} fx:DocumentFileName", written, embedded)


def _extended_ctc_fr(_claims: PdfClaims, guideline: str | None) -> Iterator[Breach]:
    if is_extended_ctc_fr(guideline):
        message = "BT-24 names EXTENDED-CTC-FR, a profile for invoices in plain XML; this one is in a PDF."
        yield Breach(message, None, guideline, "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended")


def _stated(xmp: Xmp) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("DocumentType", xmp.document_type),
        ("DocumentFileName", xmp.document_file_name),
        ("Version", xmp.version),
        ("ConformanceLevel", xmp.conformance_level),
    )


RULES = (
    Rule(
        "FX-PDF-XMP",
        Severity.FATAL,
        _readable,
        "ISO 19005-3, 6.6.2.1; Factur-X 1.0, 6.3. Fatal: without metadata nothing claims PDF/A-3 or Factur-X.",
    ),
    Rule(
        "FX-PDF-PDFA",
        Severity.FATAL,
        _pdfa_3,
        "Factur-X 1.0, 6: the PDF is a PDF/A-3; ISO 19005-3, 6.6.4: pdfaid:part is 3. Fatal: a file that does not even "
        "claim it is no Factur-X, and software makers report that Chorus Pro asks for PDF/A-3.",
    ),
    Rule(
        "FX-PDF-PDFA-LEVEL",
        Severity.WARNING,
        _pdfa_conformance,
        "ISO 19005-3, 6.6.4: pdfaid:conformance is A, B or U. A warning: the claim to PDF/A-3 itself is made.",
    ),
    Rule(
        "FX-PDF-PROPERTIES",
        Severity.WARNING,
        _properties,
        "Factur-X 1.0, 6.3: four properties. The validator of FNFE-MPE reports each one that is missing; a warning, as "
        "readers take the profile from the XML and no French platform is known to refuse for it.",
    ),
    Rule(
        "FX-PDF-VALUES",
        Severity.WARNING,
        _values,
        "Factur-X 1.0, 6.3: INVOICE, 1.0 and six levels; the validator of FNFE-MPE compares them letter by letter. A "
        "warning, for the same reason as a missing property.",
    ),
    Rule(
        "FX-PDF-NAMESPACE",
        Severity.WARNING,
        _namespace,
        "Factur-X 1.0, 6.3. The namespaces of ZUGFeRD 1.0 and 2.0 are those of older versions; the validator of "
        "FNFE-MPE does not read them. A warning, for the same reason as a missing property.",
    ),
    Rule(
        "FX-PDF-EXTENSION",
        Severity.WARNING,
        _extension,
        "ISO 19005-3, 6.6.2.3; Factur-X 1.0, 6.3: properties that PDF/A does not know are described in the file. "
        "Certain, but a matter of PDF/A alone: a warning, as conformity to it is not judged here.",
    ),
    Rule(
        "FX-PDF-LEVEL",
        Severity.FATAL,
        _level,
        "Factur-X 1.0, 6.3: ConformanceLevel is the profile of the XML. Fatal: PDF and XML contradict each other, and "
        "the validator of FNFE-MPE never calls such a file valid.",
        ("BT-24",),
    ),
    Rule(
        "FX-PDF-LEVEL-NOT-COMPARED",
        Severity.INFORMATION,
        _level_not_compared,
        "Says what was not checked: FX-PDF-LEVEL needs a BT-24 that names a profile of Factur-X.",
        ("BT-24",),
    ),
    Rule(
        "FX-PDF-NAMED-FILE",
        Severity.FATAL,
        _named_file,
        "Factur-X 1.0, 6.3: DocumentFileName is the name of the embedded XML. Fatal: PDF and content contradict each "
        "other on which file is the invoice.",
    ),
    Rule(
        "FX-PDF-CTC-FR",
        Severity.WARNING,
        _extended_ctc_fr,
        "FNFE-MPE to a user of its rules (September 2026): a Factur-X names its own profile EXTENDED, with "
        "EXTENDED-CTC-FR it may be taken for a CII. A warning: no French rule enforces BT-24 so far.",
        ("BT-24",),
    ),
)
"""In the order in which they are told."""
