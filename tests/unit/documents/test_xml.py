from __future__ import annotations

import random

import pytest
from lxml import etree

from edid.documents import blobs, xml
from edid.documents.violations import CAP

PLENTY = 10**8


def test_a_processing_instruction_is_kept_and_read_but_never_followed(drop, ubl):
    path = drop(ubl)
    tree = xml.parse(path, limit=PLENTY)
    assert xml.stylesheet(tree) == "FSO1110A.xsl"
    assert xml.root(path).stylesheet == "FSO1110A.xsl"
    assert b"<?xml-stylesheet" in etree.tostring(tree)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_a_declared_or_marked_encoding_is_read(drop, encoding):
    declared = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    path = drop(f'<?xml version="1.0" encoding="{declared}"?><a>été</a>'.encode(encoding))
    assert xml.root(path).tag == "a"
    assert xml.parse(path, limit=PLENTY).getroot().text == "été"
    assert xml.stream(path, limit=PLENTY).tree.getroot().text == "été"


@pytest.mark.parametrize("read", [xml.parse, xml.stream])
@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        (b"", "IRR_VIDE_F", ""),
        (b"<a>\n<b></a>", "IRR_SYNTAX", "line 2, column 8"),
        (b"<a>" + b" " * 2000 + b"</a>", "IRR_TAILLE_F", ""),
        (b"no xml at all", "IRR_SYNTAX", "line 1, column 1"),
        (b"<?xml version='1.0' encoding='klingon'?><a/>", "IRR_SYNTAX", None),
        (b"<a>\xff\xfe</a>", "IRR_SYNTAX", None),
        (b"<a>&nothing;</a>", "IRR_SYNTAX", None),
        (b"<a/><b/>", "IRR_SYNTAX", None),
        (b"<a", "IRR_SYNTAX", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(drop, refused, read, data, code, where):
    error = refused(read, drop(data), limit=1000)
    assert error.code == code
    assert where is None or error.where == where


@pytest.mark.parametrize("read", [xml.parse, xml.stream, xml.parse_shortened])
@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a [<!ENTITY x "harmless">]>',
        '<!DOCTYPE a [<!ENTITY y "yyyyyyyyyy"><!ENTITY x "&y;&y;&y;&y;">]>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p; <!ENTITY x "">]>',
        "<!DOCTYPE a>",
    ],
)
def test_a_document_type_is_refused_whatever_it_declares(drop, refused, read, declaration):
    body = "<a>&x;</a>" if "x " in declaration else "<a/>"
    error = refused(read, drop(f"<?xml version='1.0'?>{declaration}{body}".encode()), limit=PLENTY)
    assert error.code == "IRR_SYNTAX"


def test_entities_that_multiply_are_refused_at_once(drop, refused):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    data = f'<!DOCTYPE a [<!ENTITY l0 "{"l" * 50}">{laughs}]><a>&l9;</a>'.encode()
    for read in (xml.parse, xml.stream, xml.parse_shortened):
        assert refused(read, drop(data), limit=PLENTY).code == "IRR_SYNTAX"


def test_a_file_without_root_in_its_first_megabyte_is_refused(drop, refused):
    assert refused(xml.root, drop(b"<!-- -->" * 200_000 + b"<a/>")).code == "IRR_SYNTAX"


def test_the_stream_keeps_the_head_and_drops_lines_and_attachments(drop, ubl):
    head, _, tail = ubl.partition(b"<cac:InvoiceLine>")
    line = b"<cac:InvoiceLine>" + tail.partition(b"</cac:InvoiceLine>")[0] + b"</cac:InvoiceLine>\n"
    blob = b"<cbc:EmbeddedDocumentBinaryObject>QUJD</cbc:EmbeddedDocumentBinaryObject>"
    tree = xml.stream(drop(head + blob + line * 500 + b"</Invoice>"), limit=PLENTY).tree
    left = etree.tostring(tree)
    assert b"F2026-001" in left
    assert left.count(b"InvoiceLine") == 1
    assert b"QUJD" not in left


def test_the_stream_says_nothing_about_a_valid_file(drop, schema):
    streamed = xml.stream(drop(b"<a>" + b"<n>1</n>\n" * 20_000 + b"</a>"), limit=PLENTY, schema=schema)
    assert streamed.violations == ()
    assert not streamed.truncated


