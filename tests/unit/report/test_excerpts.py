"""Source lines around a finding: the right ones, short ones, whatever the encoding and the size."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest

from edid.errors import RefusedInputError
from edid.report.excerpts import WIDTH, excerpts
from edid.validation.verdict import Finding, Severity


def at(line: int | None, path: str | None = None, found: str | None = None) -> Finding:
    return Finding("R", Severity.FATAL, "m", line, path, found)


def around(source: bytes, *findings: Finding):
    return excerpts(lambda: source, findings)


def texts(lines) -> list[str]:
    return [line.text for line in lines]


TEN = b"".join(b"<l%d/>\n" % n for n in range(1, 11))


@pytest.mark.parametrize(
    ("line", "numbers"),
    [(1, [1, 2, 3]), (5, [3, 4, 5, 6, 7]), (10, [8, 9, 10]), (11, []), (0, []), (-3, [])],
)
def test_two_lines_before_and_after_are_shown_and_the_line_itself_is_marked(line, numbers):
    (lines,) = around(TEN, at(line))
    assert [each.number for each in lines] == numbers
    assert [each.text for each in lines] == [f"<l{number}/>" for number in numbers]
    assert [each.number for each in lines if each.marked] == [line][: len(numbers)]


def test_a_finding_without_line_has_no_excerpt_and_the_others_keep_their_place():
    first, second, third = around(TEN, at(2), at(None), at(9))
    assert [len(lines) for lines in (first, second, third)] == [4, 0, 4]
    assert next(line for line in third if line.marked).text == "<l9/>"


def test_the_last_line_needs_no_line_break_and_a_carriage_return_is_not_shown():
    (lines,) = around(b"<a>\r\n</a>", at(2))
    assert texts(lines) == ["<a>", "</a>"]


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        (' encoding="iso-8859-15"', "iso-8859-15"),
        (' encoding="windows-1252"', "cp1252"),
        (' encoding="UTF-16"', "utf-16"),
        (' encoding="UTF-16"', "utf-16-le"),
        (' encoding="UTF-16"', "utf-16-be"),
    ],
)
def test_the_encoding_of_the_document_is_followed(declared, codec):
    source = f'<?xml version="1.0"{declared}?>\n<a>\nété 12 €\n</a>'.encode(codec)
    (lines,) = around(source, at(3))
    assert texts(lines)[-2] == "été 12 €"


@pytest.mark.parametrize("codec", ["zlib_codec", "rot13", "punycode", "idna", "unicode_escape", "utf-7", "none-such"])
def test_a_codec_that_could_be_abused_is_not_used(codec):
    (lines,) = around(f'<?xml version="1.0" encoding="{codec}"?>\n<a>\\x41</a>'.encode(), at(2))
    assert texts(lines)[-1] == "<a>\\x41</a>"


def test_bytes_that_are_no_text_do_no_harm():
    (lines,) = around(b"<a>\n\xff\xfe\x00\x1b[2J\n</a>", at(2))
    assert lines[1].text.isprintable()
    assert "\\x1b[2J" in lines[1].text


def test_a_long_line_is_cut_around_the_element_when_it_is_certain():
    source = b"<a>" + b"<b>1</b>" * 5_000 + b"<c>\n" + b"<d/>" * 5_000 + b"<e x='1'>wrong</e>" + b"<d/>" * 5_000
    (lines,) = around(source, at(2, "/a/c/e", "wrong"))
    (line,) = [line for line in lines if line.marked]
    assert "<e x='1'>wrong</e>" in line.text
    assert len(line.text) == WIDTH
    assert line.cut_before
    assert line.cut_after


def test_of_many_equal_elements_the_one_with_the_value_is_found():
    source = b"".join(b"<n>%d</n>" % n for n in range(10_000))
    (lines,) = around(source, at(1, "/a/n[5001]", "5000"))
    assert "<n>5000</n>" in lines[0].text


def test_a_place_that_is_not_certain_is_not_guessed():
    source = b"<a>" + b"<n>1</n>" * 10_000 + b"</a>"
    (lines,) = around(source, at(1, "/a/n[77]", "1"))
    assert lines[0].text.startswith("<a><n>")
    assert not lines[0].cut_before


def test_an_attachment_is_not_poured_out():
    source = b"<a>\n<b>" + b"QUJD" * 500_000 + b"</b>\n" + b"QUJDQUJD" * 8 + b"\n</a>"
    (lines,) = around(source, at(2))
    assert all(line.text.count("QUJD") <= 3 for line in lines)


def test_neighbours_are_short_as_well():
    source = b"x" * 10_000 + b"\n<b/>\n" + b"y " * 5_000
    (lines,) = around(source, at(2))
    assert all(len(line.text) <= WIDTH for line in lines)


class Counted(io.BytesIO):
    read_in_all = 0
    largest = 0

    def read(self, size=-1, /):
        block = super().read(size)
        self.read_in_all += len(block)
        self.largest = max(self.largest, len(block))
        return block


def test_a_large_source_is_read_in_blocks_once_no_further_than_needed_and_closed():
    source = Counted(b"<l/>\n" * 1_000_000)
    (lines, _) = excerpts(lambda: source, [at(500_000), at(3)])
    assert next(line.number for line in lines if line.marked) == 500_000
    assert source.read_in_all < 2_600_000
    assert source.largest < 100_000
    assert source.closed


def test_of_one_endless_line_only_the_beginning_is_held():
    source = b"<a>" + b"<b/> " * 4_000_000 + b"</a>\n<c/>"
    stream = io.BytesIO(source)
    tracemalloc.start()
    try:
        (lines,) = excerpts(lambda: stream, [at(2)])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [len(line.text) for line in lines] == [WIDTH, 4]
    assert peak < len(source) // 4


def test_a_pdf_shows_nothing_as_the_lines_are_those_of_the_xml_inside():
    assert around(b"%PDF-1.7\n1\n2\n3\n", at(2)) == [()]


def test_a_source_that_is_gone_shows_nothing(tmp_path: Path):
    assert excerpts((tmp_path / "gone").open, [at(1)]) == [()]  # type: ignore[arg-type]

    def refuses() -> bytes:
        raise RefusedInputError("gone", code="EDID_READ_ERROR", remedy="none")

    assert excerpts(refuses, [at(1)]) == [()]


def test_an_empty_source_shows_nothing():
    assert around(b"", at(1)) == [()]
