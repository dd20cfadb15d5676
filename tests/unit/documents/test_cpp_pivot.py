from __future__ import annotations

import base64
import hashlib
import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from edid.config.settings import Limits
from edid.documents import cpp_pivot
from edid.documents.kinds import Facts, ValidationStep

PDF = b"%PDF-1.7 the invoice"


@pytest.fixture
def attachments(drop, work, pivot, limits):
    """Read a pivot with these attachments; return what became of them and the faults."""

    def read(*given, limits=limits):
        (invoice,) = cpp_pivot.read(drop(pivot(*given)), work, limits).invoices
        return invoice.attachments, invoice.faults

    return read


def test_the_facts_of_a_pivot_invoice(drop, work, pivot, zipped, limits):
    reading = cpp_pivot.read(drop(pivot(("F1.pdf", zipped(("F1.pdf", PDF))))), work, limits)
    (invoice,) = reading.invoices
    assert (reading.version, reading.envelope_flow_id) == ("V2_02", "CPP0001")
    assert (invoice.order, invoice.chorus_id, invoice.resend, invoice.faults) == (7, "9001", "Recyclée", ())
    assert invoice.facts == Facts(
        number="F1",
        issue_date=date(2026, 11, 20),
        type_code="380",
        currency="EUR",
        frame="A1",
        service_code="S1",
        engagement="E1",
        contract="M1",
        seller_name="Vendeur",
        seller_id="73282932000074",
        seller_scheme="1",
        buyer_name="Mairie",
        buyer_id="21350001000012",
        buyer_scheme="1",
        net_total=Decimal("100.00"),
        vat_total=Decimal("25.50"),
        gross_total=Decimal("125.50"),
        payable=Decimal("125.50"),
        original_number="F0",
    )


def test_the_only_entry_of_the_zip_is_kept_under_the_name_of_the_attachment(attachments, zipped):
    (made,), faults = attachments(("facture.pdf", zipped(("../../other name.bin", PDF))))
    assert faults == ()
    assert (made.name, made.size, made.role, made.mime) == ("facture.pdf", len(PDF), "01", "application/pdf")
    assert made.path.read_bytes() == PDF
    assert made.sha256 == hashlib.sha256(PDF).hexdigest()


def test_a_content_without_zip_is_taken_as_it_is(attachments):
    (made,), faults = attachments(("facture.pdf", PDF))
    assert (made.path.read_bytes(), faults) == (PDF, ())


def test_names_are_made_safe_and_unique_within_the_invoice(attachments):
    made, _ = attachments(("../x.pdf", PDF), ("X.pdf", PDF), ("", PDF))
    assert [it.name for it in made] == ["x.pdf", "X-2.pdf", "PJ03"]


def test_a_zip_of_several_files_is_kept_packed_with_a_fault(attachments, zipped):
    packed = zipped(("a", b"1"), ("b", b"2"))
    (made,), (fault,) = attachments(("facture.pdf", packed))
    assert made.name == "facture.pdf.zip"
    assert made.path.read_bytes() == packed
    assert fault == "The attachment 1 'facture.pdf' is a zip of 2 files instead of one, kept as it came."


def test_an_office_document_that_is_a_zip_by_nature_keeps_its_name(attachments, zipped):
    (made,), faults = attachments(("devis.docx", zipped(("[Content_Types].xml", b"1"), ("word", b"2"))))
    assert made.name == "devis.docx"
    assert len(faults) == 1


def test_a_bomb_is_kept_packed_with_a_fault(attachments, zipped):
    limits = Limits(attachment_size=100_000)
    (made,), (fault,) = attachments(("a.pdf", zipped(("a", bytes(10_000_000)))), limits=limits)
    assert made.name == "a.pdf.zip"
    assert made.size < 100_000
    assert "unpacks to more than 100000 bytes" in fault


def test_zips_together_cannot_unpack_to_more_than_the_flow_may(attachments, zipped):
    packed = zipped(("a", bytes(80_000)))
    made, faults = attachments(("a", packed), ("b", packed), limits=Limits(unpacked_size=100_000))
    assert [it.name for it in made] == ["a", "b.zip"]
    assert "more than 20000 bytes" in faults[0]


def test_a_content_above_the_limit_is_a_fault_and_no_file(attachments, work):
    made, (fault,) = attachments(("a.pdf", b"x" * 200_001), limits=Limits(attachment_size=200_000))
    assert made == ()
    assert "larger than the 200000 bytes" in fault
    assert not list(work.iterdir())


@pytest.mark.parametrize("content", ["QUJ", "QUJD!", "QQ==QQ==", "Q===", "=QUJ", "QUJDé", "QUJD<x/>R", "%PDF"])
def test_what_is_not_base64_is_a_fault_and_the_invoice_is_read_all_the_same(attachments, content):
    made, faults = attachments(("a.pdf", content), ("b.pdf", PDF))
    assert [it.name for it in made] == ["b.pdf"]
    assert faults == ("The attachment 1 'a.pdf' is not base64.",)


