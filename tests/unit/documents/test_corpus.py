"""Real files made elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from edid.documents.identify import identify
from edid.documents.kinds import Kind
from edid.documents.reading import read


def facts_are_plausible(facts) -> bool:
    return facts.number and facts.issue_date and facts.type_code and facts.gross_total is not None and facts.seller_name


@pytest.mark.parametrize(
    ("folder", "kinds"),
    [
        ("cen/ubl-examples", {Kind.UBL_INVOICE, Kind.UBL_CREDIT_NOTE}),
        ("cen/cii-examples", {Kind.CII}),
        ("chorus/cii", {Kind.CII}),
    ],
)
def test_every_invoice_is_identified_and_read(corpus, work, limits, folder, kinds):
    files = sorted((corpus / folder).glob("*.xml"))
    assert files
    for path in files:
        reading = read(path, work, limits)
        assert reading.kind in kinds, path.name
        assert facts_are_plausible(reading.facts), path.name


def test_chorus_samples_tell_their_frame_seller_and_recipient(corpus, work, limits):
    for path in sorted((corpus / "chorus/cii").glob("*.xml")):
        facts = read(path, work, limits).facts
        assert facts.frame.startswith("A")
        assert facts.seller_id
        assert len(facts.buyer_id) == 14, path.name


def test_the_flow_of_two_has_two_invoices(corpus, tmp_path, limits):
    numbers = []
    work, inner = tmp_path / "work", tmp_path / "inner"
    work.mkdir()
    inner.mkdir()
    for member in read(corpus / "chorus/cii/FSO1116A_P100.tar.gz", work, limits).members:
        assert member.name.endswith(".xml")
        assert identify(member.path) is Kind.CII
        numbers.append(read(member.path, inner, limits).facts.number)
    assert len(set(numbers)) == 2


@pytest.mark.parametrize("name", ["facture-pivot.xml", "facture_1221.xml", "facture_1222.xml"])
def test_every_pivot_gives_its_invoice_and_its_pdf(corpus, work, limits, name):
    reading = read(corpus / "chorus/pivot" / name, work, limits)
    (invoice,) = reading.invoices
    assert reading.envelope_flow_id
    assert facts_are_plausible(invoice.facts)
    assert invoice.faults == ()
    for attachment in invoice.attachments:
        assert attachment.path.read_bytes().startswith(b"%PDF"), attachment.name
        assert attachment.name.endswith(".pdf")


def test_pivots_tell_their_cycle_of_validation_and_name_their_original(corpus, work, limits):
    (invoice,) = read(corpus / "chorus/pivot/facture_1221.xml", work, limits).invoices
    (step,) = invoice.steps
    assert (step.code, step.label, step.actor_id) == ("01", "Déposée", "11002001300097")
    assert [it.role for it in invoice.attachments] == ["01", "02"]
    assert (invoice.chorus_id, invoice.resend) == (None, None)


def test_statuses_are_read(corpus, work, limits):
    invoice = read(corpus / "chorus/statut/Example01-FactureStatut-ok.xml", work, limits)
    assert [(it.code, it.number) for it in invoice.invoice_statuses] == [("07", "Example01")]
    flow = read(corpus / "chorus/statut/Example04-FactureStatut-ko.xml", work, limits)
    assert [(it.code, it.flow_id) for it in flow.flow_statuses] == [("92", "1000000000")]


def test_lifecycle_messages_are_identified(corpus: Path):
    files = sorted((corpus / "cdar").glob("*.xml"))
    assert files
    assert {identify(path) for path in files} == {Kind.CDAR}
