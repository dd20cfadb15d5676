"""Each rule finds what it is for, in a real Factur-X that was changed in one place."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from edid.documents.facturx_pdf.claims import Action, EmbeddedFile, PdfClaims, Xmp, claims
from edid.documents.facturx_pdf.xmp import FACTUR_X
from edid.sandbox.invoices import factur_x as sandbox_factur_x
from edid.validation.pdf import checking
from edid.validation.pdf.checking import LISTED, NAME, RULES, check, sha256
from edid.validation.verdict import Severity
from tests.unit.documents.facturx_pdfs import GUIDELINES, changed, document, factur_x, specification, with_xmp

FATAL, WARNING, INFORMATION = Severity.FATAL, Severity.WARNING, Severity.INFORMATION


def drop_relationship(pdf: pikepdf.Pdf) -> None:
    del specification(pdf).AFRelationship


def supplement(pdf: pikepdf.Pdf) -> None:
    specification(pdf).AFRelationship = pikepdf.Name.Supplement


def drop_af(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AF


def plain_mime(pdf: pikepdf.Pdf) -> None:
    specification(pdf).EF.F.Subtype = pikepdf.Name("/application/xml")


def drop_mime(pdf: pikepdf.Pdf) -> None:
    del specification(pdf).EF.F.Subtype


def drop_uf(pdf: pikepdf.Pdf) -> None:
    del specification(pdf).UF


def unlist(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Names


def rename(name: str):
    def change(pdf: pikepdf.Pdf) -> None:
        embedded = specification(pdf)
        embedded.F = embedded.UF = pikepdf.String(name)
        pdf.Root.Names.EmbeddedFiles.Names[0] = pikepdf.String(name)
        xmp = pdf.Root.Metadata.read_bytes().replace(b">factur-x.xml<", b">" + name.encode() + b"<")
        pdf.Root.Metadata.write(xmp)

    return change


def second(name: str, **entries: object):
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, b"<another/>", filename=name)
        for key, value in entries.items():
            pdf.attachments[name].obj[f"/{key}"] = value

    return change


def drop_metadata(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Metadata


def drop_intents(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def on_opening(**action: object):
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(action)

    return change


SCRIPT = on_opening(**{"/S": pikepdf.Name.JavaScript, "/JS": "print()"})
LAUNCH = on_opening(**{"/S": pikepdf.Name.Launch, "/F": "a.exe"})
PRINT = on_opening(**{"/S": pikepdf.Name.Named, "/N": pikepdf.Name.Print})
LEVEL = "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>"
OLDER = "urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0#"
URI = "<pdfaSchema:namespaceURI>"


def level(written: str):
    return with_xmp(LEVEL, f"<fx:ConformanceLevel>{written}</fx:ConformanceLevel>")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (drop_relationship, {("FX-PDF-RELATIONSHIP", FATAL)}),
        (supplement, {("FX-PDF-RELATIONSHIP", FATAL)}),
        (drop_af, {("FX-PDF-ASSOCIATED", WARNING)}),
        (plain_mime, {("FX-PDF-MIME", WARNING)}),
        (drop_mime, {("FX-PDF-MIME", WARNING)}),
        (drop_uf, {("FX-PDF-FILE-NAME", WARNING)}),
        (rename("ZUGFeRD-invoice.xml"), {("FX-PDF-FILE-NAME", WARNING)}),
        (rename("xrechnung.xml"), {("FX-PDF-FILE-NAME", WARNING)}),
        (rename("Factur-X.xml"), {("FX-PDF-FILE-NAME", WARNING)}),
        (rename("invoice.xml"), {("FX-PDF-ONE-INVOICE", FATAL)}),
        (unlist, {("FX-PDF-ONE-INVOICE", FATAL)}),
        (
            second("xrechnung.xml", AFRelationship=pikepdf.Name.Data),
            {
                ("FX-PDF-ONE-INVOICE", FATAL),
                ("FX-PDF-FILE-NAME", WARNING),
                ("FX-PDF-RELATIONSHIP-DATA", INFORMATION),
                ("FX-PDF-MIME", WARNING),
            },
        ),
        (second("conditions.txt"), {("FX-PDF-OTHER-FILES", WARNING)}),
        (drop_metadata, {("FX-PDF-XMP", FATAL)}),
        (with_xmp(">3</pdfaid:part>", ">1</pdfaid:part>"), {("FX-PDF-PDFA", FATAL)}),
        (
            with_xmp("http://www.aiim.org/pdfa/ns/id/", "urn:not:pdfa"),
            {("FX-PDF-PDFA", FATAL)},
        ),
        (with_xmp(">B</pdfaid:", ">b</pdfaid:"), {("FX-PDF-PDFA-LEVEL", WARNING)}),
        (level("BASIC"), {("FX-PDF-LEVEL", FATAL)}),
        (level("MINIMUM"), {("FX-PDF-LEVEL", FATAL)}),
        (level("XRECHNUNG"), {("FX-PDF-LEVEL", FATAL)}),
        (level("EN16931"), {("FX-PDF-VALUES", WARNING)}),
        (level("COMFORT"), {("FX-PDF-VALUES", WARNING)}),
        (level("BEST"), {("FX-PDF-VALUES", WARNING)}),
        (with_xmp(LEVEL, ""), {("FX-PDF-PROPERTIES", WARNING)}),
        (with_xmp(">INVOICE</fx:", ">ORDER</fx:"), {("FX-PDF-VALUES", WARNING)}),
        (with_xmp(">1.0</fx:", ">2p0</fx:"), {("FX-PDF-VALUES", WARNING)}),
        (with_xmp(">factur-x.xml</fx:", ">invoice.xml</fx:"), {("FX-PDF-NAMED-FILE", FATAL)}),
        (with_xmp(FACTUR_X, OLDER), {("FX-PDF-NAMESPACE", WARNING)}),
        (with_xmp(f"{URI}{FACTUR_X}", URI), {("FX-PDF-EXTENSION", WARNING)}),
        (drop_intents, {("FX-PDF-OUTPUT-INTENT", WARNING)}),
        (SCRIPT, {("FX-PDF-PROGRAM", FATAL)}),
        (LAUNCH, {("FX-PDF-PROGRAM", FATAL)}),
        (PRINT, {("FX-PDF-ACTION", WARNING)}),
    ],
)
def test_one_change_breaks_the_rules_it_should(findings, change, expected):
    assert findings(factur_x()) == []
    assert {(finding.rule, finding.severity) for finding in findings(changed(factur_x(), change))} == expected


@pytest.mark.parametrize("profile", GUIDELINES)
@pytest.mark.parametrize("relationship", ["data", "source", "alternative"])
def test_what_a_known_tool_makes_is_sound(findings, profile, relationship):
    found = findings(factur_x(profile, relationship), GUIDELINES[profile])
    whole_as_data = relationship == "data" and profile not in {"minimum", "basicwl"}
    assert [finding.rule for finding in found] == ["FX-PDF-RELATIONSHIP-DATA"] * whole_as_data


@pytest.mark.parametrize("profile", ["minimum", "basicwl"])
def test_a_part_is_not_given_as_the_whole(findings, profile):
    def whole(pdf: pikepdf.Pdf) -> None:
        specification(pdf).AFRelationship = pikepdf.Name.Alternative

    for guideline in (GUIDELINES[profile], None):
        found = {it.rule: it for it in findings(changed(factur_x(profile, "data"), whole), guideline)}
        assert found["FX-PDF-RELATIONSHIP-PART"].severity is WARNING
        assert found["FX-PDF-RELATIONSHIP-PART"].expected == "Data"


@pytest.mark.parametrize("pdf_says", GUIDELINES)
@pytest.mark.parametrize("xml_says", GUIDELINES)
def test_pdf_and_xml_agree_on_the_profile_or_it_is_fatal(findings, pdf_says, xml_says):
    found = {finding.rule: finding for finding in findings(factur_x(pdf_says, "data"), GUIDELINES[xml_says])}
    assert ("FX-PDF-LEVEL" in found) == (pdf_says != xml_says)
    if pdf_says != xml_says:
        assert found["FX-PDF-LEVEL"].severity is FATAL
        assert found["FX-PDF-LEVEL"].terms == ("BT-24",)


def test_one_of_two_levels_that_contradicts_is_enough(findings):
    twice = changed(factur_x(), with_xmp(LEVEL, LEVEL + LEVEL.replace("EN 16931", "BASIC")))
    assert [finding.found for finding in findings(twice) if finding.rule == "FX-PDF-LEVEL"] == ["BASIC"]


@pytest.mark.parametrize("guideline", [None, "", "  ", "urn:somebody:else"])
def test_a_profile_that_cannot_be_compared_is_said_so(findings, guideline):
    (finding,) = findings(factur_x(), guideline)
    assert (finding.rule, finding.severity) == ("FX-PDF-LEVEL-NOT-COMPARED", INFORMATION)


CTC_FR = "urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"


@pytest.mark.parametrize(
    ("profile", "expected"),
    [("extended", {"FX-PDF-CTC-FR"}), ("en16931", {"FX-PDF-CTC-FR", "FX-PDF-LEVEL"})],
)
def test_the_french_profile_for_plain_xml_is_told_inside_a_pdf(findings, profile, expected):
    found = findings(factur_x(profile), CTC_FR)
    assert {finding.rule for finding in found} == expected
    assert {finding.severity for finding in found if finding.rule == "FX-PDF-CTC-FR"} == {WARNING}


def test_a_pdf_that_claims_nothing_is_no_factur_x(findings):
    fatal = {finding.rule for finding in findings(document(b"")) if finding.severity is FATAL}
    assert fatal == {"FX-PDF-ONE-INVOICE", "FX-PDF-XMP"}


def test_what_was_not_checked_is_always_said():
    for claimed in (PdfClaims(), PdfClaims(looked_everywhere=False)):
        (said,) = (finding for finding in check(claimed, None) if finding.rule == "FX-PDF-NOT-CHECKED")
        assert said.severity is INFORMATION
        assert ("Only a part" in said.message) == (not claimed.looked_everywhere)


def test_a_finding_says_where_and_what(findings):
    (finding,) = findings(changed(factur_x(), supplement))
    assert finding.pack == NAME
    assert finding.path == "/Names /EmbeddedFiles factur-x.xml"
    assert (finding.found, finding.expected) == ("Supplement", "Alternative, Source, Data")
    assert finding.message == "The AFRelationship Supplement says that the embedded XML is not the invoice."


def test_findings_of_one_rule_and_their_texts_have_an_end():
    file = EmbeddedFile("FACTUR-X.XML", None, None, None, None, associated=False, size=None, contents=("a",))
    many = PdfClaims(
        files=(file,) * 500,
        xmp=Xmp(conformance_level=("BASIC",)),
        actions=tuple(Action("JavaScript", f"/{number}") for number in range(500)),
    )
    guideline = "urn:cen.eu:en16931:2017" + "#compliant#urn:xoev-de:kosit:" * 200_000
    found = check(many, guideline)
    counts = {rule.id: sum(finding.rule == rule.id for finding in found) for rule in RULES}
    assert max(counts.values()) == LISTED
    assert max(len(finding.message) for finding in found) < 1_000


@pytest.mark.parametrize("credit_of", [None, "F-0"])
def test_the_examples_of_the_sandbox_are_sound(findings, credit_of):
    found = findings(sandbox_factur_x("F-1", date(2026, 9, 15), credit_of=credit_of))
    assert [(finding.rule, finding.severity) for finding in found] == [("FX-PDF-RELATIONSHIP-DATA", INFORMATION)]


def test_every_rule_names_its_source_and_has_an_id_of_its_own():
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.id.startswith("FX-PDF-") and len(rule.source) > 40 for rule in RULES)


def test_the_hash_follows_the_program(tmp_path, monkeypatch):
    copy = tmp_path / "pdf"
    shutil.copytree(Path(checking.__file__).parent, copy)
    monkeypatch.setattr(checking, "__file__", str(copy / "checking.py"))
    before = sha256.__wrapped__()
    assert before == sha256()
    (copy / "levels.py").write_text("changed", "utf-8")
    assert sha256.__wrapped__() != before


def test_claims_are_read_from_the_path_they_are_asked_for(tmp_path):
    (tmp_path / "a.pdf").write_bytes(factur_x("basic"))
    assert claims(tmp_path / "a.pdf").xmp.conformance_level == ("BASIC",)
