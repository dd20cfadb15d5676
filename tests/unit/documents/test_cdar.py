"""Reading lifecycle messages: what is missing, unknown or hostile takes nothing away from the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from edid.documents import cdar
from edid.documents.kinds import Characteristic, FlowStatus, InvoiceStatus, Kind, Reason
from edid.documents.reading import read

SPACES = "urn:un:unece:uncefact:data:standard:"
REASON = """<a:SpecifiedDocumentStatus><a:ReasonCode>TX_TVA_ERR</a:ReasonCode><a:Reason> Taux faux </a:Reason>
<a:RequestedActionCode>NIN</a:RequestedActionCode><a:RequestedAction>Corriger</a:RequestedAction>
<a:SequenceNumeric>1</a:SequenceNumeric>
<a:IncludedNote><a:ContentCode>BR-FR-05</a:ContentCode><a:Content>Voir la ligne</a:Content>
<a:SubjectCode>ligne 3</a:SubjectCode></a:IncludedNote>
<a:IncludedNote><a:Content>Et la suite</a:Content><a:SubjectCode>AHN</a:SubjectCode></a:IncludedNote>
<a:SpecifiedDocumentCharacteristic><a:ID>BT-152</a:ID><a:TypeCode>DVA</a:TypeCode><a:Name>Taux</a:Name>
<a:Location>/x</a:Location><a:Value>v</a:Value><a:ValueAmount currencyID="EUR">12.5</a:ValueAmount>
<a:ValuePercent>20.00</a:ValuePercent></a:SpecifiedDocumentCharacteristic></a:SpecifiedDocumentStatus>"""
REFERENCE = f"""<a:ReferenceReferencedDocument><a:IssuerAssignedID>F1</a:IssuerAssignedID>
<a:StatusCode>46</a:StatusCode>
<a:FormattedIssueDateTime><q:DateTimeString format="102">20260701</q:DateTimeString></a:FormattedIssueDateTime>
<a:ProcessConditionCode>207</a:ProcessConditionCode><a:ProcessCondition>En_litige</a:ProcessCondition>
<a:IssuerTradeParty><a:GlobalID schemeID="0088">X</a:GlobalID><a:GlobalID schemeID="0002">100000009</a:GlobalID>
</a:IssuerTradeParty>{REASON}</a:ReferenceReferencedDocument>"""
INVOICE, FLOW = "urn.cpro.gouv.fr:1p0:CDV:invoice", "urn.cpro.gouv.fr:1p0:CDV:flux"


def message(*references: str, guideline: str = INVOICE, at: str = "20260702181500", extra: str = "") -> bytes:
    return f"""\ufeff<?xml version="1.0" encoding="UTF-8"?>
<CrossDomainAcknowledgementAndResponse xmlns="{SPACES}CrossDomainAcknowledgementAndResponse:100"
 xmlns:a="{SPACES}ReusableAggregateBusinessInformationEntity:100" xmlns:q="{SPACES}QualifiedDataType:100"
 xmlns:u="{SPACES}UnqualifiedDataType:100"><ExchangedDocumentContext>
