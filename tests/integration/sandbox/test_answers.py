"""What the platform says, by our own schemas."""

from __future__ import annotations

import base64
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from edid import resources
from edid.config.settings import Limits
from edid.documents.kinds import Facts
from edid.flows.names import FlowName, parse_lenient, parse_strict
from edid.sandbox.answers import (
    FLOW_LABELS,
    INVOICE_LABELS,
    Fault,
    StatusLine,
    flow_report,
    invoice_statuses,
)
from edid.sandbox.invoices.cii import write_cii
from edid.sandbox.invoices.content import example_invoice
from edid.sandbox.invoices.facturx import write_factur_x
from edid.sandbox.invoices.ubl import write_ubl
from edid.sandbox.ledger import ANSWERED
from edid.sandbox.offers import Offers
from edid.sandbox.pivot import pivot
from edid.sandbox.receiver import Syntax, deposit_direct, deposit_pivot, incoming_invoices
from edid.validation.judging import judge_file
from edid.validation.verdict import Outcome

AT = datetime(2026, 9, 15, 8, 30, tzinfo=UTC)
OURS = parse_strict("FSO1100A_AAA123_AAA1231100000000000000042")
REPORT = FlowName("CSO1100A", "AAA123", "CPP001", "1100", "000000000000001")
PIVOT = FlowName("FEN0036A", "AAA123", "CPP001", "0036", "000000000000007")

text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60).filter(
    lambda value: "\ufffe" not in value and "\uffff" not in value
)


@cache
def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(resources.folder("schemas") / name))


def valid(document: bytes, name: str) -> etree._Element:
    tree = etree.fromstring(document, etree.XMLParser(huge_tree=True))
    schema(name).assertValid(tree)
    return tree


@pytest.mark.parametrize("code", FLOW_LABELS)
def test_every_flow_report_is_valid_and_names_the_flow(code):
    faults = [Fault("IRR_SYNTAX", "Le document est mal formé.", "ligne 3"), Fault("X", "y")] if code > "92" else []
    tree = valid(flow_report(REPORT, OURS, code, AT, faults), "CPPStatut_V1_19.xsd")
    assert tree.findtext(".//IdStatut") == code
    assert tree.findtext(".//IdFlux") == "AAA1231100000000000000042"
    assert tree.xpath("//ParametreIndiv[Code='IdFlx']/Valeurparametre/text()") == ["CPP0011100000000000000001"]
    assert tree.findtext(".//Recepteur/Id") == "AAA123"
    assert tree.findtext(".//Emetteur/Id") == "CPP001"
    assert [each.text for each in tree.iter("CodeErreur")] == [fault.code for fault in faults]


@given(
    st.lists(
        st.builds(
            StatusLine,
            st.sampled_from(sorted(INVOICE_LABELS)),
            st.builds(
                Facts,
                number=text | st.none(),
                issue_date=st.dates(date(2000, 1, 1)) | st.none(),
                seller_id=st.sampled_from([None, "00010842300013", "000108423", "DE123", "x"]),
                seller_vat=st.sampled_from([None, "FR84000108423", "DE123456789"]),
                seller_name=text | st.none(),
                buyer_id=text | st.none(),
                buyer_name=text | st.none(),
                service_code=st.text("abc-_ é", max_size=150) | st.none(),
            ),
            text | st.none(),
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=60, deadline=None)
def test_invoice_statuses_are_valid_whatever_the_invoice_says(lines):
    flow = FlowName("FEN1200A", "AAA123", "CPP001", "1200", "000000000000001")
    tree = valid(invoice_statuses(flow, lines, AT), "CPPStatut_V1_19.xsd")
    assert [each.text for each in tree.iter("IdStatut")] == [line.code for line in lines]


def test_a_pivot_is_valid_and_carries_the_original_and_a_readable_pdf():
    invoices = [
        *incoming_invoices(4, date(2026, 9, 14)),
        example_invoice("AV/1", date(2026, 9, 14), credit_of="F-1", amount=Decimal(100)),
    ]
    written = pivot(PIVOT, invoices, AT)
    assert written == pivot(PIVOT, invoices, AT)
    tree = valid(written, "CPPFacturePivot_V2_02.xsd")
    assert [each.text for each in tree.iter("Id") if each.getparent().tag == "DonneesFacture"] == [
        invoice.number for invoice in invoices
    ]
    for unit in tree.iter("CPPFacturePivotUnitaire"):
        original, readable = (unpacked(attachment) for attachment in unit.iter("PJ"))
        assert etree.QName(etree.fromstring(original)).localname in {"Invoice", "CreditNote"}
        with pikepdf.open(io.BytesIO(readable)) as pdf:
            assert len(pdf.pages) == 1


def unpacked(attachment: etree._Element) -> bytes:
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(attachment.findtext("Contenu")))) as archive:
        assert archive.namelist() == [attachment.findtext("NomPJ")]
        return archive.read(archive.namelist()[0])


