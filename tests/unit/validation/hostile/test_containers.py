"""Archives and PDFs made to harm, as a judge process meets them: refused, with nothing left outside its folder."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import pikepdf
import pytest

from edid.validation.verdict import Outcome
from tests.unit.documents.facturx_pdfs import SPECIFICATION, changed, deflated, document, stream, with_packed_catalog
from tests.unit.validation.hostile.conftest import SECRET
from tests.unit.validation.hostile.judge import refused

VALID, INVALID, NOT_JUDGED = Outcome.VALID, Outcome.INVALID, Outcome.NOT_JUDGED
MEGABYTE = 1_000_000


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def tarred(*members: tuple[str, bytes], **fields: object) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for field, value in fields.items():
                setattr(info, field, value)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def gzipped_blanks(megabytes: int, start: bytes = b"") -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * MEGABYTE
    return b"".join([engine.compress(start), *(engine.compress(block) for _ in range(megabytes)), engine.flush()])


def link(target: bytes) -> bytes:
    info = zipfile.ZipInfo("link.xml")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return zipped((info, target))


def overlapping(sound: bytes) -> bytes:
    """A zip whose directory names the same bytes a thousand times."""
    data = zipped(("a.xml", sound))
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    tail = bytearray(data[end:])
    tail[8:10] = tail[10:12] = (1000).to_bytes(2, "little")
    tail[12:16] = (len(entry) * 1000).to_bytes(4, "little")
    return data[:start] + entry * 1000 + bytes(tail)


ARCHIVES: dict[str, Callable[[bytes], bytes]] = {
    "a zip bomb": lambda sound: zipped(("a.xml", b" " * 101 * MEGABYTE)),
    "a zip of many bombs": lambda sound: zipped(*((f"{n}.xml", b" " * 20 * MEGABYTE) for n in range(3))),
    "a zip in zips": lambda sound: zipped(("a.zip", zipped(("b.zip", zipped(("a.xml", sound)))))),
    "a zip with the same bytes a thousand times": overlapping,
    "a zip of thousands": lambda sound: zipped(*((f"{n}.xml", b"<a/>") for n in range(2_000))),
    "a zip that leaves its folder": lambda sound: zipped(("../../../tmp/edid-was-here.xml", sound)),
    "a zip of the root": lambda sound: zipped(("/etc/edid-was-here.xml", sound)),
    "a zip with a link": lambda sound: link(b"{file}"),
    "a zip cut short": lambda sound: zipped(("a.xml", sound))[:-30],
    "a zip with a wrong checksum": lambda sound: zipped(("a.xml", sound)).replace(
        zlib.crc32(sound).to_bytes(4, "little"), b"\0\0\0\0"
    ),
    "a gzip bomb": lambda sound: gzipped_blanks(101, b"<a>"),
    "a gzip in gzips": lambda sound: gzip.compress(gzip.compress(gzip.compress(sound))),
    "a gzip cut short": lambda sound: gzip.compress(sound)[:-9],
    "a gzip with a wrong checksum": lambda sound: gzip.compress(sound)[:-8] + b"\0" * 8,
    "a tar bomb": lambda sound: gzip.compress(tarred(("a.xml", b" " * 101 * MEGABYTE)), 1),
    "a tar that leaves its folder": lambda sound: tarred(("../../edid-was-here.xml", sound)),
    "a tar with a link": lambda sound: tarred(("a.xml", b""), type=tarfile.SYMTYPE, linkname="{file}"),
    "a tar with a hard link": lambda sound: tarred(("a.xml", b""), type=tarfile.LNKTYPE, linkname="{file}"),
    "a tar with a device": lambda sound: tarred(("a.xml", b""), type=tarfile.CHRTYPE, devmajor=1, devminor=5),
    "a tar with a pipe": lambda sound: tarred(("a.xml", b""), type=tarfile.FIFOTYPE),
    "a tar of thousands": lambda sound: tarred(*((f"{n}.xml", b"<a/>") for n in range(2_000))),
    "a tar cut short": lambda sound: tarred(("a.xml", sound))[:1_000],
}


@pytest.fixture
def judge(hostile_judge, bait):
    def _judge(content: bytes, profile: str = "fr-ctc"):
        verdict = hostile_judge.survives(content.replace(b"{file}", bait.file.encode()), profile)
        assert SECRET not in repr(verdict)
        assert bait.calls == []
        return verdict

    return _judge


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_hostile_archive_is_refused(judge, sound, tmp_path, name):
    verdict = judge(ARCHIVES[name](sound["ubl"]))
    assert verdict.outcome is INVALID
    (finding,) = verdict.findings
    assert finding.rule.startswith(("IRR_", "EDID_"))
    assert finding.remedy


def test_a_sound_archive_is_left_to_its_members(judge, sound):
    for archive in (
        zipped(("a.xml", sound["ubl"]), ("b.xml", sound["cii"])),
        tarred(("a.xml", sound["ubl"])),
        gzip.compress(sound["ubl"]),
    ):
        verdict = judge(archive)
        assert (verdict.outcome, verdict.not_judged_because) == (NOT_JUDGED, "an archive is judged member by member.")


def metadata(pdf: pikepdf.Pdf, change: Callable[[bytes], bytes]) -> None:
    pdf.Root.Metadata.write(change(pdf.Root.Metadata.read_bytes()))


def invoice(pdf: pikepdf.Pdf, change: Callable[[bytes], bytes]) -> None:
    files = pdf.attachments["factur-x.xml"].obj.EF
    files.F.write(change(files.F.read_bytes()))
    files.UF = files.F


@cache
def bomb() -> bytes:
    """A root element and 110 megabytes of blanks, packed."""
    return deflated(b"<a>", b" ", 110)


def by_hand(xml: bytes, xmp: bytes, *, packed_xml: int = 0, packed_xmp: int = 0) -> bytes:
    """A Factur-X whose streams are written as they are given, with so many filters: no tool would keep bombs packed."""
    filters = [b"", b"/Filter /FlateDecode", b"/Filter [/FlateDecode /FlateDecode]"]
    return document(
        b"/Names << /EmbeddedFiles 4 0 R >> /Metadata 7 0 R",
        _4=b"<< /Names [(factur-x.xml) 5 0 R] >>",
        _5=SPECIFICATION,
        _6=stream(filters[packed_xml], xml),
        _7=stream(b"/Type /Metadata /Subtype /XML " + filters[packed_xmp], xmp),
    )


def endless(pdf: pikepdf.Pdf) -> None:
    """Make the pages a tree without leaves."""
    pdf.Root.Pages.Kids = pikepdf.Array([pdf.Root.Pages])


def after_declaration(doctype: bytes) -> Callable[[bytes], bytes]:
    def change(xml: bytes) -> bytes:
        end = xml.index(b"?>") + 2
        return xml[:end] + doctype + xml[end:]

    return change


DOCTYPE = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file://{file}"><!ENTITY % p SYSTEM "file://{file}"> %p;]>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY l0 "ha">' + b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12)
)
LAUGHING = after_declaration(LAUGHS + b"]>")
INVOICES: dict[str, tuple[Callable[[pikepdf.Pdf], object], str]] = {
    "an entity": (lambda pdf: invoice(pdf, after_declaration(DOCTYPE)), "IRR_SYNTAX"),
    "billion laughs": (lambda pdf: invoice(pdf, LAUGHING), "IRR_SYNTAX"),
    "no XML": (lambda pdf: invoice(pdf, lambda xml: b"\x00\x01" * 1_000), "IRR_TYPE_F"),
    "nothing": (lambda pdf: invoice(pdf, lambda xml: b""), "IRR_VIDE_F"),
    "another PDF": (lambda pdf: invoice(pdf, lambda xml: b"%PDF-1.7\n" * 1_000), "EDID_PDF"),
}
CLAIMS: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "metadata with an entity": lambda pdf: metadata(pdf, lambda xmp: DOCTYPE + xmp),
    "metadata with billion laughs": lambda pdf: metadata(pdf, lambda xmp: LAUGHS + b"]>" + xmp),
    "metadata that are no XML": lambda pdf: metadata(pdf, lambda xmp: b"\xff" * 10_000),
    "deep metadata": lambda pdf: metadata(pdf, lambda xmp: b"<a>" * 100_000),
    "endless pages": endless,
}


@pytest.mark.parametrize("name", INVOICES)
def test_a_hostile_invoice_in_a_pdf_is_refused(judge, sound, name):
    change, code = INVOICES[name]
    refused(judge(changed(sound["factur-x"], change)), code)


@pytest.mark.parametrize(("filters", "code"), [(1, "IRR_TAILLE_F"), (2, "EDID_PDF")])
def test_an_invoice_that_unpacks_to_more_than_is_allowed_is_refused(judge, filters, code):
    xml = zlib.compress(bomb()) if filters == 2 else bomb()
    refused(judge(by_hand(xml, b"<a/>", packed_xml=filters)), code)


@pytest.mark.parametrize(("filters", "why"), [(1, "longer"), (2, "packed in an unusual way")])
def test_metadata_that_unpack_to_more_than_is_read_are_a_finding(judge, sound, filters, why):
    xmp = zlib.compress(bomb()) if filters == 2 else bomb()
    pdf = by_hand(sound["cii"], xmp, packed_xmp=filters)
    (finding,) = [each for each in judge(pdf).findings if each.rule == "FX-PDF-XMP"]
    assert why in finding.message


@pytest.mark.parametrize("profile", ["fr-ctc", "chorus-pro"])
@pytest.mark.parametrize("name", CLAIMS)
def test_a_pdf_that_is_hostile_around_a_sound_invoice_gets_a_verdict(judge, sound, name, profile):
    verdict = judge(changed(sound["factur-x"], CLAIMS[name]), profile)
    assert verdict.outcome in {VALID, INVALID}
    if "metadata" in name:
        (pdf,) = (pack for pack in verdict.packs if pack.name == "FACTUR-X-PDF")
        assert pdf.broken > 0


@pytest.mark.parametrize(
    "make",
    [
        lambda sound: with_packed_catalog(b"/FlateDecode", lambda data: deflated(data, b" ", 60)),
        lambda sound: with_packed_catalog(
            b"[/FlateDecode /FlateDecode]", lambda data: zlib.compress(deflated(data, b" ", 60))
        ),
        lambda sound: b"%PDF-1.7\n1 0 obj\n" + b"[" * 500_000,
        lambda sound: b"%PDF-1.7\n1 0 obj\n" + b"<<" * 500_000,
        lambda sound: b"%PDF-1.7\n" + b"1 0 obj\n<< >>\nendobj\n" * 50_000,
        lambda sound: b"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF",
        lambda sound: sound[: len(sound) // 2],
        lambda sound: sound.replace(b"endobj", b"endobi"),
        lambda sound: sound.replace(b"/Root", b"/Toor"),
        lambda sound: changed(sound, lambda pdf: pdf.attachments.clear()),
    ],
    ids=[
        *("packed objects of 60 MB", "packed twice", "deep lists", "deep dictionaries", "one object many times"),
        *("a table nowhere", "cut short", "no ends", "no root", "no invoice"),
    ],
)
def test_a_pdf_that_cannot_be_trusted_costs_no_process(judge, sound, make):
    verdict = judge(make(sound["factur-x"]))
    assert verdict.outcome in {VALID, INVALID}
    assert verdict.outcome is VALID or verdict.findings[0].message


def test_a_locked_pdf_is_refused(judge, sound):
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(sound["factur-x"])) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(owner="o", user="u"))
    refused(judge(target.getvalue()), "EDID_PDF")
