"""Rules on the files inside the PDF: which is the invoice, and what the PDF says of it."""

from __future__ import annotations

from collections.abc import Iterator

from edid.documents.facturx_pdf.claims import EmbeddedFile, PdfClaims
from edid.validation.pdf.levels import PARTIAL, Level, of_claim, of_guideline
from edid.validation.pdf.rule import Breach, Rule
from edid.validation.verdict import Severity

_NAME = "factur-x.xml"
_MIME = "text/xml"
_RELATIONSHIPS = ("Alternative", "Source", "Data")
_LIST = "/Names /EmbeddedFiles"
_NAMED_AT_MOST = 5


def _one_invoice(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    invoices = claims.invoices
    names = ", ".join(dict.fromkeys(name for file in invoices for name in file.names)) or "none"
    different = {content for file in invoices for content in file.contents}
    if not any(file.key is not None for file in invoices):
        yield Breach(f"the list of attached files has no {_NAME}.", _LIST, names, _NAME)
    if len(different) > 1:
        message = f"the PDF holds {len(different)} different files that go by the name of an invoice ({names})."
        yield Breach(message, _LIST, str(len(different)), "1")


def _file_name(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    for file in claims.invoices:
        for key, name in (("its name in the list", file.key), ("/F", file.f), ("/UF", file.uf)):
            if name not in {None, _NAME}:
                yield Breach(f"{key} of the embedded invoice is {name}, not {_NAME}.", _place(file), name, _NAME)
            elif name is None and key.startswith("/"):
                yield Breach(f"{key} of the embedded invoice is missing.", _place(file), None, _NAME)


def _relationship(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    expected = ", ".join(_RELATIONSHIPS)
    for file in claims.invoices:
        if file.relationship is None:
            yield Breach("the embedded invoice has no AFRelationship.", _place(file), None, expected)
        elif file.relationship not in _RELATIONSHIPS:
            message = f"the AFRelationship {file.relationship} says that the embedded XML is not the invoice."
            yield Breach(message, _place(file), file.relationship, expected)


def _relationship_of_part(claims: PdfClaims, guideline: str | None) -> Iterator[Breach]:
    if _profile(claims, guideline) not in PARTIAL:
        return
    for file in claims.invoices:
        if file.relationship in {"Alternative", "Source"}:
            message = f"{file.relationship} says that the XML is the whole invoice, but its profile has no lines."
            yield Breach(message, _place(file), file.relationship, "Data")


def _relationship_of_whole(claims: PdfClaims, guideline: str | None) -> Iterator[Breach]:
    if _profile(claims, guideline) in {None, *PARTIAL}:
        return
    for file in claims.invoices:
        if file.relationship == "Data":
            message = "the AFRelationship is Data, although the XML of this profile is the whole invoice."
            yield Breach(message, _place(file), "Data", "Alternative")


def _associated(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    for file in claims.invoices:
        if not file.associated:
            yield Breach("the /AF of the document does not list the embedded invoice.", "/AF", None, _first(file))


def _mime(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    for file in claims.invoices:
        if file.mime != _MIME:
            said = "no MIME type" if file.mime is None else f"the MIME type {file.mime}"
            yield Breach(f"the embedded invoice has {said}.", f"{_place(file)} /Subtype", file.mime, _MIME)


def _other_files(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    others = [file for file in claims.files if not file.is_invoice]
    faulty = [file for file in others if _unfit(file)]
    if faulty:
        names = ", ".join(_first(file) for file in faulty[:_NAMED_AT_MOST])
        more = f" and {len(faulty) - _NAMED_AT_MOST} more" if len(faulty) > _NAMED_AT_MOST else ""
        message = f"attached files lack /F, /UF, AFRelationship, MIME type or their place in /AF: {names}{more}."
        yield Breach(message, _LIST, names)


def _unfit(file: EmbeddedFile) -> bool:
    return None in {file.f, file.uf, file.relationship, file.mime} or not file.associated


def _profile(claims: PdfClaims, guideline: str | None) -> Level | None:
    """Return the profile that the XML names, else the one that the PDF does."""
    claimed = (of_claim(written) for written in claims.xmp.conformance_level) if claims.xmp else iter(())
    return of_guideline(guideline) or next(claimed, None)


def _first(file: EmbeddedFile) -> str:
    return next(iter(file.names), "(no name)")


def _place(file: EmbeddedFile) -> str:
    return "/AF" if file.key is None else f"{_LIST} {file.key}"


RULES = (
    Rule(
        "FX-PDF-ONE-INVOICE",
        Severity.FATAL,
        _one_invoice,
        "Factur-X 1.0, 6.2: one XML invoice, in the list of attached files. Fatal: with two, nobody knows which one "
        "the recipient reads, and only one of them is checked.",
    ),
    Rule(
        "FX-PDF-FILE-NAME",
        Severity.WARNING,
        _file_name,
        "Factur-X 1.0, 6.2: factur-x.xml in the list of attached files, in /F and in /UF; ISO 19005-3, 6.8: both "
        "present. Certain, and the validator of FNFE-MPE finds nothing under another name; a warning, as most readers "
        "know the names of ZUGFeRD and XRechnung and no French platform is known to refuse them.",
    ),
    Rule(
        "FX-PDF-RELATIONSHIP",
        Severity.FATAL,
        _relationship,
        "Factur-X 1.0, 6.2.2: AFRelationship is Data, Source or Alternative; ISO 19005-3, 6.8: it is there. Fatal: "
        "both and the validator of FNFE-MPE agree, and another value says that the XML is not the invoice.",
    ),
    Rule(
        "FX-PDF-RELATIONSHIP-PART",
        Severity.WARNING,
        _relationship_of_part,
        "Factur-X 1.0, 6.2.2: Data for MINIMUM and BASIC WL; the validator of FNFE-MPE says so too. A warning: readers "
        "do not depend on it and no French platform is known to refuse it.",
    ),
    Rule(
        "FX-PDF-RELATIONSHIP-DATA",
        Severity.INFORMATION,
        _relationship_of_whole,
        "Factur-X 1.0, 6.2.2, as its readers report it: Alternative, or Source where the PDF is made from the XML, in "
        "BASIC, EN 16931 and EXTENDED. Information: the validator of FNFE-MPE takes Data and much French software "
        "writes it; users report that German recipients refuse it.",
    ),
    Rule(
        "FX-PDF-ASSOCIATED",
        Severity.WARNING,
        _associated,
        "Factur-X 1.0, 6.2; ISO 19005-3, 6.8: /AF of the document lists the invoice. Certain; a warning, as the "
        "invoice is found without it and no French platform is known to refuse for it.",
    ),
    Rule(
        "FX-PDF-MIME",
        Severity.WARNING,
        _mime,
        "Factur-X 1.0, 6.2: /Subtype is text/xml; ISO 19005-3, 6.8: it is there. The validator of FNFE-MPE refuses "
        "application/xml too. A warning: no reader is known to depend on it.",
    ),
    Rule(
        "FX-PDF-OTHER-FILES",
        Severity.WARNING,
        _other_files,
        "ISO 19005-3, 6.8: the same data for every attached file. A warning: the invoice itself does not depend on it.",
    ),
)
"""In the order in which they are told."""
