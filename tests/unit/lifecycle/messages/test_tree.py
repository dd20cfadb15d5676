"""Free texts are written as XML can hold them."""

from __future__ import annotations

import pytest
from lxml import etree

from edid.lifecycle.messages.tree import Branch, words


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("Déjà vu à 5,5 % & < > \" '", "Déjà vu à 5,5 % & < > \" '"),
        ("a\x00b\x0b\x1f\x7f\x85c", "abc"),
        ("un\r\ndeux\rtrois\tquatre", "un\ndeux\ntrois\tquatre"),
        ("a\ud800b\ufffe\uffff", "ab"),
        ("𝄞 œuvre", "𝄞 œuvre"),
        ("\x00", None),
        ("", None),
    ],
)
def test_what_xml_cannot_hold_is_left_out(given, written):
    root = Branch.root("a")
    root.leaf("b", given)
    root.branch("c", d=given.replace("\t", "").replace("\n", "").replace("\r", ""))
    back = etree.fromstring(root.document())
    assert (back.findtext("b") or None) == written
    assert back.find("c").get("d") == (words(given) or "").replace("\n", "").replace("\t", "")


def test_nothing_is_written_for_nothing():
    root = Branch.root("a")
    root.leaf("b", None)
    assert root.document() == b"<?xml version='1.0' encoding='UTF-8'?>\n<a/>\n"


def test_a_long_text_is_cut_visibly():
    assert words("  un deux trois ", 8) == "un deux…"
    assert words("un deux", 7) == "un deux"
