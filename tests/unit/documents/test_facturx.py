from __future__ import annotations

import pikepdf
import pytest

from edid.documents import facturx
from tests.unit.documents.facturx_pdfs import SPECIFICATION, document, stream

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


def test_the_best_name_wins_whatever_the_order(drop, work, cii):
    listed = b"/Names << /EmbeddedFiles << /Names [(a) 4 0 R (xrechnung.xml) 5 0 R] >> >>"
    path = drop(
        document(
            listed,
            _4=b"<< /UF (Factur-X.xml) /EF << /F 6 0 R >> >>",
            _5=b"<< /F (xrechnung.xml) /EF << /F 7 0 R >> >>",
            _6=stream(b"", cii),
            _7=stream(b"", b"<other/>"),
        )
    )
    assert facturx.extract(path, work, PLENTY).read_bytes() == cii


@pytest.mark.parametrize(
    "packing", [b"/Filter /LZWDecode", b"/Filter /FlateDecode /DecodeParms [<< /Predictor 12 >>]", b"/Filter 1"]
)
def test_an_invoice_packed_in_a_way_that_is_not_undone_is_refused(drop, work, refused, packing):
    listed = b"/Names << /EmbeddedFiles << /Names [(factur-x.xml) 5 0 R] >> >>"
    path = drop(document(listed, _5=SPECIFICATION, _6=stream(packing, b"x")))
    error = refused(facturx.extract, path, work, PLENTY)
    assert error.code == "EDID_PDF"
    assert "unusual way" in error.message
    assert not list(work.iterdir())
