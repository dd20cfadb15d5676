"""The files embedded in the invoice: their names, sizes and packing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from edid.documents.particulars.model import Datum, Particulars, Supplement
from edid.validation.own.chorus.sources import AGREED, DOSSIER, HIGH, MEDIUM, OCA, PIVOT, REFUSALS, SAMPLES
from edid.validation.own.rule import Breach, Circumstances, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Severity

_LIST = """
BMP BZ2 CSV DOC DOCX FAX GIF GZ GZIP HTM HTML JPEG JPG ODP ODS ODT P7S PDF PNG PPS PPT PPTX RTF SVG TGZ TIF TIFF TXT
XHTML XLC XLM XLS XLSX XML ZIP
"""
EXTENSIONS = frozenset(_LIST.split())
LONGEST_NAME = 50
_MB = 1000**2
LARGEST, LARGE, LARGEST_TOTAL = 100 * _MB, 10 * _MB, 120 * _MB


def _embedded(particulars: Particulars) -> Iterator[Supplement]:
    return (each for each in particulars.supplements if each.embedded)


def _called(each: Supplement) -> str:
    return f"the attachment '{short(each.name.value)}'" if each.name else "an attachment"


def _where(each: Supplement) -> Datum | None:
    return each.name or each.place


def _name(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _embedded(particulars):
        if each.name is None:
            yield Breach("an attachment has no name.", each.place, None, "a name with its extension, such as devis.pdf")


def _name_length(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _embedded(particulars):
        if each.name is not None and (length := len(each.name.value)) > LONGEST_NAME:
            message = f"the name of {_called(each)} has {length:,} characters; Chorus Pro cuts it to {LONGEST_NAME}."
            yield Breach(message, each.name, short(each.name.value), f"<= {LONGEST_NAME} characters")


def _extension(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _embedded(particulars):
        if each.name is None:
            continue
        extension = PurePosixPath(each.name.value).suffix.removeprefix(".")
        if extension.upper() not in EXTENSIONS:
            told = (
                f"has the extension '{short(extension)}', which is not in the list" if extension else "has no extension"
            )
            yield Breach(f"{_called(each)} {told}.", each.name, short(extension), " ".join(sorted(EXTENSIONS)))


def _size(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _embedded(particulars):
        if each.size is not None and each.size > LARGE:
            limit, weight = (LARGEST, None) if each.size > LARGEST else (LARGE, Severity.WARNING)
            message = f"{_called(each)} has {each.size:,} bytes, more than {limit // _MB} MB."
            yield Breach(message, _where(each), f"{each.size:,} bytes", f"<= {limit // _MB} MB", weight)


def _total(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    total = sum(each.size or 0 for each in _embedded(particulars))
    if total > LARGEST_TOTAL:
        limit = f"{LARGEST_TOTAL // _MB} MB"
        yield Breach(
            f"the attachments have {total:,} bytes, more than {limit}.", None, f"{total:,} bytes", f"<= {limit}"
        )


def _empty(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _embedded(particulars):
        if each.form == "empty":
            yield Breach(f"{_called(each)} is empty.", _where(each), "0 bytes", "> 0 bytes")


def _base64(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _embedded(particulars):
        if each.form == "broken":
            yield Breach(f"the content of {_called(each)} is no base64.", _where(each), None, "base64")


def _zip(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    expected = "base64 of a zip of one file"
    for each in _embedded(particulars):
        if each.form in {"pdf", "xml", "other"}:
            what = {"pdf": "a PDF", "xml": "XML"}.get(each.form, "a file")
            message = f"{_called(each)} is embedded as it is ({what}), not in a zip."
            yield Breach(message, _where(each), what, expected)
        elif each.zip_members is not None and len(each.zip_members) != 1:
            count = len(each.zip_members) or "no readable"
            message = f"{_called(each)} is a zip of {count} files instead of one."
            yield Breach(message, _where(each), f"{count} files", expected)


def _duplicates(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    seen: set[str] = set()
    for each in _embedded(particulars):
        if each.name is None:
            continue
        if each.name.value.casefold() in seen:
            yield Breach(
                f"another attachment is called '{short(each.name.value)}' too.", each.name, short(each.name.value)
            )
        seen.add(each.name.value.casefold())


RULES = (
    Rule(
        "CPP-ATTACHMENT-NAME",
        Severity.FATAL,
        _name,
        f"{PIVOT}, PJ/NomPJ; {REFUSALS}, IRR_NOM_PJ. {HIGH}",
        ("BT-122",),
    ),
    Rule(
        "CPP-ATTACHMENT-NAME-LENGTH",
        Severity.WARNING,
        _name_length,
        f"{DOSSIER}, 5.4.1: a longer name is cut, not refused. {HIGH}",
        ("BT-122",),
    ),
    Rule(
        "CPP-ATTACHMENT-EXTENSION",
        Severity.WARNING,
        _extension,
        f"Annexe EDI, rule G4.03, as coded in {OCA}. {MEDIUM}",
        ("BT-122",),
    ),
    Rule(
        "CPP-ATTACHMENT-SIZE",
        Severity.FATAL,
        _size,
        f"{DOSSIER}, 5.4.1: 100 MB. {HIGH} The older limit of 10 MB, as coded in {OCA}: a warning.",
        ("BT-125",),
    ),
    Rule(
        "CPP-ATTACHMENTS-TOTAL",
        Severity.WARNING,
        _total,
        f"older limit of an invoice with its attachments, as coded in {OCA}. {MEDIUM}",
        ("BG-24",),
    ),
    Rule(
        "CPP-ATTACHMENT-EMPTY",
        Severity.FATAL,
        _empty,
        f"{REFUSALS}, IRR_VID_PJ; {PIVOT}, PJ: its content is there. {AGREED}",
        ("BT-125",),
    ),
    Rule(
        "CPP-ATTACHMENT-BASE64",
        Severity.FATAL,
        _base64,
        f"W3C, XML Schema 1.0, base64Binary: the type of the element in UBL 2.1 and CII D16B. {HIGH}",
        ("BT-125",),
    ),
    Rule(
        "CPP-ATTACHMENT-ZIP",
        Severity.WARNING,
        _zip,
        f"{SAMPLES}: every attachment; a public UBL template of FSO1110A; no text says that another file is refused. "
        f"{MEDIUM}",
        ("BT-125",),
    ),
    Rule(
        "CPP-ATTACHMENT-DUPLICATE",
        Severity.WARNING,
        _duplicates,
        f"received invoices with the same name twice were seen, and readers that lost one of the files. {MEDIUM}",
        ("BT-122",),
    ),
)
