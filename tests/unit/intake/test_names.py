"""Names that strangers chose."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.intake.names import TemporaryNames, numbered, plain_file_name, printable

names_on_disk = st.binary(min_size=1, max_size=255).map(
    lambda raw: os.fsdecode(raw.replace(b"/", b"_").replace(b"\0", b"_"))
)


@given(names_on_disk)
def test_any_name_on_disk_becomes_printable_utf_8(name: str) -> None:
    shown = printable(name)
    assert shown.isprintable()
    assert shown.encode()


@given(st.text(max_size=300), st.integers(min_value=40, max_value=235))
def test_any_text_becomes_one_plain_file_name_within_its_room(name: str, room: int) -> None:
    plain = plain_file_name(name, room)
    assert 0 < len(plain.encode()) <= room
    assert "/" not in plain
    assert plain not in {".", ".."}


def test_a_line_break_and_a_latin_1_byte_are_shown_as_percent_codes() -> None:
    assert printable(os.fsdecode(b"caf\xe9\n.xml")) == "caf%E9%0A.xml"
    assert printable("facture d'été.xml") == "facture d'été.xml"


def test_a_number_stands_before_the_extension() -> None:
    assert numbered("invoice.xml", 1) == "invoice.xml"
    assert numbered("invoice.xml", 2) == "invoice-2.xml"
    assert numbered("batch.tar.gz", 3) == "batch-3.tar.gz"
    assert numbered("invoice", 2) == "invoice-2"


def test_a_shortened_name_keeps_its_extension() -> None:
    assert plain_file_name("x" * 300 + ".xml", 50) == "x" * 46 + ".xml"
    assert plain_file_name("a/b/../invoice.xml", 50) == "invoice.xml"
    assert plain_file_name("a/..", 50) == "unnamed"


@pytest.mark.parametrize("name", ["a.tmp", "A.TMP", "a.xml.part", ".a.xml.Xy12", "a\nb.tmp"])
def test_temporary_names_are_recognised(name: str) -> None:
    assert name in TemporaryNames(("*.tmp", "*.part", ".*"))


def test_a_final_name_is_not_temporary() -> None:
    assert "a.tmp.xml" not in TemporaryNames(("*.tmp", "*.part", ".*"))
    assert ".a" not in TemporaryNames(())


@pytest.mark.parametrize("name", ["x" * 251 + ".xml", "é" * 127, "x." + "y" * 253, os.fsdecode(b"\xff" * 255)])
def test_a_numbered_name_is_never_longer_than_a_disk_can_hold(name: str) -> None:
    made = {numbered(name, number) for number in (1, 2, 10, 12345)}
    assert len(made) == 4
    assert all(len(os.fsencode(one)) <= 255 for one in made)
