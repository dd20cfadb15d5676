from __future__ import annotations

import pikepdf
import pytest

from edid.documents import facturx

PLENTY = 10**8


@pytest.mark.parametrize("name", ["factur-x.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"])
def test_the_embedded_invoice_is_written_as_it_is(drop, work, pdf, cii, name):
    path = facturx.extract(drop(pdf(cii, name)), work, PLENTY)
    assert path == work / "factur-x.xml"
    assert path.read_bytes() == cii


def test_an_invoice_embedded_uncompressed_is_written_too(drop, work, pdf, cii):
    data = pdf(cii, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, compress_streams=False)
    assert cii[:100] in data
    assert facturx.extract(drop(data), work, PLENTY).read_bytes() == cii


def test_other_attachments_are_no_invoice(drop, work, pdf, cii, refused):
    assert refused(facturx.extract, drop(pdf(cii, "conditions.xml")), work, PLENTY).code == "IRR_TYPE_F"


def test_an_embedded_bomb_stops_at_the_limit(drop, work, pdf, refused):
    error = refused(facturx.extract, drop(pdf(bytes(50_000_000))), work, 1_000_000)
    assert error.code == "IRR_TAILLE_F"
    assert not list(work.iterdir())


@pytest.mark.parametrize("user", ["secret", ""])
def test_a_protected_pdf_is_refused(drop, work, pdf, cii, refused, user):
    data = pdf(cii, encryption=pikepdf.Encryption(owner="owner", user=user))
    error = refused(facturx.extract, drop(data), work, PLENTY)
    assert error.code == "EDID_PDF"
    assert "protected" in error.message or "encrypted" in error.message


def test_a_damaged_pdf_is_refused(drop, work, pdf, cii, refused):
    data = pdf(cii)
    for broken in (data[: len(data) // 3], b"%PDF-1.7\n", data.replace(b"/EmbeddedFile", b"/EmbeddedFlie")[:200]):
        assert refused(facturx.extract, drop(broken), work, PLENTY).code in {"EDID_PDF", "IRR_TYPE_F"}
