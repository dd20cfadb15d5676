"""One file, one judgement: read and judged by the pack of its kind and version, or honestly not judged."""

from __future__ import annotations

import random
import shutil
import tarfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from lxml import etree

from edid import resources
from edid.config.settings import Limits
from edid.documents.kinds import Kind
from edid.validation import catalogue
from edid.validation.checking import LargeFile, SmallFile
from edid.validation.judging import Judgement, judge_file
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome, Severity

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
LINE = (
    '<cac:InvoiceLine><cbc:ID>{0}</cbc:ID><cbc:LineExtensionAmount currencyID="EUR">1.00</cbc:LineExtensionAmount>'
    "<cac:Item><cbc:Name>{1}</cbc:Name></cac:Item></cac:InvoiceLine>\n"
)
CII = f"""<rsm:CrossIndustryInvoice xmlns:rsm="{RSM}" xmlns:ram="{RAM}" xmlns:udt="{UDT}">
<rsm:ExchangedDocumentContext/>
<rsm:ExchangedDocument><ram:ID>F1</ram:ID>
<ram:IssueDateTime><udt:DateTimeString format="102">20261123</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>
<ram:ApplicableHeaderTradeAgreement/><ram:ApplicableHeaderTradeDelivery/><ram:ApplicableHeaderTradeSettlement/>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def invoice(*, lines: int = 1, number: str = "<cbc:ID>F1</cbc:ID>", text: str = "x") -> str:
    head = f"""<Invoice xmlns="{UBL}Invoice-2" xmlns:cbc="{UBL}CommonBasicComponents-2"
 xmlns:cac="{UBL}CommonAggregateComponents-2">{number}<cbc:IssueDate>2026-11-23</cbc:IssueDate>
