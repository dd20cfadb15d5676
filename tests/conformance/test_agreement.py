"""What edid does to an official stylesheet before it runs it changes nothing that the stylesheet says.

Compared with plain SaxonC on the unmodified file: the rules, their severity, their words and order, how many rules met
something, the place of every objection, and the documents on which the stylesheet itself breaks off.
"""

from __future__ import annotations

from edid.documents.kinds import Kind
from tests.conformance.agreement import compared, differences, stylesheets
from tests.conformance.documents import spoiled, units, whole

_SPOILED = 120


def test_every_stylesheet_says_of_every_whole_document_what_it_always_said(corpus, tmp_path):
    found = compared(whole(corpus, tmp_path), tmp_path)
    assert differences(found) == []
    asked = {each.name for kind in Kind for each in stylesheets(kind) if kind is not Kind.FACTUR_X}
    assert found.keys() == asked
    assert sum(each.objections for each in found.values()) > 2500


def test_every_stylesheet_says_of_the_units_of_cen_what_it_always_said(corpus, tmp_path):
    found = compared(units(corpus, tmp_path), tmp_path)
    assert differences(found) == []
    assert found["EN16931-UBL"].pairs == 1131
    assert len(found["EN16931-UBL"].rules) > 200


def test_every_stylesheet_says_of_spoiled_documents_what_it_always_said(corpus, tmp_path):
    found = compared(spoiled(corpus, tmp_path, _SPOILED), tmp_path)
    assert differences(found) == []
    assert sum(each.broke_off for each in found.values()) > 20, "some must break the rules themselves"
