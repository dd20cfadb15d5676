"""What edid does to an official stylesheet before it runs it changes nothing that the stylesheet says.

Compared with plain SaxonC on the unmodified file: the rules, their severity, their words and order, how many rules met
something, the place of every objection, and the documents on which the stylesheet itself breaks off. Of CEN's units two
of each file are asked about, and few spoiled documents; `make conformance` asks about all, and many.
"""

from __future__ import annotations

from edid.documents.kinds import Kind
from tests.conformance.agreement import compared, differences, stylesheets
from tests.conformance.documents import spoiled, units, whole

_SPOILED = 100


def test_every_stylesheet_says_what_it_always_said(corpus, tmp_path):
    documents = [
        *whole(corpus, tmp_path),
        *units(corpus, tmp_path, sample=True),
        *spoiled(corpus, tmp_path, _SPOILED),
    ]
    found = compared(documents, tmp_path)  # at once: compiling every stylesheet in both ways takes as long as asking
    assert differences(found) == []
    asked = {each.name for kind in Kind for each in stylesheets(kind) if kind is not Kind.FACTUR_X}
    assert found.keys() == asked
    assert found["EN16931-UBL"].pairs > 500
    assert len(found["EN16931-UBL"].rules) > 200
    assert sum(each.objections for each in found.values()) > 10_000
    assert sum(each.broke_off for each in found.values()) > 20, "some must break the rules themselves"