<cac:AccountingSupplierParty/><cac:AccountingCustomerParty/>
<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1</cbc:PayableAmount></cac:LegalMonetaryTotal>
"""
    return head + "".join(LINE.format(number, text) for number in range(lines)) + "</Invoice>"


@pytest.fixture
def judge(tmp_path):
    """Judge a text, bytes, a tree or an existing file."""

    def _judge(content: str | bytes | etree._Element | Path, **options) -> Judgement:
        path = content if isinstance(content, Path) else tmp_path / "dropped"
        if isinstance(content, str):
            path.write_text(content, "utf-8")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        elif not isinstance(content, Path):
            path.write_bytes(etree.tostring(content, encoding="utf-8"))
        work = tmp_path / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        return judge_file(path, work, Limits(), **options)

    return _judge


def test_a_valid_invoice_is_read_and_names_its_pack(judge):
    judgement = judge(invoice())
    assert judgement.reading.facts.number == "F1"
    assert judgement.verdict.outcome is Outcome.VALID
    pack = catalogue.shipped().for_kind(Kind.UBL_INVOICE)[0]
    assert [(used.name, used.sha256) for used in judgement.verdict.packs] == [("UBL-Invoice", pack.xsd.sha256)]


def test_an_invalid_invoice_is_still_read(judge):
    judgement = judge(invoice(number=""))
    assert judgement.reading.kind is Kind.UBL_INVOICE
    assert judgement.verdict.outcome is Outcome.INVALID
    assert judgement.verdict.findings[0].message.startswith("cbc:ID is missing")


def test_a_cii_invoice_is_valid(judge):
    assert judge(CII).verdict.outcome is Outcome.VALID


@pytest.mark.parametrize(("xml", "outcome"), [(CII, Outcome.VALID), (CII.replace("ram:ID", "ram:Id"), Outcome.INVALID)])
def test_a_facturx_is_judged_by_its_embedded_invoice(judge, tmp_path, xml, outcome):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(pdf, xml.encode(), filename="factur-x.xml")
    pdf.save(tmp_path / "invoice.pdf")
    judgement = judge(tmp_path / "invoice.pdf")
    assert judgement.reading.kind is Kind.FACTUR_X
    assert judgement.verdict.outcome is outcome


def test_an_archive_is_not_judged_and_shows_its_members(judge, tmp_path):
    (tmp_path / "a.xml").write_text(invoice(), "utf-8")
    with tarfile.open(tmp_path / "batch.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "a.xml", "a.xml")
    judgement = judge(tmp_path / "batch.tar.gz")
    assert judgement.verdict.not_judged_because == "an archive is judged member by member."
    (member,) = judgement.reading.members
    assert judge(member.path.read_bytes()).verdict.outcome is Outcome.VALID


def test_a_kind_without_rule_pack_is_not_judged(judge):
    name = "CrossDomainAcknowledgementAndResponse"
    shipped = catalogue.shipped()
    without = replace(shipped, packs=tuple(pack for pack in shipped.packs if Kind.CDAR not in pack.kinds))
    judgement = judge(f'<a:{name} xmlns:a="urn:un:unece:uncefact:data:standard:{name}:100"/>', packs=without)
    assert judgement.reading.kind is Kind.CDAR
    assert judgement.verdict.outcome is Outcome.NOT_JUDGED
    assert judgement.verdict.not_judged_because == "there is no rule pack for documents of kind cdar."


def test_an_unknown_profile_is_not_judged(judge):
    judgement = judge(invoice(), standard=Standard(profile="en16932"))
    verdict = judgement.verdict
    assert verdict.outcome is Outcome.NOT_JUDGED
    assert judgement.reading.facts.number == "F1"
    assert verdict.not_judged_because.startswith(
        "the validation profile 'en16932' is unknown; known: xsd-only, en16931"
    )


MISSING = Standard(pins=("CPPStatut@V9_99",))


@pytest.mark.parametrize("name", ["flow-status", "invoice-status", "pivot"])
def test_what_is_received_is_read_even_when_a_pin_names_a_pack_that_does_not_exist(judge, messages, name):
    judgement = judge(messages[name], standard=MISSING)
    assert judgement.verdict.outcome is Outcome.NOT_JUDGED
    assert judgement.verdict.not_judged_because.startswith("there is no rule pack 'CPPStatut@V9_99'")
    assert judgement.reading == judge(messages[name]).reading
    assert judgement.reading.invoices or judgement.reading.flow_statuses or judgement.reading.invoice_statuses


def test_members_of_an_archive_are_found_even_when_a_pin_names_a_pack_that_does_not_exist(judge, tmp_path):
    (tmp_path / "a.xml").write_text(invoice(), "utf-8")
    with tarfile.open(tmp_path / "batch.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "a.xml", "a.xml")
    (member,) = judge(tmp_path / "batch.tar.gz", standard=MISSING).reading.members
    assert judge(member.path.read_bytes(), standard=MISSING).verdict.outcome is Outcome.NOT_JUDGED


def test_a_damaged_file_is_refused_even_when_a_pin_names_a_pack_that_does_not_exist(judge):
    judgement = judge(invoice()[:-9], standard=MISSING)
    assert (judgement.reading, judgement.verdict.outcome) == (None, Outcome.INVALID)


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "IRR_VIDE_F"), ("<Invoice>", "IRR_TYPE_F"), (invoice()[:-9], "IRR_SYNTAX")]
)
def test_a_refused_file_is_invalid_with_the_code_of_the_refusal(judge, content, code):
    judgement = judge(content)
    assert judgement.verdict.outcome is Outcome.INVALID
    assert [(finding.rule, finding.severity) for finding in judgement.verdict.findings] == [(code, Severity.FATAL)]
    assert judgement.verdict.findings[0].remedy


@pytest.mark.parametrize(
    ("version", "frame", "outcome", "pack"),
    [
        ("V2_02", "A22", Outcome.VALID, "V2_02"),
        ("V2_02", "A11", Outcome.INVALID, "V2_02"),
        ("V1_20", "A11", Outcome.VALID, "V1_22"),
        ("v1.21", "A11", Outcome.VALID, "V1_22"),
        ("V1_22", "A26", Outcome.INVALID, "V1_22"),
        (None, "A22", Outcome.VALID, "V2_02"),
        (None, "A11", Outcome.VALID, "V1_22"),
        (None, "A26", Outcome.INVALID, "V2_02"),
        ("V3_00", "A22", Outcome.NOT_JUDGED, "V2_02"),
        ("V3_00", "A26", Outcome.NOT_JUDGED, "V2_02"),
    ],
)
def test_a_pivot_is_judged_by_the_version_that_it_states(judge, messages, version, frame, outcome, pack):
    root = etree.fromstring(etree.tostring(messages["old-pivot"]))
    root.attrib.pop("Version")
    if version is not None:
        root.set("Version", version)
    root.find(".//Cadre").text = frame
    verdict = judge(root).verdict
    assert (verdict.outcome, verdict.packs[0].version) == (outcome, pack)
    assert any(finding.rule == "VERSION" for finding in verdict.findings) == (version is None)


def test_an_unknown_version_says_whether_the_known_one_fits(judge, messages):
    root = etree.fromstring(etree.tostring(messages["flow-status"]))
    root.set("Version", "V9_99")
    assert judge(root).verdict.not_judged_because == (
        "CPPStatut V1_19: edid has no schema for CPPStatut V9_99; the document fits V1_19."
    )
    root.find(".//IdStatut").text = "89"
    verdict = judge(root).verdict
    assert "does not fit V1_19" in verdict.not_judged_because
    assert {finding.severity for finding in verdict.findings} == {Severity.WARNING}


def test_an_altered_schema_makes_documents_not_judged(judge, messages, tmp_path):
    folder = tmp_path / "schemas"
    shutil.copytree(resources.folder("schemas"), folder)
    packs = catalogue.load(folder / "catalogue.yaml")
    shared = folder / "CPPTypes.xsd"
    shared.write_bytes(shared.read_bytes() + b" ")
    judgement = judge(messages["pivot"], packs=packs)
    assert judgement.reading.kind is Kind.CPP_PIVOT
    assert judgement.verdict.outcome is Outcome.NOT_JUDGED
    reason = judgement.verdict.not_judged_because
    assert "CPPTypes.xsd" in reason
    assert packs.for_kind(Kind.CPP_PIVOT)[0].xsd.files_sha256 in reason


def test_a_mended_schema_is_used_at_once(judge, messages, tmp_path):
    folder = tmp_path / "schemas"
    shutil.copytree(resources.folder("schemas"), folder)
    packs = catalogue.load(folder / "catalogue.yaml")
    (folder / "CPPTypes.xsd").rename(folder / "away")
    assert judge(messages["pivot"], packs=packs).verdict.outcome is Outcome.NOT_JUDGED
    (folder / "away").rename(folder / "CPPTypes.xsd")
    assert judge(messages["pivot"], packs=packs).verdict.outcome is Outcome.VALID


def test_a_large_valid_invoice_is_read_and_judged_in_a_stream(judge):
    judgement = judge(invoice(lines=10_000, text="y" * 200))
    assert judgement.verdict.outcome is Outcome.VALID
    assert judgement.reading.facts.number == "F1"


def test_a_large_broken_invoice_says_where(judge):
    text = invoice(lines=6_000, text="y" * 200).replace("1.00", "1,00", 1)
    judgement = judge(text)
    finding = judgement.verdict.findings[0]
    assert judgement.verdict.outcome is Outcome.INVALID
    assert finding.path == "/Invoice/cac:InvoiceLine/cbc:LineExtensionAmount"
    assert finding.line == 5
    assert finding.message.startswith("'1,00' in cbc:LineExtensionAmount is not")
    assert judgement.reading.facts.number == "F1"


def test_tree_and_stream_find_the_same(messages, mutate, tmp_path):
    rng = random.Random("tree and stream")
    path = tmp_path / "dropped"
    for name, kind in (("pivot", Kind.CPP_PIVOT), ("flow-status", Kind.CPP_STATUT)):
        pack = catalogue.shipped().for_kind(kind)[0]
        for _ in range(100):
            mutate(messages[name], rng).write(str(path), encoding="utf-8")
            small = SmallFile(etree.parse(path)).check(pack).findings
            large = LargeFile(path, 10**6).check(pack).findings
            assert {each.message for each in small} == {each.message for each in large}


def test_a_large_pivot_with_a_heavy_attachment_is_valid(judge, messages):
    root = etree.fromstring(etree.tostring(messages["pivot"]))
    root.find(".//Contenu").text = "QUJD" * 1_000_000
    judgement = judge(root)
    assert judgement.verdict.outcome is Outcome.VALID
    assert judgement.reading.invoices[0].attachments[0].size == 3_000_000


def test_a_large_status_file_is_judged(judge, messages):
    root = etree.fromstring(etree.tostring(messages["flow-status"]))
    status = root.find(".//CPPFluxStatutUnitaire")
    status.find(".//Commentaire").text = "c" * 5_000
    status.getparent().extend([deepcopy(status) for _ in range(500)])
    judgement = judge(root)
    assert judgement.verdict.outcome is Outcome.VALID
    assert judgement.reading.flow_statuses[-1].code == "93"


@pytest.mark.parametrize("folder", ["cen/ubl-examples", "cen/cii-examples", "chorus/pivot", "chorus/statut"])
def test_real_documents_are_valid(judge, corpus, folder):
    paths = sorted((corpus / folder).glob("*.xml"))
    assert paths
    assert {path.name: judge(path).verdict.outcome for path in paths} == dict.fromkeys(
        [path.name for path in paths], Outcome.VALID
    )


def test_the_samples_of_aife_are_valid_but_the_one_without_delivery(judge, corpus):
    verdicts = {path.name: judge(path).verdict for path in sorted((corpus / "chorus/cii").glob("*.xml"))}
    refused = {name: verdict.findings[0].expected for name, verdict in verdicts.items() if verdict.findings}
    assert len(verdicts) == 12
    assert refused == {"FSO1116A_P01.xml": "ram:ApplicableHeaderTradeDelivery"}
