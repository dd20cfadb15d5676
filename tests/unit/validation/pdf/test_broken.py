"""How many rules a PDF breaks, as the verdict counts them."""

from __future__ import annotations

import pytest

from edid.validation.catalogue import shipped
from edid.validation.own_packs import Subject, own_said
from edid.validation.pdf.checking import NAME
from edid.validation.standard import Standard
from edid.validation.verdict import PackUsed, Severity
from tests.unit.documents.facturx_pdfs import GUIDELINES, changed, factur_x
from tests.unit.validation.pdf.test_checking import drop_intents, drop_mime


@pytest.fixture
def used(tmp_path):
    """Ask the pack about a PDF, and return it as the verdict lists it."""

    def of(pdf: bytes) -> PackUsed:
        (tmp_path / "invoice.pdf").write_bytes(pdf)
        (pack,) = shipped().named(NAME)
        said = own_said(
            pack, Severity.FATAL, Subject(tmp_path / "invoice.pdf", GUIDELINES["en16931"], lambda: None), Standard()
        )
        assert "FX-PDF-NOT-CHECKED" in {finding.rule for finding in said.findings}
        return said.used

    return of


def test_what_was_not_checked_is_no_broken_rule(used):
    assert used(factur_x()).broken == 0


def test_rules_that_are_broken_count(used):
    assert used(changed(factur_x(), drop_mime, drop_intents)).broken == 2
