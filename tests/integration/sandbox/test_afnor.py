"""The platform of the AFNOR circuits: invoices of an approved platform are answered in CDAR."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from edid.config.settings import Limits
from edid.documents.kinds import Facts
from edid.lifecycle.messages.cdar import CdarToWrite, cdar
from edid.sandbox import cdar as platform_words
from edid.sandbox.fates import Fate, life
from edid.sandbox.invoices import SELLER, ubl_invoice
from edid.sandbox.receiver import deposit_status
from edid.sandbox.scenarios import Scenario
from edid.validation.judging import judge_file
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome
from tests.integration.sandbox.playing import Play

DAY = date(2026, 9, 15)
AT = datetime(2026, 9, 16, 8, tzinfo=UTC)
FACTS = Facts(
    number="F-1",
    issue_date=DAY,
    type_code="380",
    seller_id=SELLER.siren,
    seller_scheme="0002",
    seller_name=SELLER.name,
    buyer_id="000203176",
    buyer_scheme="0002",
    buyer_name="Acheteur",
)


def invoice(number: str) -> bytes:
    return ubl_invoice(number, DAY, lines=1, frame="B1")


@pytest.mark.parametrize(
    ("scenario", "codes"),
    [
        (Scenario.ALL_INTEGRATED, ["500", "200", "202", "203"]),
        (Scenario.PAID, ["500", "200", "202", "203", "204", "205", "211"]),
        (Scenario.SUSPENDED, ["500", "200", "202", "203", "204", "208"]),
        (Scenario.DISPUTED, ["500", "200", "202", "203", "204", "207"]),
        (Scenario.REJECTED, ["500", "200", "202", "203", "210"]),
        (Scenario.RECYCLED, ["500", "200", "202", "203", "210"]),
        (Scenario.DOUBLE_DELIVERY, ["500", "200", "202", "203", "213"]),
        (Scenario.OUT_OF_ORDER, ["203", "202", "200", "500"]),
        (Scenario.DOUBLED, ["500", "200", "202", "203", "500", "200", "202", "203"]),
        (Scenario.PLACEHOLDERS, ["500", "213"]),
        (Scenario.REFUSED, ["501"]),
        (Scenario.SILENCE, []),
    ],
)
def test_one_invoice_gets_the_answers_of_its_scenario(tmp_path, scenario, codes):
    play = Play(tmp_path / "pa", scenario)
    play.deposit("FSO1150A", invoice("F-1"))
    told = play.told(tmp_path)
    assert [code for each in told for code in each.codes] == codes
    for each in told:
        (word,) = each.words
        expected = "CSO1150A" if word.code >= "500" else "FEN1214A" if word.code in {"202", "213"} else "FEN1204A"
        assert each.interface == expected


def test_a_status_names_its_invoice_and_says_why(tmp_path):
    play = Play(tmp_path / "pa", Scenario.SUSPENDED)
    play.deposit("FSO1150A", invoice("F-1"))
    suspended = play.told(tmp_path)[-1].words[0]
    assert (suspended.number, suspended.invoice_date, suspended.supplier_id) == ("F-1", DAY, SELLER.siren)
    assert [(reason.code, reason.action_code) for reason in suspended.reasons] == [("JUSTIF_ABS", "PIN")]
    assert suspended.comment == "Joignez le bon de livraison."


def test_each_invoice_of_a_flow_has_its_own_message(tmp_path):
    play = Play(tmp_path / "pa", Scenario.PARTIAL)
    play.deposit("FSO1150A", invoice("F-1"), invoice("F-2"))
    told = [(word.code, word.number) for each in play.told(tmp_path)[1:] for word in each.words]
    assert sorted(told) == [("200", "F-1"), ("202", "F-1"), ("203", "F-1"), ("213", "F-2")]


def test_a_message_with_placeholders_names_no_invoice(tmp_path):
    play = Play(tmp_path / "pa", Scenario.PLACEHOLDERS)
    play.deposit("FSO1150A", invoice("F-1"))
    rejected = play.told(tmp_path)[-1].words[0]
    assert (rejected.number, rejected.invoice_date, rejected.supplier_id) == ("X" * 20, date(1900, 1, 1), "0" * 9)


def test_a_lifecycle_message_is_taken_with_500(tmp_path):
    play = Play(tmp_path / "pa")
    play.deposit("FSO1304A", cdar(CdarToWrite("209", FACTS, AT)))
    (report,) = play.told(tmp_path)
    assert (report.interface, report.codes) == ("CSO1304A", ("500",))


def test_a_lifecycle_message_that_is_refused_is_named_by_its_number(tmp_path):
    play = Play(tmp_path / "pa", Scenario.REFUSED_STATUSES)
    message = CdarToWrite("209", FACTS, AT, message_id="MESSAGE-17")
    play.deposit("FSO1304A", cdar(message))
    report, refusal = play.told(tmp_path)
    assert (report.codes, refusal.interface, refusal.codes) == (("500",), "FEN1205A", ("601",))
    assert refusal.words[0].number == "MESSAGE-17"


def test_where_only_refusals_are_reported_a_good_message_gets_no_report(tmp_path):
    play = Play(tmp_path / "pa")
    play.deposit("FSO3301A", cdar(CdarToWrite("209", FACTS, AT)))
    assert play.told(tmp_path) == []
    play.deposit("FSO3301A", b"<CrossDomainAcknowledgementAndResponse/>")
    (refusal,) = play.told(tmp_path)
    assert (refusal.interface, refusal.codes) == ("CSI3301A", ("501",))


def test_the_supplier_can_say_something_about_a_received_invoice(tmp_path):
    play = Play(tmp_path / "pa")
    name = deposit_status(play.platform.offers, "AAA123", FACTS, "209", at=AT)
    (told,) = play.told(tmp_path)
    assert name.startswith("FEN4001A_AAA123_CPP001")
    assert [(word.code, word.number) for word in told.words] == [("209", "F-1")]


def test_what_the_platform_says_of_an_invoice_keeps_the_rules_of_lifecycle_messages(tmp_path):
    """Placeholders excepted: what they stand in for is no such thing."""
    steps = {step.code: step for fate in Fate for step in life(fate, afnor=True) if not step.unreadable}
    assert set(steps) >= {"200", "202", "203", "204", "205", "207", "208", "209", "210", "211", "213"}
    for code, step in steps.items():
        (folder := tmp_path / code).mkdir()
        path = folder / "message.xml"
        path.write_bytes(
            platform_words.invoice_status(FACTS, code, AT, reason=step.reason, comment=step.comment),
        )
        (work := folder / "work").mkdir()
        verdict = judge_file(path, work, Limits(), standard=Standard("fr-ctc")).verdict
        assert verdict.outcome is Outcome.VALID, (code, verdict.findings)