<a:GuidelineSpecifiedDocumentContextParameter><a:ID>{guideline}</a:ID></a:GuidelineSpecifiedDocumentContextParameter>
</ExchangedDocumentContext><ExchangedDocument><a:ID>M-1</a:ID>
<a:IssueDateTime><u:DateTimeString format="204">20260702201500</u:DateTimeString></a:IssueDateTime>{extra}
<a:IssuerTradeParty><a:GlobalID schemeID="0002">200000008</a:GlobalID><a:RoleCode>BY</a:RoleCode></a:IssuerTradeParty>
<a:RecipientTradeParty><a:Name>VENDEUR</a:Name><a:RoleCode>SE</a:RoleCode></a:RecipientTradeParty></ExchangedDocument>
<AcknowledgementDocument><a:TypeCode>23</a:TypeCode>
<a:IssueDateTime><u:DateTimeString format="204">{at}</u:DateTimeString></a:IssueDateTime>{"".join(references)}
</AcknowledgementDocument></CrossDomainAcknowledgementAndResponse>""".encode()


def statuses(data: bytes) -> tuple[InvoiceStatus, ...]:
    return cdar.read_tree(etree.fromstring(data).getroottree()).invoice_statuses


def test_a_status_comes_with_everything_that_the_message_says(drop, work, limits):
    reading = read(drop(message(REFERENCE)), work, limits)
    assert (reading.kind, reading.version, reading.flow_statuses) == (Kind.CDAR, INVOICE, ())
    assert reading.invoice_statuses == (
        InvoiceStatus(
            code="207",
            number="F1",
            at=datetime(2026, 7, 2, 16, 15, tzinfo=UTC),
            invoice_date=date(2026, 7, 1),
            supplier_type="0002",
            supplier_id="100000009",
            supplier_name="VENDEUR",
            debtor_id="200000008",
            label="En_litige",
            comment="BR-FR-05 : Voir la ligne (ligne 3)\nEt la suite",
            reasons=(
                Reason(
                    code="TX_TVA_ERR",
                    text="Taux faux",
                    action_code="NIN",
                    action="Corriger",
                    notes=("BR-FR-05 : Voir la ligne (ligne 3)", "Et la suite"),
                    characteristics=(
                        Characteristic("BT-152", "DVA", "Taux", "/x", "v", Decimal("12.5"), "EUR", Decimal("20.00")),
                    ),
                ),
            ),
            dialect="cdar",
            message_id="M-1",
            phase="23",
            condition="46",
        ),
    )


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("20260702", datetime(2026, 7, 1, 22, tzinfo=UTC)),
        ("202601020815", datetime(2026, 1, 2, 7, 15, tzinfo=UTC)),
        ("20260102081501", datetime(2026, 1, 2, 7, 15, 1, tzinfo=UTC)),
        ("2026-01-02T08:15:01Z", datetime(2026, 1, 2, 8, 15, 1, tzinfo=UTC)),
        ("20251399", datetime(2026, 7, 2, 18, 15, tzinfo=UTC)),  # no date: when the message was made
        ("hier", datetime(2026, 7, 2, 18, 15, tzinfo=UTC)),
    ],
)
def test_a_moment_without_zone_is_french_time(written, read_as):
    assert statuses(message(REFERENCE, at=written))[0].at == read_as


@pytest.mark.parametrize("written", ["20260701", "20260701000000", "2026-07-01"])
def test_the_date_of_the_invoice_may_have_a_time(written):
    assert statuses(message(REFERENCE.replace("20260701", written)))[0].invoice_date == date(2026, 7, 1)


def test_each_document_that_a_message_speaks_of_has_its_status():
    other = REFERENCE.replace(">F1<", ">F2<").replace(">207<", ">204<")
    assert [(it.code, it.number) for it in statuses(message(REFERENCE, other))] == [("207", "F1"), ("204", "F2")]


def test_the_recipient_of_the_document_comes_before_the_buyer_of_the_message():
    recipients = """<a:RecipientTradeParty><a:GlobalID schemeID="0002">300000007</a:GlobalID><a:RoleCode>II</a:RoleCode>
</a:RecipientTradeParty><a:RecipientTradeParty><a:GlobalID schemeID="0009">40000000600001</a:GlobalID>
<a:RoleCode>BY</a:RoleCode></a:RecipientTradeParty>"""
    assert statuses(message(REFERENCE.replace(REASON, recipients + REASON)))[0].debtor_id == "40000000600001"


def test_a_note_of_the_message_serves_where_the_status_has_none():
    note = "<a:IncludedNote><a:Content>Pour mémoire</a:Content></a:IncludedNote>"
    bare = REFERENCE.replace(REASON, "")
    assert [it.comment for it in statuses(message(bare, REFERENCE, extra=note))] == [
        "Pour mémoire",
        "BR-FR-05 : Voir la ligne (ligne 3)\nEt la suite",
    ]


@pytest.mark.parametrize("code", ["500", "501"])
def test_a_word_about_a_file_is_a_status_of_a_flow(code):
    reference = f"""<a:ReferenceReferencedDocument><a:IssuerAssignedID>AAA1231150000000000000042</a:IssuerAssignedID>
