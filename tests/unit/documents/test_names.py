from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.documents.names import safe_name, shown, unique_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("facture.pdf", "facture.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\facture.pdf", "facture.pdf"),
        ("C:facture.pdf", "C_facture.pdf"),
        (".bashrc", "bashrc"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("a/", "unnamed"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("com1 .pdf", "_com1 .pdf"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("what? <this>|*.pdf", "what_ _this___.pdf"),
        (" facture. ", "facture"),
        ("\ud800.pdf", "pdf"),
    ],
)
def test_a_name_is_made_safe(text, name):
    assert safe_name(text) == name


def test_a_long_name_keeps_its_extension():
    assert safe_name("é" * 100 + ".pdf", limit=21) == "é" * 8 + ".pdf"
    assert safe_name("a." + "x" * 100, limit=20) == "a." + "x" * 18


@given(st.text(), st.integers(16, 255))
def test_whatever_the_text_the_name_is_one_plain_part(text, limit):
    name = safe_name(text, limit=limit)
    assert name
    assert len(name.encode()) <= limit
    assert not set(name) & set('/\\\0<>:"|?*')
    assert name == name.strip(". ")
    assert unicodedata.is_normalized("NFC", name)
    assert name.isprintable()
    assert safe_name(name, limit=limit) == name


def test_names_taken_are_numbered_whatever_their_case():
    taken: set[str] = set()
    assert unique_name("a.pdf", taken) == "a.pdf"
    assert unique_name("A.PDF", taken) == "A-2.PDF"
    assert unique_name("a.pdf", taken) == "a-3.pdf"


def test_a_numbered_name_stays_within_its_limit():
    taken: set[str] = set()
    names = {unique_name("x" * 16, taken, limit=16) for _ in range(20)}
    assert len(names) == 20
    assert all(len(name) <= 16 for name in names)


@given(st.text())
def test_what_is_shown_can_be_printed_and_stored(text):
    assert shown(text).isprintable()
    assert len(shown(text, limit=20)) <= 20
