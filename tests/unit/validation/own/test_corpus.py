"""Chorus Pro's own example flows, which it took."""

from __future__ import annotations

import tarfile

import pytest
from lxml import etree

from edid.documents.kinds import Kind
from edid.documents.particulars.reading import read
from edid.validation.own.packs import OWN_PACKS
from edid.validation.own.running import run


def judged(data: bytes, circumstances) -> list:
    tree = etree.ElementTree(etree.fromstring(data, etree.XMLParser(huge_tree=True)))
    return run(OWN_PACKS["CHORUS-PRO"], read(tree, Kind.CII), circumstances)[0]


@pytest.mark.parametrize("environment", ["production", "qualification"])
def test_what_the_platform_took_has_no_finding(corpus, circumstances, environment):
    files = sorted((corpus / "chorus/cii").glob("FSO1116A_P*.xml"))
    assert len(files) >= 12
    for path in files:
        assert judged(path.read_bytes(), circumstances._replace(environment=environment)) == [], path.name


def test_both_invoices_of_the_flow_of_two_have_no_finding(corpus, circumstances):
    with tarfile.open(corpus / "chorus/cii/FSO1116A_P100.tar.gz") as archive:
        members = [archive.extractfile(member).read() for member in archive.getmembers() if member.isfile()]
    assert len(members) == 2
    assert [judged(data, circumstances) for data in members] == [[], []]


def test_the_sample_for_the_state_needs_what_it_gives(corpus, circumstances):
    data = (corpus / "chorus/cii/FSO1116A_P40.xml").read_bytes()
    without = data.replace(b"<ram:BuyerReference>AAASCPV</ram:BuyerReference>", b"")
    assert without != data
    assert [finding.rule for finding in judged(without, circumstances)] == ["CPP-STATE-SERVICE"]


@pytest.mark.parametrize(
    ("sample", "severity"), [("P02", "fatal"), ("P88", "fatal"), ("P58", "warning"), ("P75", "warning")]
)
def test_the_samples_with_a_valideur_need_it(corpus, circumstances, sample, severity):
    data = (corpus / f"chorus/cii/FSO1116A_{sample}.xml").read_bytes()
    without = data.replace(b"InvoiceeTradeParty", b"InvoicerTradeParty")
    assert without != data
    assert [(it.rule, str(it.severity)) for it in judged(without, circumstances)] == [("CPP-VALIDATOR", severity)]
