"""What a document says is shown safely, on one line, and never at any length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from edid.report.printable import PATH, shown, shown_path, visible
from tests.unit.report.verdicts import HOSTILE


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\udce9.xml", "\\xe9.xml"),
        ("\U000e0041", "\\U000e0041"),
        ("a\x00", "a\\x00"),
        ("\ufeffF-1", "\\ufeffF-1"),
        ("Été à 1\u202f234,56 €", "Été à 1\u202f234,56 €"),
        ("1\xa0234", "1\xa0234"),
    ],
)
def test_what_steers_or_hides_is_written_out_and_the_rest_stays(text, seen):
    assert visible(text) == seen


def test_a_value_stays_on_one_line():
    assert shown(" a\r\n\tb  c ") == "a b c"


def test_what_is_cut_is_counted():
    assert shown("x" * 1_500, 100) == "x" * 100 + "… (+1,400)"


def test_of_a_long_path_the_end_is_kept():
    cut = shown_path("/a" * 10_000 + "/cbc:ID")
    assert cut.startswith("…")
    assert cut.endswith("/cbc:ID")
    assert len(cut) <= PATH + 1


@given(st.text(st.characters(), max_size=80))
def test_whatever_is_shown_can_stand_in_xml_and_on_a_terminal(text):
    out = shown(text)
    element = etree.Element("a")
    element.text = out
    assert (etree.fromstring(etree.tostring(element)).text or "") == out
    assert out.encode().decode() == out
    assert not any(sign < " " or "\x7f" <= sign <= "\x9f" or "\u202a" <= sign <= "\u202e" for sign in out)


def test_a_hostile_text_becomes_one_harmless_line():
    assert shown(HOSTILE).isprintable()