def test_a_missing_or_empty_content_is_a_fault(attachments):
    assert attachments(("a.pdf", None), ("b.pdf", " \n ")) == (
        (),
        ("The attachment 1 'a.pdf' has no content.", "The attachment 2 'b.pdf' is empty."),
    )


def test_a_damaged_zip_is_kept_with_a_fault(attachments, zipped):
    packed = bytearray(zipped(("a", random.Random(1).randbytes(5000))))
    packed[2000:2100] = bytes(100)
    (made,), (fault,) = attachments(("a.pdf", bytes(packed)))
    assert made.path.read_bytes() == packed
    assert "damaged zip" in fault


def test_a_large_content_is_decoded_exactly(attachments):
    content = random.Random(2).randbytes(3_000_001)
    made, faults = attachments(("broken", content), ("unbroken", base64.b64encode(content).decode()))
    assert {it.sha256 for it in made} == {hashlib.sha256(content).hexdigest()}
    assert (len(made), faults) == (2, ())


def test_every_invoice_of_the_flow_comes_in_order_with_its_own_attachments(drop, work, pivot, limits):
    data = pivot(("a.pdf", PDF))
    start, end = data.index(b"<CPPFacturePivotUnitaire"), data.index(b"</CPPFactures>")
    one = data[start:end]
    several = data[:start] + one + one.replace(b"<Id>F1", b"<Id>F2").replace(b'"7"', b'"x"') + data[end:]
    invoices = cpp_pivot.read(drop(several), work, limits).invoices
    assert [(it.order, it.facts.number, len(it.attachments)) for it in invoices] == [(7, "F1", 1), (2, "F2", 1)]
    assert invoices[0].attachments[0].path != invoices[1].attachments[0].path


def test_a_pivot_that_breaks_off_is_refused(drop, work, pivot, limits, refused):
    data = pivot(("a.pdf", PDF))
    for length in range(200, len(data), 101):
        assert refused(cpp_pivot.read, drop(data[:length]), work, limits).code == "IRR_SYNTAX"
        for path in work.iterdir():
            path.unlink()


def test_a_document_type_is_refused(drop, work, pivot, limits, refused):
    data = pivot().replace(b"<CPPFacturePivot ", b"<!DOCTYPE x [<!ENTITY e 'e'>]><CPPFacturePivot ")
    assert refused(cpp_pivot.read, drop(data), work, limits).code == "IRR_SYNTAX"


STEPS = """<CycleDeValidation><ValidationUnitaire><DateStatut>2026-11-21</DateStatut><CodeStatut>13</CodeStatut>
<ComplementStatut>Validée</ComplementStatut><Commentaire>conforme</Commentaire><ProducteurStatut>
<TypeIdentifiant>1</TypeIdentifiant><Id>73282932000074</Id><RaisonSociale>Titulaire</RaisonSociale>
<CodePays>FR</CodePays></ProducteurStatut></ValidationUnitaire>
<ValidationUnitaire><DateStatut>2026-11-22T08:30:00Z</DateStatut><CodeStatut>18</CodeStatut></ValidationUnitaire>
<ValidationUnitaire><DateStatut>hier</DateStatut></ValidationUnitaire></CycleDeValidation>"""


def test_the_cycle_of_validation_tells_who_validated_and_when(drop, work, pivot, limits):
    data = pivot().replace(b"</CPPFacturePivotUnitaire>", STEPS.encode() + b"</CPPFacturePivotUnitaire>")
    (invoice,) = cpp_pivot.read(drop(data), work, limits).invoices
    midnight_in_france = datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert invoice.steps == (
        ValidationStep("13", midnight_in_france, "Validée", "conforme", "73282932000074", "Titulaire"),
        ValidationStep("18", datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        ValidationStep(),
    )


@pytest.mark.parametrize("version", [b' Version="V1_20"', b' Version="V9_99"', b"", b' Version="\xc3\xa9"'])
def test_a_pivot_of_any_version_is_read(drop, work, pivot, limits, version):
    data = pivot().replace(b' Version="V2_02"', version)
    reading = cpp_pivot.read(drop(data), work, limits)
    assert [it.facts.number for it in reading.invoices] == ["F1"]
    assert reading.version == (version[10:-1].decode() or None)


def test_a_text_longer_than_the_parser_takes_by_itself_is_decoded(attachments):
    content = random.Random(3).randbytes(9_000_000)  # 12 million signs in one text node
    (made,), faults = attachments(("a.bin", base64.b64encode(content).decode()))
    assert (made.sha256, faults) == (hashlib.sha256(content).hexdigest(), ())


def test_a_hundred_thousand_steps_cost_no_more_than_a_refusal(drop, work, pivot, limits, refused):
    steps = b"<CycleDeValidation>" + b"<ValidationUnitaire/>" * 120_000 + b"</CycleDeValidation>"
    data = pivot().replace(b"</CPPFacturePivotUnitaire>", steps + b"</CPPFacturePivotUnitaire>")
    assert refused(cpp_pivot.read, drop(data), work, limits).code == "IRR_TAILLE_F"
