"""What a Factur-X PDF claims is read as it is written."""

from __future__ import annotations

import subprocess
import sys

import pikepdf
import pytest

from edid.documents.facturx_pdf.claims import Action, PdfClaims, claims
from edid.documents.facturx_pdf.xmp import FACTUR_X
from tests.unit.documents.conftest import CII
from tests.unit.documents.facturx_pdfs import GUIDELINES, changed, document, factur_x, specification, stream, with_xmp

LEVELS = {
    "minimum": "MINIMUM",
    "basicwl": "BASIC WL",
    "basic": "BASIC",
    "en16931": "EN 16931",
    "extended": "EXTENDED",
}


@pytest.fixture
def read(drop):
    def from_bytes(data: bytes) -> PdfClaims:
        return claims(drop(data))

    return from_bytes


@pytest.mark.parametrize("level", GUIDELINES)
def test_the_claims_of_a_sound_file_are_read(read, level):
    said = read(factur_x(level, "data"))
    (file,) = said.files
    assert file.is_invoice
    assert (file.key, file.f, file.uf) == ("factur-x.xml", "factur-x.xml", "factur-x.xml")
    assert (file.relationship, file.mime, file.associated) == ("Data", "text/xml", True)
    assert file.size == len(CII.replace(b"urn:factur-x<", GUIDELINES[level].encode() + b"<"))
    assert said.xmp_fault is None
    assert (said.xmp.pdfa_part, said.xmp.pdfa_conformance) == (("3",), ("B",))
    assert said.xmp.conformance_level == (LEVELS[level],)
    assert (said.xmp.document_type, said.xmp.version) == (("INVOICE",), ("1.0",))
    assert said.xmp.document_file_name == ("factur-x.xml",)
    assert said.xmp.namespaces == said.xmp.described == (FACTUR_X,)
    assert said.output_intents == ("GTS_PDFA1",)
    assert said.actions == ()
    assert said.looked_everywhere


def test_a_pdf_that_claims_nothing_has_empty_claims(read, pdf):
    said = read(pdf())
    assert said.files == said.invoices == said.output_intents == said.actions == ()
    assert said.xmp is None
    assert said.xmp_fault == "there are none"


