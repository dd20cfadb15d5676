from __future__ import annotations

import pytest

from edid.documents.kinds import Facts, FlowStatus, InvoiceStatus, Kind, Reading
from edid.errors import ConfigError, RefusedInputError
from edid.flows.choice import choose


def ubl(hint: str | None = None, frame: str | None = None) -> Reading:
    return Reading(Kind.UBL_INVOICE, facts=Facts(frame=frame), interface_hint=hint)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.UBL_INVOICE, "FSO1100A"),
        (Kind.UBL_CREDIT_NOTE, "FSO1100A"),
        (Kind.CII, "FSO1116A"),
        (Kind.FACTUR_X, "FSO1117A"),
    ],
)
def test_the_syntax_of_the_document_decides_among_the_subscribed_codes(sheet_of, kind, code):
    sheet = sheet_of("FSO1100A", "FSO1116A", "FSO1117A")
    assert choose(Reading(kind), sheet).code == code


def test_the_first_code_of_the_sheet_is_taken_when_several_fit(sheet_of):
    assert choose(ubl(), sheet_of("FSO1110A", "FSO1100A")).code == "FSO1110A"
    assert choose(ubl(), sheet_of("FSO1100A", "FSO1110A")).code == "FSO1100A"


def test_the_style_sheet_named_in_the_file_decides_when_several_fit(sheet_of):
    assert choose(ubl("FSO1110A"), sheet_of("FSO1100A", "FSO1110A")).code == "FSO1110A"


@pytest.mark.parametrize("hint", ["FSO1110A", "FSO1116A", "nonsense"])
def test_a_style_sheet_never_brings_in_a_code_that_is_not_subscribed(sheet_of, hint):
    assert choose(ubl(hint), sheet_of("FSO1100A", "FSO1117A")).code == "FSO1100A"


@pytest.mark.parametrize("frame", ["A4", "a8", "A13_PROJET"])
def test_a_works_invoice_takes_the_works_code_when_there_is_one(sheet_of, frame):
    assert choose(ubl(frame=frame), sheet_of("FSO1100A", "FSO1130A")).code == "FSO1130A"
    assert choose(ubl(frame=frame), sheet_of("FSO1100A")).code == "FSO1100A"


@pytest.mark.parametrize("frame", [None, "", "A1", "A9"])
def test_an_ordinary_invoice_never_travels_under_a_works_code(sheet_of, frame):
    assert choose(ubl(frame=frame), sheet_of("FSO1130A", "FSO1100A")).code == "FSO1100A"
    with pytest.raises(RefusedInputError, match="frames A4"):
        choose(ubl(frame=frame), sheet_of("FSO1130A"))


def test_justice_fees_take_their_own_code(sheet_of):
    assert choose(ubl(frame="A3"), sheet_of("FSO1100A", "FSO1120A")).code == "FSO1120A"


def test_a_kind_that_nothing_subscribed_takes_is_refused_and_told_what_to_change(sheet_of):
    with pytest.raises(RefusedInputError) as refused:
        choose(Reading(Kind.CII), sheet_of("FSO1100A", "FSO1117A"))
    assert refused.value.code == "IRR_TYPE"
    for word in ("chorus-qualif", "cii", "FSO1100A", "FSO1117A"):
        assert word in refused.value.message
    for word in ("FSO1106A", "FSO1116A", "interfaces.emission"):
        assert word in refused.value.remedy
    assert "FSO1101A" not in refused.value.remedy


def test_a_kind_that_no_code_at_all_takes_is_refused_without_a_false_promise(sheet_of):
    with pytest.raises(RefusedInputError) as refused:
        choose(Reading(Kind.ARCHIVE), sheet_of("FSO1100A"))
    assert refused.value.remedy == "Deposit a format that the sheet sends."


def test_status_files_travel_by_what_they_speak_of(sheet_of):
    sheet = sheet_of("FSO1301A", "FSO1300A")
    about_a_flow = Reading(Kind.CPP_STATUT, flow_statuses=(FlowStatus("92", "CPP0020036000000000000004", None),))
    about_an_invoice = Reading(Kind.CPP_STATUT, invoice_statuses=(InvoiceStatus("07", "Example01", None),))
    assert choose(about_a_flow, sheet).code == "FSO1300A"
    assert choose(about_an_invoice, sheet).code == "FSO1301A"


def test_a_sheet_with_a_retired_code_is_refused_before_anything_is_chosen(sheet_of):
    with pytest.raises(ConfigError, match="retired"):
        choose(ubl(), sheet_of("FSO1100A", "FSO1101A"))
