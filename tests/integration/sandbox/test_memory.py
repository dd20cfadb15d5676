"""What the platform remembers: an invoice that comes again, and whom a recipient's statuses are for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from edid.documents.kinds import Facts, FlowStatus
from edid.flows.names import parse_strict
from edid.lifecycle.messages.cdar import CdarToWrite, cdar
from edid.lifecycle.messages.cpp_statut import StatusLine, flow_acknowledgement, invoice_statuses
from edid.lifecycle.messages.envelope import Envelope
from edid.sandbox.invoices import BUYER, SELLER, ubl_invoice
from edid.sandbox.scenarios import Scenario
from tests.integration.sandbox.playing import Play

DAY = date(2026, 9, 15)
AT = datetime(2026, 9, 16, 8, tzinfo=UTC)


def invoice(number: str, lines: int = 1, frame: str = "A1") -> bytes:
    return ubl_invoice(number, DAY, lines=lines, frame=frame)


def facts(number: str, issued: date = DAY) -> Facts:
    return Facts(
        number=number, issue_date=issued, seller_id=SELLER.siret, seller_name=SELLER.name, buyer_id=BUYER.siret
    )


def statuses(name: str, *lines: StatusLine, identifier: str | None = None) -> bytes:
    envelope = Envelope(identifier or parse_strict(name).identifier, "CPP001", "BBB456", AT)
    return invoice_statuses(envelope, lines)


def codes(play: Play, work) -> list[str]:
    return [code for each in play.told(work) for code in each.codes]


def test_a_suspended_invoice_that_comes_again_is_completed_and_paid(tmp_path):
    play = Play(tmp_path / "platform", Scenario.SUSPENDED_THEN_COMPLETED)
    play.deposit("FSO1100A", invoice("F-1"))
    assert codes(play, tmp_path)[-1] == "06"
    play.deposit("FSO1100A", invoice("F-1", lines=2))
    assert codes(play, tmp_path)[5:] == ["92", "12", "07", "08", "09", "10", "11"]


def test_what_was_refused_may_come_again_and_is_taken(tmp_path):
    play = Play(tmp_path / "platform", Scenario.PARTIAL)
    play.deposit("FSO1100A", invoice("F-1"), invoice("F-2"))
    play.deposit("FSO1100A", invoice("F-2"))
    assert play.fates() == ["integrated", "refused", "integrated"]


def test_what_was_taken_and_comes_again_is_refused_alone_even_after_a_restart(tmp_path):
    play = Play(tmp_path / "platform")
    play.deposit("FSO1100A", invoice("F-1"))
    assert len(codes(play, tmp_path)) == 4
    again = Play(tmp_path / "platform")
    again.time = play.time
    again.deposit("FSO1100A", invoice("F-1", lines=2), name="FSO1100A_AAA123_AAA1231100000000000000002")
    *_, report = again.told(tmp_path)
    assert report.codes == ("93",)
    assert [error[1] for error in report.words[0].errors] == ["DOUBLE_FACT"]
    assert again.fates() == ["integrated", "repeated"]


def test_the_same_number_of_another_year_is_another_invoice(tmp_path):
    play = Play(tmp_path / "platform")
    play.deposit("FSO1100A", invoice("F-1"))
    play.deposit("FSO1100A", ubl_invoice("F-1", date(2025, 9, 15), lines=1))
    assert play.fates() == ["integrated", "integrated"]


def test_the_number_of_an_invoice_says_what_becomes_of_it(tmp_path):
    play = Play(tmp_path / "platform", Scenario.AS_NUMBERED)
    for number in ("PAID-1", "SUSPENDUE-1", "A-RECYCLER-1", "REJETEE-1", "REFUSED-1", "EN-LITIGE-1", "F-1"):
        play.deposit("FSO1100A", invoice(number))
    assert play.fates() == ["paid", "suspendue", "a-recycler", "rejetee", "refused", "en-litige", "integrated"]


def test_double_delivery_is_said_after_the_good_news(tmp_path):
    play = Play(tmp_path / "platform", Scenario.DOUBLE_DELIVERY)
    play.deposit("FSO1100A", invoice("F-1"))
    assert codes(play, tmp_path) == ["92", "01", "02", "03", "93"]


def test_statuses_of_a_recipient_are_taken_and_reported(tmp_path):
    play = Play(tmp_path / "platform")
    name = play.name("FSO1301A", "BBB456")
    play.deposit("FSO1301A", statuses(name, StatusLine("05", facts("F-1"), "non")), name=name)
    (report,) = play.told(tmp_path)
    assert (report.interface, report.codes) == ("CSO1301A", ("92",))


def test_an_acknowledgement_is_taken_and_reported(tmp_path):
    play = Play(tmp_path / "platform")
    name = play.name("FSO1300A", "BBB456")
    envelope = Envelope(parse_strict(name).identifier, "CPP001", "BBB456", AT)
    play.deposit("FSO1300A", flow_acknowledgement(envelope, "92", "CPP0010036000000000000001"), name=name)
    (report,) = play.told(tmp_path)
    assert (report.interface, report.codes) == ("CSO1300A", ("92",))
    assert isinstance(report.words[0], FlowStatus)
    assert report.words[0].flow_id == parse_strict(name).identifier


def test_statuses_under_the_code_of_acknowledgements_are_refused(tmp_path):
    play = Play(tmp_path / "platform")
    name = play.name("FSO1300A", "BBB456")
    play.deposit("FSO1300A", statuses(name, StatusLine("05", facts("F-1"))), name=name)
    assert play.faults() == ["IRR_TYPE_F"]


def test_a_message_whose_envelope_names_another_flow_is_refused(tmp_path):
    play = Play(tmp_path / "platform")
    name = play.name("FSO1301A", "BBB456")
    other = statuses(name, StatusLine("05", facts("F-1")), identifier="BBB4561301000000000009999")
    play.deposit("FSO1301A", other, name=name)
    assert play.faults() == ["IRR_SYNTAX"]
    assert codes(play, tmp_path) == ["93"]


def test_refused_statuses_are_reported_as_such_and_invoices_are_taken(tmp_path):
    play = Play(tmp_path / "platform", Scenario.REFUSED_STATUSES)
    name = play.name("FSO1301A")
    play.deposit("FSO1301A", statuses(name, StatusLine("05", facts("F-1"))), name=name)
    play.deposit("FSO1100A", invoice("F-1"))
    assert sorted(codes(play, tmp_path)) == ["01", "02", "03", "92", "93"]


def test_what_a_recipient_says_reaches_the_supplier_that_deposited_the_invoice(tmp_path):
    suppliers = Play(tmp_path / "suppliers")
    suppliers.deposit("FSO1100A", invoice("F-1"))
    suppliers.deposit("FSO1100A", invoice("F-2"))
    before = len(suppliers.told(tmp_path))
    buyer = Play(tmp_path / "buyer", suppliers=suppliers.platform)
    name = buyer.name("FSO1301A", "BBB456")
    lines = [
        StatusLine("06", facts("F-1"), "le bon de livraison ?", at=AT),
        StatusLine("07", facts("INCONNUE")),
        StatusLine("07", facts("F-2", date(2025, 1, 1))),
    ]
    buyer.deposit("FSO1301A", statuses(name, *lines), name=name)
    suppliers.time = buyer.time
    (passed_on,) = suppliers.told(tmp_path)[before:]
    assert passed_on.interface == "FEN1200A"
    (word,) = passed_on.words
    assert (word.number, word.code, word.comment, word.at) == ("F-1", "06", "le bon de livraison ?", AT)


def test_to_be_recycled_reaches_the_supplier_as_a_rejection(tmp_path):
    suppliers = Play(tmp_path / "suppliers", Scenario.SILENCE)
    suppliers.deposit("FSO1100A", invoice("F-1"))
    buyer = Play(tmp_path / "buyer", suppliers=suppliers.platform)
    name = buyer.name("FSO1301A", "BBB456")
    buyer.deposit("FSO1301A", statuses(name, StatusLine("04", facts("F-1"))), name=name)
    suppliers.time = buyer.time + timedelta(seconds=1)
    assert codes(suppliers, tmp_path) == ["05"]


def test_an_afnor_status_reaches_a_supplier_of_that_circuit_only(tmp_path):
    suppliers = Play(tmp_path / "suppliers", Scenario.SILENCE)
    suppliers.deposit("FSO1150A", invoice("F-1", frame="B1"))
    suppliers.deposit("FSO1100A", invoice("F-2"))
    buyer = Play(tmp_path / "buyer", suppliers=suppliers.platform)
    for number in ("F-1", "F-2"):
        buyer.deposit("FSO1304A", cdar(CdarToWrite("205", facts(number), AT)))
    suppliers.time = buyer.time
    (told,) = suppliers.told(tmp_path)
    assert (told.interface, [(word.code, word.number) for word in told.words]) == ("FEN1204A", [("205", "F-1")])