<a:ProcessConditionCode>{code}</a:ProcessConditionCode><a:ProcessCondition>Irrecevable</a:ProcessCondition>
{REASON.replace("TX_TVA_ERR", "IRR_SYNTAX")}</a:ReferenceReferencedDocument>"""
    for guideline in (INVOICE, FLOW):
        reading = cdar.read_tree(etree.fromstring(message(reference, guideline=guideline)).getroottree())
        said = "BR-FR-05 : Voir la ligne (ligne 3)\nEt la suite"
        assert reading.invoice_statuses == ()
        assert reading.flow_statuses == (
            FlowStatus(
                code=code,
                flow_id="AAA1231150000000000000042",
                at=datetime(2026, 7, 2, 16, 15, tzinfo=UTC),
                label="Irrecevable",
                comment=said,
                errors=(("", "IRR_SYNTAX", "Taux faux", said),),
            ),
        )


def test_a_refused_file_that_names_its_invoice_is_about_the_invoice():
    reference = REFERENCE.replace(">207<", ">501<")
    assert [it.code for it in statuses(message(reference))] == ["501"]
    assert statuses(message(reference, guideline=FLOW)) == ()


def test_a_message_without_any_part_says_nothing():
    root = f'<r:CrossDomainAcknowledgementAndResponse xmlns:r="{SPACES}CrossDomainAcknowledgementAndResponse:100"/>'
    reading = cdar.read_tree(etree.fromstring(root).getroottree())
    assert (reading.version, reading.invoice_statuses, reading.flow_statuses) == (None, (), ())
    assert statuses(message("<a:ReferenceReferencedDocument/>"))[0].number == ""


PARTS = sorted({str(node.tag) for node in etree.fromstring(message(REFERENCE)).iterdescendants()})


@given(st.sets(st.sampled_from(PARTS)), st.sampled_from(["", " ", "hier", "-1", "1E9", "9" * 40]))
@settings(max_examples=150, deadline=None)
def test_whatever_is_missing_or_odd_never_stops_the_reading(gone, odd):
    root = etree.fromstring(message(REFERENCE, REFERENCE))
    for node in [node for node in root.iterdescendants() if node.tag in gone]:
        if len(node) or not odd:
            node.getparent().remove(node)
        else:
            node.text = odd
    reading = cdar.read_tree(root.getroottree())
    assert len(reading.invoice_statuses) + len(reading.flow_statuses) <= 2


def test_a_comment_inside_a_value_does_not_cut_it_short():
    assert statuses(message(REFERENCE.replace(">F1<", ">F<!-- x -->1<")))[0].number == "F1"


def test_a_hundred_thousand_details_and_notes_are_all_read():
    many = "<a:SpecifiedDocumentStatus><a:SequenceNumeric>1</a:SequenceNumeric></a:SpecifiedDocumentStatus>" * 100_000
    (status,) = statuses(message(REFERENCE.replace(REASON, many)))
    assert len(status.reasons) == 100_000
    notes = "<a:IncludedNote><a:Content>n</a:Content></a:IncludedNote>" * 100_000
    (status,) = statuses(message(REFERENCE.replace("<a:IncludedNote>", notes + "<a:IncludedNote>", 1)))
    assert len(status.reasons[0].notes) == 100_002


def test_more_documents_than_any_message_has_are_refused(drop, work, limits, refused):
    many = "<a:ReferenceReferencedDocument/>" * 50_001
    assert refused(read, drop(message(many)), work, limits).code == "IRR_TAILLE_F"


def test_a_large_message_is_read_without_its_attachments(drop, work, limits):
    held = f"<a:AttachmentBinaryObject>{'A' * 11_000_000}</a:AttachmentBinaryObject>"
    data = message(REFERENCE.replace("<a:FormattedIssueDateTime>", held + "<a:FormattedIssueDateTime>"))
    assert read(drop(data), work, limits).invoice_statuses == statuses(message(REFERENCE))


def test_an_entity_or_a_document_type_is_refused(drop, work, limits, refused):
    data = message(REFERENCE)
    for hostile in (data.replace(b"En_litige", b"&x;"), data.replace(b"\n<Cross", b"\n<!DOCTYPE x>\n<Cross", 1)):
        assert refused(read, drop(hostile), work, limits).code == "IRR_SYNTAX"


EXPECTED = {
    "200_Deposee": ("200", "305", "10"),
    "200_Deposee_POUR_PPF": ("200", "305", "10"),
    "202_Recue": ("202", "305", "43"),
    "203_Mise_a_disposition": ("203", "305", "48"),
    "204_Prise_en_charge": ("204", "23", "45"),
    "205_Approuvee": ("205", "23", "1"),
    "207_En_litige": ("207", "23", "46"),
    "211_Paiement_transmis": ("211", "23", "47"),
    "212_Encaissee": ("212", "23", "47"),
    "212_Encaissee_POUR_PPF": ("212", "23", "47"),
}


def test_every_official_message_is_read(corpus, work, limits):
    files = sorted((corpus / "cdar").glob("*.xml"))
    assert len(files) == 11
    for path in files:
        reading = read(path, work, limits)
        (status,) = reading.invoice_statuses
        assert (status.code, status.phase, status.condition) == EXPECTED[path.stem.split("-CDV-")[1]], path.name
        assert status.number == path.stem.split("_")[1]
        assert status.invoice_date in {date(2025, 7, 1), date(2025, 7, 2)}
        assert (status.supplier_type, status.supplier_id) == ("0002", "100000009")
        assert status.at is not None
        assert status.label
        assert status.message_id
        assert reading.version.startswith("urn.cpro.gouv.fr:1p0:CDV:")


def test_the_sums_and_motives_of_the_official_messages(corpus, work, limits):
    def reasons(name: str) -> tuple[Reason, ...]:
        (path,) = (corpus / "cdar").glob(f"{name}.xml")
        return read(path, work, limits).invoice_statuses[0].reasons

    (cashed,) = reasons("*212_Encaissee")[0].characteristics
    assert (cashed.type_code, cashed.amount, cashed.currency, cashed.percent) == ("MEN", 12000, "EUR", 20)
    (paid,) = reasons("*211*")[0].characteristics
    assert (paid.type_code, paid.amount, paid.value) == ("MPA", 12000, "2025-07-30")
    (dispute,) = reasons("UC4*")
    assert (dispute.code, dispute.text, dispute.action_code) == ("TX_TVA_ERR", "Taux de TVA erroné", "NIN")
    assert [(it.type_code, it.id, it.percent) for it in dispute.characteristics] == [
        ("DIV", "BT-152", 10),
        ("DVA", "BT-152", 20),
    ]
