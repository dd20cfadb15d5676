"""Invoices as the platform hands them over: again, in a cycle of validation, mixed with those of an agency."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from edid.config.settings import Limits
from edid.documents.kinds import PivotInvoice, ValidationStep
from edid.flows.names import FlowName
from edid.sandbox.invoices import CUSTOMER, example_invoice
from edid.sandbox.pivot import Handover, pivot
from edid.sandbox.receiver import mixed_invoices
from edid.validation.judging import judge_file
from edid.validation.verdict import Outcome

AT = datetime(2026, 9, 15, 8, 30, tzinfo=UTC)
DAY = date(2026, 9, 14)
PIVOT = FlowName("FEN0036A", "AAA123", "CPP001", "0036", "000000000000007")


def read(tmp_path: Path, *invoices) -> tuple[PivotInvoice, ...]:
    path = tmp_path / "pivot.xml"
    path.write_bytes(pivot(PIVOT, invoices, AT))
    (work := tmp_path / "work").mkdir()
    judged = judge_file(path, work, Limits())
    assert judged.verdict.outcome is Outcome.VALID, judged.verdict.findings
    assert judged.reading is not None
    return judged.reading.invoices


def test_an_invoice_is_made_available_again_under_its_own_number(tmp_path):
    first, again = read(
        tmp_path, example_invoice("F-1", DAY), Handover(example_invoice("F-2", DAY), 4711, resend="Complétée")
    )
    assert (first.resend, first.chorus_id) == ("Non", "70001")
    assert (again.resend, again.chorus_id) == ("Complétée", "4711")


def test_an_invoice_of_a_sub_or_co_contractor_was_validated_before(tmp_path):
    plain, sub, co = read(
        tmp_path,
        example_invoice("F-1", DAY),
        example_invoice("F-9", DAY, frame="A9"),
        example_invoice("F-12", DAY, frame="A12"),
    )
    assert plain.steps == ()
    for invoice in (sub, co):
        assert [(step.code, step.actor_id, step.actor_name) for step in invoice.steps] == [
            ("13", CUSTOMER.siret, CUSTOMER.name)
        ]


def test_a_cycle_of_validation_can_be_told_step_by_step(tmp_path):
    steps = (ValidationStep("13", AT, actor_id="1", actor_name="Un"), ValidationStep("17", AT, comment="non"))
    (invoice,) = read(tmp_path, Handover(example_invoice("F-9", DAY, frame="A9"), steps=steps))
    assert [(step.code, step.comment) for step in invoice.steps] == [("13", None), ("17", "non")]


def test_a_flow_can_mix_the_invoices_of_agencies_with_others():
    codes = [invoice.service_code for invoice in mixed_invoices(6, DAY, ["GLN-A", "GLN-B"])]
    assert codes[1::2] == ["GLN-A", "GLN-B", "GLN-A"]
    assert not {"GLN-A", "GLN-B"} & set(codes[::2])
