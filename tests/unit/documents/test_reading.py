from __future__ import annotations

import gzip

import pytest
from lxml import etree

from edid.config.settings import Limits
from edid.documents import xml
from edid.documents.kinds import Kind
from edid.documents.reading import read, read_tree


def test_each_kind_fills_the_parts_that_fit_it(drop, work, limits, ubl, cii, pdf, pivot):
    reading = read(drop(ubl), work, limits)
    assert (reading.kind, reading.facts.number, reading.interface_hint) == (Kind.UBL_INVOICE, "F2026-001", "FSO1110A")
    reading = read(drop(cii), work, limits)
    assert (reading.kind, reading.facts.number, reading.interface_hint) == (Kind.CII, "C2026-5", None)
    reading = read(drop(pdf(cii)), work, limits)
    assert (reading.kind, reading.facts.number) == (Kind.FACTUR_X, "C2026-5")
    reading = read(drop(pivot()), work, limits)
    assert (reading.kind, reading.facts, len(reading.invoices)) == (Kind.CPP_PIVOT, None, 1)
    assert reading.interface_hint == "FEN0036A"
    reading = read(drop(b"<CPPStatut><CPPFluxStatuts/></CPPStatut>"), work, limits)
    assert (reading.kind, reading.flow_statuses) == (Kind.CPP_STATUT, ())
    reading = read(drop(gzip.compress(ubl)), work, limits)
    assert (reading.kind, [it.name for it in reading.members]) == (Kind.ARCHIVE, ["dropped"])


def test_a_tree_reads_like_its_file(drop, work, limits, ubl, cii):
    for data, kind in ((ubl, Kind.UBL_INVOICE), (cii, Kind.CII)):
        assert read_tree(etree.fromstring(data).getroottree(), kind) == read(drop(data), work, limits)
    assert read_tree(etree.fromstring(cii).getroottree(), Kind.FACTUR_X).facts.number == "C2026-5"
    assert read_tree(etree.fromstring(b"<x/>").getroottree(), Kind.CDAR).facts is None
    with pytest.raises(ValueError, match="archive"):
        read_tree(etree.fromstring(b"<x/>").getroottree(), Kind.ARCHIVE)


@pytest.mark.parametrize("href", ["https://example.org/xsl/FSO1110A.xsl", "FSO1110A.xsl"])
def test_the_style_sheet_names_the_interface(drop, work, limits, ubl, href):
    assert read(drop(ubl.replace(b"FSO1110A.xsl", href.encode())), work, limits).interface_hint == "FSO1110A"


@pytest.mark.parametrize("href", ["mine.xsl", "FSO1110A.xsl.exe", "../FSO1110A", ""])
def test_another_style_sheet_names_none(drop, work, limits, ubl, href):
    assert read(drop(ubl.replace(b"FSO1110A.xsl", href.encode())), work, limits).interface_hint is None


def test_an_invoice_above_ten_megabytes_has_the_same_facts(drop, work, limits, ubl, cii):
    for data, end in ((ubl, b"</cac:InvoiceLine>"), (cii, b"</ram:IncludedSupplyChainTradeLineItem>")):
        start = data.rindex(b"<", 0, data.index(end) - 20)
        start = data.rindex(end.replace(b"</", b"<"))
        line = data[start : data.index(end) + len(end)]
        large = data.replace(line, line * (xml.LARGE // len(line) + 1))
        assert len(large) > xml.LARGE
        assert read(drop(large), work, limits) == read(drop(data), work, limits)


def test_a_document_above_the_limit_is_refused(drop, work, refused, ubl, cii, pdf):
    limits = Limits(document_size=1000, flow_size=1000)
    for data in (ubl, pdf(cii), gzip.compress(bytes(range(256)) * 9) * 30):
        assert refused(read, drop(data), work, limits).code == "IRR_TAILLE_F"


def test_a_pdf_that_embeds_something_else_is_refused(drop, work, limits, pdf, ubl, refused):
    for embedded in (ubl, b"<x/>", b"\x89PNG"):
        assert refused(read, drop(pdf(embedded)), work, limits).code == "IRR_TYPE_F"
        (work / "factur-x.xml").unlink()