def test_properties_may_be_attributes(read):
    xmp = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
    xmlns:fx="{FACTUR_X}" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part=" 3 " pdfaid:conformance="U"
    fx:ConformanceLevel="BASIC" fx:DocumentFileName="factur-x.xml" fx:DocumentType="INVOICE" fx:Version="1.0"/>
    </rdf:RDF>"""
    said = read(document(b"/Metadata 7 0 R", _7=stream(b"/Type /Metadata /Subtype /XML", xmp.encode()))).xmp
    assert (said.pdfa_part, said.pdfa_conformance, said.conformance_level) == (("3",), ("U",), ("BASIC",))
    assert said.described == ()


@pytest.mark.parametrize(
    "namespace",
    [
        "urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0#",
        "urn:zugferd:pdfa:CrossIndustryDocument:invoice:2p0#",
        "urn:ferd:pdfa:crossindustrydocument:invoice:1p0",
    ],
)
def test_older_namespaces_are_known_and_told(read, namespace):
    said = read(changed(factur_x(), with_xmp(FACTUR_X, namespace))).xmp
    assert said.conformance_level == ("EN 16931",)
    assert said.namespaces == (namespace,)


def test_a_property_of_another_namespace_is_not_that_of_factur_x(read):
    said = read(changed(factur_x(), with_xmp(FACTUR_X, "urn:somebody:else#"))).xmp
    assert said.conformance_level == said.namespaces == ()
    assert said.pdfa_part == ("3",)


def test_values_that_contradict_each_other_are_all_told(read):
    twice = "<fx:ConformanceLevel>BASIC</fx:ConformanceLevel><fx:ConformanceLevel>"
    said = read(changed(factur_x(), with_xmp("<fx:ConformanceLevel>", twice)))
    assert said.xmp.conformance_level == ("BASIC", "EN 16931")


def _shorten(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata.write(b"<x:xmpmeta>")


def _declare(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata.write(b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>')


def _not_a_stream(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = pikepdf.Dictionary()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_shorten, "well-formed"),
        (_declare, "document type"),
        (_not_a_stream, "there are none"),
        (lambda pdf: pdf.Root.Metadata.write(b" " * 1_000_001), "longer"),
        (lambda pdf: pdf.Root.Metadata.write(b""), "well-formed"),
    ],
)
def test_metadata_that_cannot_be_read_are_told_and_not_refused(read, change, why):
    said = read(changed(factur_x(), change))
    assert said.xmp is None
    assert why in said.xmp_fault
    assert len(said.invoices) == 1


@pytest.mark.parametrize(
    ("entries", "data", "why"),
    [
        (b"/Filter /FlateDecode", b"this is not Flate", "they cannot be decompressed"),
        (b"/Filter /ASCIIHexDecode", b"3c612f3e>", "they are packed in an unusual way (ASCIIHexDecode)"),
        (b"/Filter [/FlateDecode /FlateDecode]", b"", "they are packed in an unusual way (FlateDecode, FlateDecode)"),
        (
            b"/Filter (FlateDecode) /DecodeParms << /Predictor 12 >>",
            b"",
            "they are packed in an unusual way (FlateDecode)",
        ),
    ],
)
def test_metadata_packed_in_a_way_that_is_not_undone_are_told(read, entries, data, why):
    packed = stream(b"/Type /Metadata /Subtype /XML " + entries, data)
    assert read(document(b"/Metadata 7 0 R", _7=packed)).xmp_fault == why


def test_a_file_without_bytes_inside_is_none(read):
    outside = b"/Names << /EmbeddedFiles << /Names [(factur-x.xml) << /F (factur-x.xml) >>] >> >>"
    assert read(document(outside)).files == ()


def test_a_file_that_only_af_leads_to_is_found(read):
    def unlist(pdf: pikepdf.Pdf) -> None:
        del pdf.Root.Names

    (file,) = read(changed(factur_x(), unlist)).files
    assert (file.key, file.uf, file.associated) == (None, "factur-x.xml", True)


def test_a_name_tree_may_have_branches(read):
    leaf = b"<< /Names [(b.xml) 7 0 R (factur-x.xml) 5 0 R] >>"
    said = read(
        document(
            b"/Names << /EmbeddedFiles << /Kids [4 0 R 8 0 R] >> >>",
            _4=b"<< /Kids [9 0 R] >>",
            _5=b"<< /UF (factur-x.xml) /EF << /UF 6 0 R >> >>",
            _6=stream(b"/Subtype /text#2fxml", CII),
            _7=b"<< /F (b.xml) /EF << /F 6 0 R >> >>",
            _8=leaf,
            _9=b"<< /Names [(a.xml) 7 0 R] >>",
        )
    )
    assert [file.key for file in said.files] == ["a.xml", "b.xml", "factur-x.xml"]
    (invoice,) = said.invoices
    assert (invoice.f, invoice.mime, invoice.relationship, invoice.associated) == (None, "text/xml", None, False)


def test_bytes_that_differ_between_f_and_uf_are_told(read):
    parts = {"_5": b"<< /F (factur-x.xml) /EF << /F 6 0 R /UF 7 0 R >> >>", "_6": stream(b"", CII)}
    listed = b"/Names << /EmbeddedFiles << /Names [(factur-x.xml) 5 0 R] >> >>"
    (same,) = read(document(listed, **parts, _7=stream(b"", CII))).files
    (other,) = read(document(listed, **parts, _7=stream(b"", CII + b" "))).files
    assert len(same.contents) == 1
    assert len(other.contents) == 2


@pytest.mark.parametrize("name", [b"<fffe>", b"(\xef\xbb\xbf\xff\xfe)", b"(a\x00b\x1b)", b"(" + b"x" * 5_000 + b")"])
def test_odd_names_are_made_fit_to_be_shown(read, name):
    listed = b"/Names << /EmbeddedFiles << /Names [%s 5 0 R] >> >>" % name
    said = read(
        document(listed, _5=b"<< /F %s /EF << /F 6 0 R >> /AFRelationship /a#ff >>" % name, _6=stream(b"", CII))
    )
    (file,) = said.files
    assert all(text.isprintable() and len(text) <= 200 for text in (file.key, file.f, file.relationship))


@pytest.mark.parametrize("size", [b"-1", b"1.5", b"(12)", b"true", b"7 0 R"])
def test_a_size_that_is_no_number_is_not_told(read, size):
    listed = b"/Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >>"
    inside = stream(b"/Params << /Size %s >>" % size, b"x")
    (file,) = read(document(listed, _5=b"<< /EF << /F 6 0 R >> >>", _6=inside)).files
    assert file.size is None


SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


@pytest.mark.parametrize(
    ("catalog", "objects", "found"),
    [
        (b"/OpenAction " + SCRIPT, {}, {Action("JavaScript", "/OpenAction")}),
        (b"/OpenAction << /S /Launch /F (a.exe) >>", {}, {Action("Launch", "/OpenAction")}),
        (b"/OpenAction << /S /GoTo /Next [" + SCRIPT + b"] >>", {}, {Action("JavaScript", "/OpenAction")}),
        (b"/OpenAction << /S /Named /N /Print >>", {}, {Action("Named Print", "/OpenAction")}),
        (b"/AA << /WC " + SCRIPT + b" >>", {}, {Action("AA", "/AA"), Action("JavaScript", "/AA")}),
        (
            b"/Names << /JavaScript << /Names [(a) " + SCRIPT + b"] >> >>",
            {},
            {Action("JavaScript", "/Names /JavaScript")},
        ),
        (b"", {"_3": b"<< /Type /Page /AA << /O " + SCRIPT + b" >> >>"}, "/Pages"),
        (b"", {"_3": b"<< /Type /Page /Annots [<< /Subtype /Link /A " + SCRIPT + b" >>] >>"}, "/Pages"),
        (b"/AcroForm << /Fields [<< /T (a) /Kids [<< /AA << /K " + SCRIPT + b" >> >>] >>] >>", {}, "/AcroForm"),
        (b"/Outlines << /First << /Next << /A " + SCRIPT + b" >> >> >>", {}, "/Outlines"),
    ],
)
def test_actions_are_found_where_they_hang(read, catalog, objects, found):
    actions = set(read(document(catalog, **objects)).actions)
    assert actions == found if isinstance(found, set) else Action("JavaScript", found) in actions


@pytest.mark.parametrize(
    "catalog",
    [
        b"/OpenAction [3 0 R /Fit]",
        b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>",
        b"/OpenAction << /S /Named /N /FirstPage >>",
        b"/OpenAction << /S /URI /URI (urn:x) /Next << /S /GoTo >> >>",
    ],
)
def test_actions_that_pdfa_permits_are_not_told(read, catalog):
    assert read(document(catalog)).actions == ()


def test_an_encrypted_pdf_is_refused(drop, refused, pdf, cii):
    data = pdf(cii, encryption=pikepdf.Encryption(owner="owner", user=""))
    assert refused(claims, drop(data)).code == "EDID_PDF"


def test_a_file_that_is_not_there_is_no_refusal(tmp_path):
    with pytest.raises(FileNotFoundError):
        claims(tmp_path / "absent.pdf")


def test_the_words_for_claims_need_no_pdf_library():
    program = "import sys, edid.documents.facturx_pdf.claims; sys.exit('pikepdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_specification_under_another_object_is_not_associated(read):
    def copy(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AF = pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary(dict(specification(pdf))))])

    (file,) = read(changed(factur_x(), copy)).files
    assert not file.associated
