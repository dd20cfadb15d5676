from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from edid.documents.identify import identify
from edid.documents.kinds import Kind

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CDAR = "urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (f'<Invoice xmlns="{UBL}Invoice-2"/>', Kind.UBL_INVOICE),
        (f'<x:CreditNote xmlns:x="{UBL}CreditNote-2"/>', Kind.UBL_CREDIT_NOTE),
        ('<r:CrossIndustryInvoice xmlns:r="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>', Kind.CII),
        ("<CPPStatut Version='V1_19'/>", Kind.CPP_STATUT),
        ("\ufeff<!-- a comment --><CPPFacturePivot/>", Kind.CPP_PIVOT),
        (
            f'<CrossDomainAcknowledgementAndResponse xmlns="{CDAR}"/>',
            Kind.CDAR,
        ),
        ("<CPPFactureMixte/>", Kind.CPP_MIXTE),
        (f'<QualificationApplicationRequest xmlns="{UBL}QualificationApplicationRequest-2"/>', Kind.ESPD_REQUEST),
        (
            f'<q:QualificationApplicationResponse xmlns:q="{UBL}QualificationApplicationResponse-2"/>',
            Kind.ESPD_RESPONSE,
        ),
    ],
)
def test_xml_is_known_by_its_root_element(drop, data, kind):
    assert identify(drop(data.encode())) is kind


def test_the_root_is_enough_even_when_the_rest_is_broken(drop):
    assert identify(drop(b"<CPPStatut><a></b>")) is Kind.CPP_STATUT


def test_archives_are_known_by_their_first_bytes(drop, zipped):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.xml"))
    for data in (tar.getvalue(), gzip.compress(tar.getvalue()), gzip.compress(b"<a/>"), zipped(), zipped(("a", b"b"))):
        assert identify(drop(data)) is Kind.ARCHIVE


def test_a_pdf_is_a_factur_x_when_it_embeds_an_invoice(drop, refused, pdf, cii):
    assert identify(drop(pdf(cii))) is Kind.FACTUR_X
    assert identify(drop(b"\n\n" + pdf(cii))) is Kind.FACTUR_X
    error = refused(identify, drop(pdf()))
    assert error.code == "IRR_TYPE_F"
    assert "without an embedded invoice" in error.message


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\x89PNG\r\n\x1a\n0000", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"PK\x07\x08", "binary data"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Office document"),
        (b'{"invoice": 1}', "a JSON text"),
        (b"number;date\n1;2026", "a text that is not XML"),
        (b"\x00\x01\x02", "binary data"),
        (b"<html/>", "root element html"),
        (b"<x/>", "root element x"),
        (b'<Invoice xmlns="urn:other"/>', "root element {urn:other}Invoice"),
        (b"<Invoice/>", "root element Invoice"),
        (b'<CPPStatut xmlns="urn:x"/>', "root element {urn:x}CPPStatut"),
        (b"<CPPFactures/>", "root element CPPFactures"),
    ],
)
def test_anything_else_is_refused_with_what_was_found_and_what_is_accepted(drop, refused, data, found):
    error = refused(identify, drop(data))
    assert error.code == "IRR_TYPE_F"
    assert found in error.message
    assert "Accepted: UBL" in error.remedy


def test_an_empty_file_is_refused_as_empty(drop, refused):
    assert refused(identify, drop(b"")).code == "IRR_VIDE_F"
