"""The words of the rule files about a rule, read when they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from edid.validation.official import installed, official
from tests.unit.validation.explanations.conftest import ids_of

XSLT = """<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:svrl="http://purl.oclc.org/dsdl/svrl">
<xsl:template match="/">{asserts}</xsl:template></xsl:stylesheet>"""
WRITTEN = '<svrl:failed-assert id="{id}"><svrl:text>{text}</svrl:text></svrl:failed-assert>'
PUT = """<svrl:failed-assert test="x"><xsl:attribute name="id">{id}</xsl:attribute><xsl:attribute name="flag">fatal
</xsl:attribute><svrl:text>{text}</svrl:text></svrl:failed-assert>"""


def _sheet(path: Path, *asserts: str) -> Path:
    path.write_text(XSLT.format(asserts="".join(asserts)))
    return path


@pytest.mark.parametrize("how", [WRITTEN, PUT])
def test_the_message_is_read_with_values_left_open(tmp_path: Path, how: str) -> None:
    text = 'Sum is <xsl:value-of select="."/>,\n   not &lt;value-of select="$x"/&gt;.'
    sheet = _sheet(tmp_path / "a.xslt", how.format(id="BR-1", text=text), how.format(id="BR-12", text="Other."))
    assert official("BR-1", [sheet]) == (("a.xslt", "Sum is …, not …."),)
    assert official("br-12", [sheet]) == (("a.xslt", "Other."),)


def test_a_family_gathers_its_members_and_those_that_bear_another_name(tmp_path: Path) -> None:
    rows = ("BR-FR-30_BT-128", "BR-FR-30_BT-21", "BR-FR-31_BT-21", "BR-FR-3_BT-1")
    sheet = _sheet(tmp_path / "fr.xslt", *(WRITTEN.format(id=row, text=f"About {row}.") for row in rows))
    assert [message for _, message in official("BR-FR-30", [sheet])] == ["About BR-FR-30_BT-128."]
    assert [message for _, message in official("BR-FR-31", [sheet])] == [
        "About BR-FR-30_BT-21.",
        "About BR-FR-31_BT-21.",
    ]
    assert [message for _, message in official("BR-FR-30_BT-21", [sheet])] == ["About BR-FR-30_BT-21."]


def test_a_rule_that_shares_its_explanation_does_not_borrow_the_messages_of_the_others(tmp_path: Path) -> None:
    sheet = _sheet(tmp_path / "en.xslt", *(WRITTEN.format(id=row, text=row) for row in ("BR-S-02", "BR-E-02")))
    assert official("BR-S-02", [sheet]) == (("en.xslt", "BR-S-02"),)


def test_a_file_that_is_absent_broken_or_hostile_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "cut.xslt").write_text("<a>BR-1")
    bomb = (
        '<!DOCTYPE a [<!ENTITY e "BR-1">]><svrl:text xmlns:svrl="http://purl.oclc.org/dsdl/svrl">BR-1 &e;</svrl:text>'
    )
    (tmp_path / "bomb.xslt").write_text(bomb)
    silent = _sheet(tmp_path / "silent.xslt", '<svrl:failed-assert id="BR-1"/>')
    paths = [tmp_path / "none.xslt", tmp_path / "cut.xslt", tmp_path / "bomb.xslt", tmp_path]
    assert official("BR-1", paths) == ()
    assert official("BR-1", [silent]) == ()


@pytest.mark.parametrize("rule", ["", "BR", "BR-FR", "\udcff", "_"])
def test_what_is_no_rule_has_no_message(rule: str) -> None:
    assert official(rule, installed()) == ()


@pytest.mark.parametrize("sheet", ["EN16931-UBL-validation.xslt", "BR-FR-Flux2-Schematron-CII.xslt"], indirect=True)
def test_every_rule_of_an_installed_file_has_its_message(sheet: Path) -> None:
    for rule in sorted(ids_of(sheet))[::40]:
        messages = official(rule, [sheet])
        assert messages, rule
        assert all(file == sheet.name and message for file, message in messages), rule


def test_the_installed_rule_files_are_found_without_loading_their_packages() -> None:
    names = {path.name for path in installed()}
    assert {"EN16931-UBL-validation.xslt", "BR-FR-Flux2-Schematron-UBL.xslt"} <= names
