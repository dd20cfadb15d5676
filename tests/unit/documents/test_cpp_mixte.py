from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from edid.documents import cpp_mixte
from edid.documents.identify import identify
from edid.documents.kinds import Kind
from edid.documents.reading import read, read_tree
from edid.documents.xml import parse

PDF = b"%PDF-1.7 the invoice"


@pytest.fixture
def mixte(pivot):
    """Make a CPPFactureMixte of one invoice with attachments."""

    def make(*attachments):
        data = pivot(*attachments).replace(b"CPPFacturePivot", b"CPPFactureMixte").replace(b"FEN0036A", b"FSO1113A")
        return data.replace(b"TVAs>", b"TVAS>").replace(b' Version="V2_02"', b"")

    return make


def test_the_facts_and_the_pdf_of_a_mixed_invoice_are_read(drop, work, mixte, zipped, limits):
    reading = read(drop(mixte(("F1.pdf", zipped(("inside.pdf", PDF))))), work, limits)
    (invoice,) = reading.invoices
    assert (reading.kind, reading.interface_hint, reading.envelope_flow_id) == (Kind.CPP_MIXTE, "FSO1113A", "CPP0001")
    assert reading.facts == invoice.facts
    assert (invoice.facts.number, invoice.facts.issue_date) == ("F1", date(2026, 11, 20))
    assert (invoice.facts.vat_total, invoice.facts.engagement) == (Decimal("25.50"), "E1")
    assert [(it.name, it.path.read_bytes()) for it in invoice.attachments] == [("F1.pdf", PDF)]


def test_several_invoices_have_their_facts_each_and_none_together(drop, work, mixte, limits):
    data = mixte()
    start, end = data.index(b"<CPPFactureMixteUnitaire"), data.index(b"</CPPFactures>")
    one = data[start:end]
    several = data[:start] + one + one.replace(b"<Id>F1", b"<Id>F2") + data[end:]
    reading = cpp_mixte.read(drop(several), work, limits)
    assert [it.facts.number for it in reading.invoices] == ["F1", "F2"]
    assert reading.facts is None


@pytest.mark.parametrize("data", [b"<CPPFactureMixte/>", b"<CPPFactureMixte><CPPFactures/></CPPFactureMixte>"])
def test_an_empty_one_holds_no_invoice(drop, work, limits, data):
    assert identify(drop(data)) is Kind.CPP_MIXTE
    assert cpp_mixte.read(drop(data), work, limits).invoices == ()


def test_one_that_breaks_off_is_refused(drop, work, mixte, limits, refused):
    assert refused(cpp_mixte.read, drop(mixte()[:900]), work, limits).code == "IRR_SYNTAX"


def test_it_is_not_read_from_a_tree(drop, mixte):
    with pytest.raises(ValueError, match="not read from a tree"):
        read_tree(parse(drop(mixte()), limit=10**6), Kind.CPP_MIXTE)
