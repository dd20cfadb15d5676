"""What is read from where, alike in UBL and CII."""

from __future__ import annotations

import base64
from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest

from edid.documents.kinds import Kind
from edid.documents.particulars.model import Datum
from edid.documents.particulars.reading import read
from edid.sandbox.invoices import cii_invoice, ubl_credit_note, ubl_invoice

DAY = date(2026, 9, 1)
UBL, CII = ubl_invoice("F-1", DAY), cii_invoice("F-1", DAY)


def values(thing):
    """Return `thing` with every datum reduced to its value: what must not depend on the syntax."""
    if isinstance(thing, Datum):
        return thing.value
    return tuple(values(each) for each in thing) if isinstance(thing, tuple) else thing


def test_ubl_and_cii_tell_the_same_particulars(particulars):
    ubl, cii = particulars(UBL), particulars(CII)
    alike = {field.name for field in fields(ubl)} - {"syntax", "issue_date", "seller", "buyer", "amounts"}
    assert {name: values(getattr(ubl, name)) for name in alike} == {name: values(getattr(cii, name)) for name in alike}
    for party in ("seller", "buyer"):
        one, other = getattr(ubl, party), getattr(cii, party)
        for name in ("name", "street", "city", "country"):
            assert getattr(one, name).value == getattr(other, name).value
    assert {each.value for each in ubl.amounts} == {each.value for each in cii.amounts}


def test_the_particulars_of_an_example(particulars):
    it = particulars(UBL)
    assert (it.number.value, it.issue_date.value, it.type_code.value) == ("F-1", "2026-09-01", "380")
    assert (it.currency.value, it.frame.value, it.profile.value) == ("EUR", "A1", "urn:cen.eu:en16931:2017")
    assert (it.service_code.value, it.engagement.value, it.contract) == ("ACHATS", "EJ-2026-0042", None)
    assert [each.value for each in it.payment_means] == ["30"]
    assert [(each.scheme, each.value[:12]) for each in it.notes] == [
        ("PMT", "Indemnite fo"),
        ("PMD", "Penalites de"),
        ("AAB", "Pas d'escomp"),
    ]
    assert [(each.value, each.scheme) for each in it.seller.identifiers] == [
        ("00010842300013", "0009"),
        ("000108423", "0002"),
    ]
    assert it.seller.legal == it.seller.identifiers[1:]
    assert (it.line_count, it.payable, it.unseen) == (3, Decimal("405.63"), ())
    assert (it.is_credit_note, it.validator, it.payee, it.supplements) == (False, None, None, ())


def test_lines_and_paths_lead_to_the_datum(particulars):
    it = particulars(UBL)
    assert it.number.path == "/Invoice/cbc:ID"
    assert UBL.splitlines()[it.number.line - 1].strip() == b"<cbc:ID>F-1</cbc:ID>"
    assert [each.path for each in it.notes] == [f"/Invoice/cbc:Note[{number}]" for number in (1, 2, 3)]
    identifier = it.seller.identifiers[0].path
    assert identifier == "/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID"
    total = "/Invoice/cac:TaxTotal/cac:TaxSubtotal[2]/cbc:TaxAmount"
    assert total in {each.path for each in it.amounts}


def test_prefixes_are_those_of_the_document(particulars):
    renamed = CII.replace(b"ram:", b"zz:").replace(b"xmlns:ram", b"xmlns:zz")
    assert particulars(renamed).number.path == "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/zz:ID"


def test_credit_notes_are_known_by_their_root_or_type(particulars):
    assert particulars(ubl_credit_note("A-1", DAY, credit_of="F-1")).is_credit_note
    assert particulars(cii_invoice("A-1", DAY, credit_of="F-1")).is_credit_note
    assert particulars(UBL.replace(b">380<", b">381<")).is_credit_note
    assert particulars(UBL.replace(b"cbc:InvoiceTypeCode", b"cbc:Other")).is_credit_note is False


@pytest.mark.parametrize("kind", [Kind.CPP_STATUT, Kind.CPP_PIVOT, Kind.CDAR, Kind.ARCHIVE])
def test_other_kinds_have_no_particulars(parsed, kind):
    assert read(parsed(UBL), kind) is None


def test_a_factur_x_is_read_as_the_cii_inside_it(parsed):
    assert read(parsed(CII), Kind.FACTUR_X) == read(parsed(CII), Kind.CII)


def test_comments_do_not_cut_a_value(particulars):
    it = particulars(UBL.replace(b">F-1<", b">F<!-- the year -->-1<", 1))
    assert it.number.value == "F-1"


