"""What is told of embedded files, whole, shortened or gone."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
from datetime import date

import pytest
from lxml import etree

from edid.documents import xml
from edid.documents.kinds import Kind
from edid.documents.particulars import blob, zip_names
from edid.documents.particulars.condition import MOST, Condition
from edid.documents.particulars.reading import read
from edid.sandbox.invoices import ubl_invoice

UBL = ubl_invoice("F-1", date(2026, 9, 1))


def with_attachment(*texts: bytes) -> bytes:
    references = [
        b"<cac:AdditionalDocumentReference><cbc:ID>a.pdf</cbc:ID><cac:Attachment>"
        b"<cbc:EmbeddedDocumentBinaryObject>" + text + b"</cbc:EmbeddedDocumentBinaryObject>"
        b"</cac:Attachment></cac:AdditionalDocumentReference>"
        for text in texts
    ]
    supplier = b"<cac:AccountingSupplierParty>"
    return UBL.replace(supplier, b"".join([*references, supplier]), 1)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 57, 1000, 70_000])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes])
def test_the_size_is_that_of_the_bytes(size, encode):
    text = encode(b"x" * size).decode() or None
    assert blob.read(text, Condition()).size == size


@pytest.mark.parametrize("text", ["QUJD=\n\n\n\n\n\n\n\n\n\n", "QU\nI\n=", "QQ=\n\n\n\n\n\n\n\n\n\n\n="])
def test_padding_may_stand_anywhere_at_the_end(text):
    signs = "".join(text.split())
    expected = len(base64.b64decode(signs)) if len(signs) % 4 == 0 else None
    assert blob.read(text, Condition()).size == expected


@pytest.mark.parametrize(
    ("start", "form"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"junk before %PDF-1.4", "pdf"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"\x89PNG\r\n\x1a\n", "other"),
        (b"\x1f\x8b\x08", "other"),
        (b"PK\x03\x04", "zip"),
    ],
)
def test_the_form_is_told_from_the_beginning(start, form):
    assert blob.read(base64.b64encode(start).decode(), Condition()).form == form
    assert blob.read(base64.encodebytes(start + bytes(range(256)) * 500).decode(), Condition()).form == form


@pytest.mark.parametrize("text", ["A", "AB=C", "A===", "QUJD====", "QÜJD", "QUJD!", "QUJ-", "Q" * 2_000_001])
def test_what_is_no_base64_is_broken(text):
    assert blob.read(text, Condition()) == (None, "broken", None)


def test_the_names_in_a_zip_are_told(zipped):
    for names in (("a.pdf",), ("a.pdf", "été.pdf"), ("folder/", "folder/a.pdf")):
        text = base64.encodebytes(zipped(*names)).decode()
        told = blob.read(text, Condition()).zip_members
        assert told == tuple(name for name in names if not name.endswith("/"))


def test_a_zip_behind_other_bytes_and_with_a_comment_is_read(zipped):
    assert zip_names.read(b"#!/bin/sh\n" + zipped("a.pdf", comment=b"PK comment")) == ("a.pdf",)


def test_no_more_than_the_first_hundred_names_are_read(zipped):
    assert len(zip_names.read(zipped(*(f"{number}.pdf" for number in range(250))))) == zip_names.LISTED


def test_a_damaged_zip_has_no_names(zipped):
    good = zipped("a.pdf", "b.pdf")
    assert zip_names.read(good[:-22]) == ()
    assert zip_names.read(good.replace(b"PK\x01\x02", b"PK\x00\x00")) == ()
    assert zip_names.read(good[-22:]) == ()
    assert zip_names.read(b"") == ()


def test_a_directory_that_lies_about_its_size_is_damaged(zipped):
    data = bytearray(zipped("a.pdf"))
    struct.pack_into("<L", data, len(data) - 22 + 12, 10**9)
    assert zip_names.read(bytes(data)) == ()


def test_a_zip64_list_is_not_read():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.pdf", b"x")
    data = bytearray(target.getvalue())
    struct.pack_into("<L", data, len(data) - 22 + 16, 0xFFFFFFFF)
    assert zip_names.read(bytes(data)) is None


def test_the_list_of_a_large_zip_is_not_read(zipped, monkeypatch):
    text = base64.b64encode(zipped("a.pdf")).decode()
    monkeypatch.setattr(blob, "LARGEST_ZIP", 10)
    condition = Condition()
    assert blob.read(text, condition).zip_members is None
    assert list(condition.unseen) == ["the files inside large zip attachments"]


@pytest.fixture
def shortened(tmp_path):
    """Read the particulars of an invoice as those of a large one are read."""

    def of(data: bytes):
        path = tmp_path / "invoice.xml"
        path.write_bytes(data)
        short = xml.parse_shortened(path, limit=10**7)
        assert len(etree.tostring(short.tree)) < len(data) / 2
        return read(short.tree, Kind.UBL_INVOICE, taken=short.taken)

    return of


@pytest.mark.parametrize("size", [800_000, 800_001, 800_002])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes])
def test_size_and_form_are_told_even_of_a_shortened_file(parsed, shortened, encode, size):
    data = with_attachment(encode(b"%PDF-1.7" + b"\x00" * (size - 8)))
    particulars = shortened(data)
    (it,) = particulars.supplements
    assert (it.embedded, it.size, it.form) == (True, size, "pdf")
    assert particulars.unseen == ()
    assert it.name.line == read(parsed(data), Kind.UBL_INVOICE).supplements[0].name.line


def test_a_small_file_is_whole_where_a_large_one_was_shortened(shortened, zipped):
    small, large = zipped("a.pdf"), zipped("a.pdf", "b.pdf")
    particulars = shortened(with_attachment(base64.b64encode(small), base64.encodebytes(large + b"\x00" * 800_000)))
    assert [(it.size, it.zip_members) for it in particulars.supplements] == [
        (len(small), ("a.pdf",)),
        (len(large) + 800_000, None),
    ]
    assert particulars.unseen == ("the files inside large zip attachments",)


def test_a_shortened_file_with_damage_is_broken_whatever_was_taken_out(shortened):
    text = base64.b64encode(b"%PDF-1.7" + b"\x00" * 799_999)
    for damaged in (text[:-1], text[:-2], b"=" + text, text[:300_000] + b"=" + text[300_000:], b"!" + text):
        (it,) = shortened(with_attachment(damaged)).supplements
        assert (it.size, it.form) == (None, "broken")


@pytest.mark.parametrize("aside", [b"<!-- %s -->", b"<?aside %s?>"])
def test_the_size_is_unknown_where_an_aside_may_have_been_shortened_instead(shortened, aside):
    long = b"A" * 800_000
    particulars = shortened(with_attachment(aside % long + base64.b64encode(b"%PDF-1.7")))
    (it,) = particulars.supplements
    assert (it.size, it.form) == (None, "pdf")
    assert particulars.unseen == ("the size of large attachments",)


def test_what_was_taken_out_elsewhere_counts_for_no_attachment(shortened):
    long = b"A" * 800_000
    data = with_attachment(base64.b64encode(b"%PDF-1.7")).replace(
        b"<cbc:Embedded", b"<!--" + long + b"--><cbc:Embedded"
    )
    for where in (data, data.replace(b"BinaryObject>", b'BinaryObject mimeCode="' + long + b'">', 1)):
        (it,) = shortened(where).supplements
        assert (it.size, it.form) == (8, "pdf")


def test_a_large_file_in_a_section_of_characters_has_its_size(shortened):
    text = b"<![CDATA[" + base64.b64encode(b"%PDF-1.7" + b"\x00" * 799_999) + b"]]>"
    assert [it.size for it in shortened(with_attachment(text)).supplements] == [800_007]


def test_what_is_gone_from_a_skeleton_is_named(tmp_path):
    path = tmp_path / "invoice.xml"
    path.write_bytes(with_attachment(base64.b64encode(b"%PDF-1.7")))
    particulars = read(xml.stream(path, limit=10**9).tree, Kind.UBL_INVOICE, skeleton=True)
    (it,) = particulars.supplements
    assert (it.name.value, it.embedded, it.size, it.form) == ("a.pdf", True, None, None)
    assert particulars.line_count is None
    assert set(particulars.unseen) == {"the lines", "the contents of attachments"}
    assert particulars.number.value == "F-1"


def test_very_long_lists_are_read_in_part(particulars):
    note = b"<cbc:Note>x</cbc:Note>"
    data = UBL.replace(b"<cbc:DocumentCurrencyCode>", note * (MOST + 1) + b"<cbc:DocumentCurrencyCode>")
    it = particulars(data)
    assert len(it.notes) == MOST
    assert it.unseen == (f"notes after the first {MOST:,}",)