def test_a_violation_has_its_line_path_and_message(drop, schema):
    data = b"<a>\n<n>1</n>\n<n>2</n>\n<n>three</n>\n<x/></a>"
    violations = xml.stream(drop(data), limit=PLENTY, schema=schema).violations
    assert [(it.line, it.path) for it in violations] == [(4, "/a/n[3]"), (5, "/a/x")]
    assert "three" in violations[0].message


def test_violations_stop_at_the_cap(drop, schema):
    streamed = xml.stream(drop(b"<a>" + b"<n>bad</n>" * 100_000 + b"</a>"), limit=PLENTY, schema=schema)
    assert len(streamed.violations) == CAP
    assert streamed.truncated


def test_a_file_cut_short_is_never_valid_wherever_the_cut(drop, refused, schema):
    whole = b"<a>" + b"<n>1</n>" * 10 + b"<b>QUJD</b></a>"
    for length in range(1, len(whole)):
        assert refused(xml.stream, drop(whole[:length]), limit=PLENTY, schema=schema).code == "IRR_SYNTAX"


def test_a_file_that_is_both_invalid_and_malformed_is_refused_for_its_syntax(drop, refused, schema):
    error = refused(xml.stream, drop(b"<a>\n<x/>\n<n>1</a>"), limit=PLENTY, schema=schema)
    assert error.where.startswith("line 3")


def contents(count: int, size: int, shift: int = 0) -> bytes:
    content = b"<cbc:EmbeddedDocumentBinaryObject>" + b"QUJD" * (size // 4) + b"</cbc:EmbeddedDocumentBinaryObject>\n"
    names = b"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    return b'<a xmlns:cbc="' + names + b'">' + b" " * shift + content * count + b"</a>"


def test_what_is_taken_out_is_told_of_each_attachment_wherever_blocks_end(drop):
    size = 400_000
    for shift in (*range(80), *range(65_300, 65_536, 5)):
        short = xml.parse_shortened(drop(contents(3, size, shift)), limit=PLENTY)
        told = [len(node.text) + short.taken[node] for node in short.tree.getroot()]
        assert told == [size] * 3


def base64_runs() -> list[bytes]:
    dice = random.Random(5)
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    runs = []
    for length in (400_000, 400_004, 500_008):
        run = bytes(dice.choices(alphabet, k=length))
        runs += [run, run[:-1] + b"=", run[:-3] + b"Q==", run[:-1], run[:-2] + b"=", run[:-3] + b"R=="]
        runs += [b"\n".join(run[at : at + 76] for at in range(0, length, 76)), run[:90_000] + b"*" + run[90_000:]]
    return runs


@pytest.mark.parametrize(
    "data", [b"<a>" + b"A" * 400_000, b"<a><n>" + b"A" * 400_000 + b"</a>", b"<a/><b/>", b"", b"x"]
)
def test_a_shortened_file_is_refused_as_the_whole_one_is(drop, refused, data):
    codes = {refused(read, drop(data), limit=PLENTY).code for read in (xml.parse, xml.parse_shortened)}
    assert len(codes) == 1


def test_a_shortened_file_may_be_too_large_nonetheless(drop):
    path = drop(contents(3, 400_000))
    assert xml.parse_shortened(path, limit=1000) is None
    assert xml.parse_shortened(path, limit=500_000) is not None


def test_shortening_base64_changes_neither_verdict_nor_line_numbers(drop, schema):
    for run in base64_runs():
        data = b"<a>\n<b>" + run + b"</b>\n</a>"
        whole = etree.fromstring(data, etree.XMLParser(huge_tree=True))
        short = b"".join(blobs.shortened(data[at : at + 65536] for at in range(0, len(data), 65536)))
        assert len(short) < len(data)
        assert short.count(b"\n") == data.count(b"\n")
        assert schema.validate(etree.fromstring(short)) == schema.validate(whole)
        assert bool(xml.stream(drop(data), limit=PLENTY, schema=schema).violations) != schema.validate(whole)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-2022-jp", "utf-7"])
def test_nothing_is_shortened_where_letters_may_not_be_letters(encoding):
    start = f'<?xml version="1.0" encoding="{encoding}"?><a>'.encode("utf-16" if encoding == "utf-16" else "ascii")
    blocks = [start, b"A" * 65536, b"A" * 65536]
    assert list(blobs.shortened(iter(blocks))) == blocks