def test_a_pivot_agrees_with_the_format_of_the_platform(corpus):
    official = etree.XMLSchema(file=str(corpus / "chorus" / "xsd" / "CPPFacturePivot_V2_02.xsd"))
    official.assertValid(etree.fromstring(pivot(PIVOT, incoming_invoices(3, date(2026, 9, 14)), AT)))


def test_statuses_agree_with_the_format_of_the_platform(corpus):
    official = etree.XMLSchema(file=str(corpus / "chorus" / "xsd" / "CPPStatutPivot_V1_19.xsd"))
    official.assertValid(etree.fromstring(flow_report(REPORT, OURS, "96", AT, [Fault("IRR_SYNTAX", "x")])))
    facts = Facts(number="F-1", seller_id="00010842300013", buyer_id="00020317400016")
    lines = [StatusLine(code, facts) for code in INVOICE_LABELS]
    official.assertValid(etree.fromstring(invoice_statuses(REPORT, lines, AT)))


def test_deposited_pivots_are_named_by_the_platform_and_witnessed(tmp_path):
    offers = Offers(tmp_path)
    names = [deposit_pivot(offers, "AAA123", count, at=AT) for count in (1, 3)]
    assert names == [
        "FEN0036A_AAA123_CPP0010036000000000000001",
        "FEN0036A_AAA123_CPP0010036000000000000002",
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert [event["name"] for event in offers.ledger.events(ANSWERED)] == names
    valid((tmp_path / "out" / names[1]).read_bytes(), "CPPFacturePivot_V2_02.xsd")


def test_numbers_are_never_given_twice_not_even_by_two_programs(tmp_path):
    first, second = Offers(tmp_path), Offers(tmp_path)
    names = [deposit_pivot(offers, "AAA123", 1, at=AT) for _ in range(25) for offers in (first, second)]
    names += [deposit_pivot(Offers(tmp_path), "AAA123", 1, at=AT)]
    assert len(set(names)) == 51
    assert len(list((tmp_path / "out").iterdir())) == 51


def test_invoices_can_be_handed_over_as_they_are(tmp_path):
    offers = Offers(tmp_path, extension=".xml")
    for syntax, start in ((Syntax.UBL, b"<?xml"), (Syntax.CII, b"<?xml"), (Syntax.FACTUR_X, b"%PDF")):
        for name in deposit_direct(offers, "AAA123", 2, syntax, at=AT):
            flow = parse_lenient(name)
            assert flow is not None
            assert flow.application == "AAA123"
            assert (tmp_path / "out" / name).read_bytes().startswith(start)
    assert len(list((tmp_path / "out").iterdir())) == 6


def test_edid_reads_what_the_platform_hands_over(tmp_path):
    offers = Offers(tmp_path)
    invoices = incoming_invoices(3, date(2026, 9, 14))
    (work := tmp_path / "work").mkdir()
    judged = judge_file(tmp_path / "out" / deposit_pivot(offers, "AAA123", invoices, at=AT), work, Limits())
    assert judged.verdict.outcome is Outcome.VALID
    assert judged.reading is not None
    assert [read.facts.number for read in judged.reading.invoices] == [each.number for each in invoices]
    for read, invoice in zip(judged.reading.invoices, invoices, strict=True):
        assert read.faults == ()
        assert (read.facts.seller_id, read.facts.buyer_id) == (invoice.seller.siret, invoice.buyer.siret)
        assert (read.facts.net_total, read.facts.gross_total) == (invoice.net_total, invoice.gross_total)
        assert [attachment.role for attachment in read.attachments] == ["01", "02"]
        assert [Path(each.name).suffix for each in read.attachments] == [".xml", ".pdf"]


@pytest.mark.parametrize("write", [write_ubl, write_cii, write_factur_x])
@pytest.mark.parametrize("credit_of", [None, "F-0"])
def test_edid_reads_the_facts_of_an_example(tmp_path, write, credit_of):
    invoice = example_invoice("F-1", date(2026, 9, 14), lines=4, credit_of=credit_of)
    (file := tmp_path / "document").write_bytes(write(invoice))
    (work := tmp_path / "work").mkdir()
    judged = judge_file(file, work, Limits())
    assert judged.verdict.outcome is Outcome.VALID, judged.verdict
    assert judged.reading is not None
    facts = judged.reading.facts
    assert facts is not None
    assert (facts.number, facts.issue_date, facts.type_code) == ("F-1", invoice.issue_date, invoice.type_code)
    assert (facts.seller_id, facts.seller_vat) == (invoice.seller.siret, invoice.seller.vat)
    assert facts.buyer_id == invoice.buyer.siret
    assert (facts.service_code, facts.engagement, facts.frame) == ("ACHATS", "EJ-2026-0042", "A1")
    assert (facts.net_total, facts.vat_total) == (invoice.net_total, invoice.vat_total)
    assert (facts.gross_total, facts.payable) == (invoice.gross_total, invoice.gross_total)
    assert facts.original_number == credit_of