def test_the_valideur_is_found_in_both_syntaxes(particulars):
    party = b"<cac:PartyIdentification><cbc:ID schemeName='1'>73282932000074</cbc:ID></cac:PartyIdentification>"
    provider = b"<cac:ServiceProviderParty><cac:Party>" + party + b"</cac:Party></cac:ServiceProviderParty>"
    head, tail = UBL.split(b"<cac:AccountingCustomerParty>", 1)
    ubl = head + b"<cac:AccountingCustomerParty>" + tail.replace(b"</cac:Party>", provider + b"</cac:Party>", 1)
    legal = (
        b"<ram:SpecifiedLegalOrganization><ram:ID schemeID='1'>73282932000074</ram:ID></ram:SpecifiedLegalOrganization>"
    )
    currency = b"<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"
    cii = CII.replace(currency, currency + b"<ram:InvoiceeTradeParty>" + legal + b"</ram:InvoiceeTradeParty>")
    for data in (ubl, cii):
        (identifier,) = particulars(data).validator.identifiers
        assert (identifier.value, identifier.scheme) == ("73282932000074", "1")


def cii_reference(inside: str) -> bytes:
    reference = f"<ram:AdditionalReferencedDocument>{inside}</ram:AdditionalReferencedDocument>".encode()
    return CII.replace(b"</ram:ApplicableHeaderTradeAgreement>", reference + b"</ram:ApplicableHeaderTradeAgreement>")


def ubl_reference(inside: str) -> bytes:
    reference = f"<cac:AdditionalDocumentReference>{inside}</cac:AdditionalDocumentReference>".encode()
    return UBL.replace(b"<cac:AccountingSupplierParty>", reference + b"<cac:AccountingSupplierParty>", 1)


PDF = base64.b64encode(b"%PDF-1.7").decode()


@pytest.mark.parametrize(
    "data",
    [
        ubl_reference(
            "<cbc:ID>devis.pdf</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode='application/pdf'"
            f" filename='Devis 1.pdf'>{PDF}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
        ),
        cii_reference(
            "<ram:IssuerAssignedID>devis.pdf</ram:IssuerAssignedID><ram:AttachmentBinaryObject"
            f" mimeCode='application/pdf' filename='Devis 1.pdf'>{PDF}</ram:AttachmentBinaryObject>"
        ),
    ],
)
def test_an_embedded_file_tells_its_name_size_and_form(particulars, data):
    (it,) = particulars(data).supplements
    assert (it.name.value, it.reference.value, it.filename.value) == ("devis.pdf", "devis.pdf", "Devis 1.pdf")
    assert (it.mime.value, it.embedded, it.size, it.form, it.zip_members) == ("application/pdf", True, 8, "pdf", None)
    assert it.filename.path.endswith("BinaryObject/@filename")


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (ubl_reference("<cbc:ID>T</cbc:ID>"), 1),
        (ubl_reference("<cbc:ID>T</cbc:ID><cbc:DocumentTypeCode>916</cbc:DocumentTypeCode>"), 1),
        (ubl_reference("<cbc:ID>T</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>"), 0),
        (ubl_reference("<cbc:ID>T</cbc:ID><cbc:DocumentTypeCode>50</cbc:DocumentTypeCode>"), 0),
        (cii_reference("<ram:IssuerAssignedID>T</ram:IssuerAssignedID><ram:TypeCode>916</ram:TypeCode>"), 1),
        (cii_reference("<ram:IssuerAssignedID>T</ram:IssuerAssignedID><ram:TypeCode>130</ram:TypeCode>"), 0),
        (cii_reference("<ram:IssuerAssignedID>T</ram:IssuerAssignedID>"), 0),
        (cii_reference(f"<ram:AttachmentBinaryObject>{PDF}</ram:AttachmentBinaryObject>" * 2), 2),
    ],
)
def test_tenders_and_objects_are_no_supporting_documents(particulars, data, count):
    assert len(particulars(data).supplements) == count


def test_long_data_of_lines_are_found_where_they_stand(particulars):
    long_text = b"<cac:Item><cbc:Description>" + b"d" * 1025 + b"</cbc:Description>"
    it = particulars(UBL.replace(b"<cac:Item>", long_text))
    assert [each.path for each in it.item_descriptions_too_long] == [
        f"/Invoice/cac:InvoiceLine[{number}]/cac:Item/cbc:Description" for number in (1, 2, 3)
    ]


def test_long_numbers_on_the_lines_of_credit_notes_are_found(particulars):
    reference = (
        b"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>" + b"9" * 21 + b"</cbc:ID>"
        b"</cac:InvoiceDocumentReference></cac:BillingReference><cac:Item>"
    )
    it = particulars(ubl_credit_note("A-1", DAY, credit_of="F-1").replace(b"<cac:Item>", reference))
    assert it.line_count == len(it.line_preceding_too_long) == 3
    assert [each.value for each in it.preceding] == ["F-1"]
