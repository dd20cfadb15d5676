"""Decisions that an ERP drops become statuses that leave, once, or are refused with the reason beside the file."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from edid.config.sheet import ReceiverSheet
from edid.documents.kinds import Kind
from edid.documents.reading import read
from edid.exchange import sending
from edid.exchange.decisions.acknowledging import acknowledge
from edid.exchange.decisions.deciding import decide
from edid.exchange.pulse import Pulse
from edid.exchange.taking import Taker
from edid.journal.states import Purpose
from edid.sandbox.answers import Fault, flow_report
from edid.sandbox.invoices import cii_invoice
from edid.sandbox.pivot import pivot
from edid.sandbox.receiver import incoming_invoices
from edid.transport.opening import open_transport
from tests.unit.exchange.corridor import Corridor, Crash, crash_at
from tests.unit.exchange.returned import AT, flow_name, parsed

DAY = date(2026, 11, 2)


class Buyer:
    """A receiver sheet that gives statuses, with three received invoices."""

    def __init__(self, corridor: Corridor, **lifecycle: object) -> None:
        self.corridor = corridor
        self.sheet: ReceiverSheet = corridor.receiver(
            interfaces={"reception": ["FEN0036A"], "emission": ["FSO1301A", "FSO1300A", "FSO1304A"]},
            lifecycle={"decide": True, **lifecycle},
        )
        self.folders = corridor.house.folders(self.sheet, Purpose.DECISIONS)
        self.folders.prepare(sender=True)
        self.taker = Taker(
            corridor.house, self.sheet.model_copy(update={"intake": corridor.sheet.intake}), Purpose.DECISIONS
        )

    def receive(self, number: int = 1) -> str:
        name = flow_name("FEN0036A", number)
        self.corridor.inbound(str(name), pivot(name, incoming_invoices(3, DAY, first=10 * number), AT), self.sheet)
        return str(name)

    def decide(self, content: object, name: str = "decisions.json") -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (self.folders.out / name).write_bytes(data)
        self.taker.step(Pulse())
        decide(self.corridor.house, self.sheet, Pulse())

    def send(self) -> None:
        transport = open_transport(self.sheet.transport)
        while sending.send(self.corridor.house, self.sheet, transport, Pulse()).go_on:
            pass

    def delivered(self) -> list[bytes]:
        return list(self.corridor.delivered().values())

    def statuses(self) -> list[tuple[int, str, str]]:
        rows = (row for row in self.corridor.statuses() if row.message_id is not None)
        return [(row.document_id, row.code, row.canonical) for row in rows]

    def note(self, name: str = "decisions.json") -> str:
        return (self.folders.rejected / f"{name}.verdict.txt").read_text()


@pytest.fixture
def buyer(open_corridor) -> Buyer:
    buyer = Buyer(open_corridor(intake={"settle": "0s"}))
    buyer.receive()
    return buyer


def numbers(buyer: Buyer) -> list[str]:
    return [row.number for row in buyer.corridor.documents("in")]


def test_decisions_leave_as_one_message_of_statuses(buyer, tmp_path):
    first, second, _ = numbers(buyer)
    buyer.decide(
        [
            {"number": first, "status": "07"},
            {"number": second, "status": "suspendue", "reason": "LIVR_INCOMP", "comment": "il manque le bon"},
        ]
    )
    buyer.send()
    (message,) = buyer.delivered()
    path = tmp_path / "message"
    path.write_bytes(message)
    statuses = read(path, tmp_path, buyer.corridor.house.settings.limits).invoice_statuses
    assert [(each.number, each.code) for each in statuses] == [(first, "07"), (second, "06")]
    assert "LIVR_INCOMP" in (statuses[1].comment or "")
    assert "il manque le bon" in (statuses[1].comment or "")
    assert buyer.statuses() == [(1, "07", "SERVICE_FAIT"), (2, "06", "SUSPENDUE")]
    assert [row.status for row in buyer.corridor.documents("in")] == ["SERVICE_FAIT", "SUSPENDUE", None]
    (flow,) = [row for row in buyer.corridor.flows() if row.direction == "out"]
    assert flow.name.startswith("FSO1301A_ABC123_ABC1231301")
    assert flow.identifier.encode() in message


def test_a_csv_of_a_legacy_erp_is_taken(buyer):
    first = numbers(buyer)[0]
    rows = f"Number;Status;Comment\r\n{first};05;dépassée\r\n".encode("cp1252")
    buyer.decide(rows, "decisions.csv")
    assert buyer.statuses() == [(1, "05", "REJETEE")]
    assert buyer.corridor.statuses()[-1].comment == "dépassée"


def test_good_rows_leave_and_bad_ones_are_named(buyer):
    first = numbers(buyer)[0]
    buyer.decide(
        [
            {"number": "UNKNOWN", "status": "07"},
            {"number": first, "status": "99"},
            {"number": first, "stat": "07"},
            {"number": first, "status": "12"},
            {"number": first, "status": "07"},
        ]
    )
    assert buyer.statuses() == [(1, "07", "SERVICE_FAIT")]
    note = buyer.note()
    assert "EN PARTIE : 1 décision(s) sont parties, 4 ligne(s) sont refusées." in note
    assert "ligne 1 : aucune facture échangée ne porte le numéro UNKNOWN" in note
    assert "« 99 » n'est pas un statut" in note
    assert "clé inconnue : stat" in note
    assert "le statut 12 n'est pas à nous" in note
    assert buyer.corridor.files()[-1].state == "read"


def test_a_file_without_a_good_row_is_rejected(buyer):
    buyer.decide(b"this is nothing")
    assert buyer.corridor.files()[-1].state == "rejected"
    assert (buyer.folders.rejected / "decisions.json").read_bytes() == b"this is nothing"
    assert buyer.statuses() == []


def test_what_makes_no_sense_after_what_was_said_is_refused(buyer):
    first = numbers(buyer)[0]
    buyer.decide({"number": first, "status": "05"})
    buyer.decide({"number": first, "status": "08"}, "late.json")
    assert buyer.statuses() == [(1, "05", "REJETEE")]
    assert "déjà REJETEE" in buyer.note("late.json")


def test_the_sheet_may_have_it_sent_with_a_warning(open_corridor):
    buyer = Buyer(open_corridor(intake={"settle": "0s"}), order="warn")
    buyer.receive()
    first = numbers(buyer)[0]
    buyer.decide({"number": first, "status": "05"})
    buyer.decide({"number": first, "status": "08"}, "late.json")
    assert [code for _, code, _ in buyer.statuses()] == ["05", "08"]
    assert buyer.corridor.events("document.status_given")[-1].data["warnings"] == ["LIFECYCLE-ENDED"]


@pytest.mark.parametrize(
    "place", ["edid.exchange.decisions.giving._journal", "edid.exchange.decisions.deciding._end"], ids=["give", "end"]
)
def test_a_crash_gives_no_status_twice_and_loses_none(buyer, monkeypatch, place):
    first, second, _ = numbers(buyer)
    crash_at(monkeypatch, place)
    with pytest.raises(Crash):
        buyer.decide([{"number": first, "status": "07"}, {"number": second, "status": "07"}])
    buyer.corridor.restart()
    decide(buyer.corridor.house, buyer.sheet, Pulse())
    buyer.send()
    assert buyer.statuses() == [(1, "07", "SERVICE_FAIT"), (2, "07", "SERVICE_FAIT")]
    assert len(buyer.delivered()) == 1


def test_a_status_that_the_platform_refuses_no_longer_counts(buyer):
    first = numbers(buyer)[0]
    buyer.decide({"number": first, "status": "07"})
    buyer.send()
    (flow,) = [row for row in buyer.corridor.flows() if row.direction == "out"]
    answer = flow_name("CSO1301A", 5)
    refusal = flow_report(answer, parsed(flow.name), "93", AT + timedelta(days=1), [Fault("IRR_SYNTAX", "illisible")])
    buyer.corridor.inbound(str(answer), refusal, buyer.sheet)
    assert buyer.corridor.documents("in")[0].status is None
    message = next(row for row in buyer.corridor.documents() if row.kind == Kind.CPP_STATUT)
    assert message.acts == "us"
    assert [row.disregarded for row in buyer.corridor.statuses() if row.message_id] == ["refused"]


def test_a_buyer_of_the_reform_answers_with_cdar(open_corridor, tmp_path):
    corridor = open_corridor(intake={"settle": "0s"})
    buyer = Buyer(corridor, format="cdar")
    corridor.inbound("invoice.xml", cii_invoice("R-1", DAY), buyer.sheet)
    buyer.decide({"number": "R-1", "status": "207", "reason": "QTE_ERR", "comment": "trois manquent"})
    buyer.send()
    (message,) = buyer.delivered()
    path = tmp_path / "message"
    path.write_bytes(message)
    (status,) = read(path, tmp_path, corridor.house.settings.limits).invoice_statuses
    assert (status.code, status.number, status.reasons[0].code) == ("207", "R-1", "QTE_ERR")
    assert corridor.documents("in")[0].status == "EN_LITIGE"
    (sent,) = [row for row in corridor.documents() if row.kind == Kind.CDAR]
    assert (sent.about_id, sent.platform_id) == (1, status.message_id)


def test_a_motive_that_the_rules_refuse_does_not_leave(open_corridor):
    corridor = open_corridor(intake={"settle": "0s"})
    buyer = Buyer(corridor, format="cdar")
    corridor.inbound("invoice.xml", cii_invoice("R-1", DAY), buyer.sheet)
    buyer.decide({"number": "R-1", "status": "210", "reason": "NOT_A_MOTIVE"})
    buyer.decide({"number": "R-1", "status": "207"}, "bare.json")
    assert buyer.statuses() == []
    assert "BR-FR-CDV" in buyer.note()
    assert "needs a motive" in buyer.note("bare.json")


def test_a_seller_says_what_was_cashed(open_corridor, tmp_path):
    corridor = open_corridor(
        validation={"profile": "xsd-only"},
        intake={"settle": "0s"},
        interfaces={"emission": ["FSO1106A", "FSO1304A"]},
        lifecycle={"decide": True, "format": "cdar"},
    )
    corridor.outbound(("r1.xml", cii_invoice("R-1", DAY)))
    folders = corridor.house.folders(corridor.sheet, Purpose.DECISIONS)
    folders.prepare(sender=True)
    payments = [{"amount": "120.00", "vat_rate": "20"}, {"amount": 55, "vat_rate": 10}]
    decisions = [{"number": "R-1", "status": "212"}, {"number": "R-1", "status": "encaissée", "payments": payments}]
    (folders.out / "paid.json").write_text(json.dumps(decisions))
    Taker(corridor.house, corridor.sheet, Purpose.DECISIONS).step(Pulse())
    decide(corridor.house, corridor.sheet, Pulse())
    assert [row.code for row in corridor.statuses()] == ["212"]
    assert "montant encaissé" in (folders.rejected / "paid.json.verdict.txt").read_text()


def test_received_flows_are_acknowledged_once_from_the_day_it_is_switched_on(open_corridor, tmp_path):
    corridor = open_corridor(intake={"settle": "0s"})
    buyer = Buyer(corridor, acknowledgement={"send": True})
    buyer.receive(1)
    assert acknowledge(corridor.house, buyer.sheet, Pulse()) == 0
    name = buyer.receive(2)
    assert acknowledge(corridor.house, buyer.sheet, Pulse()) == 1
    assert acknowledge(corridor.house, buyer.sheet, Pulse()) == 0
    buyer.send()
    (message,) = buyer.delivered()
    path = tmp_path / "message"
    path.write_bytes(message)
    (status,) = read(path, tmp_path, corridor.house.settings.limits).flow_statuses
    assert (status.code, status.flow_id) == ("92", parsed(name).identifier)
    (flow,) = [row for row in corridor.flows() if row.direction == "out"]
    assert flow.name.startswith("FSO1300A_")


def test_a_file_that_is_dropped_again_gives_nothing_twice(buyer):
    first, second, _ = numbers(buyer)
    decisions = [{"number": first, "status": "07"}, {"number": second, "status": "99"}]
    buyer.decide(decisions)
    buyer.decide([*decisions[:1], {"number": second, "status": "06", "comment": "bon de livraison ?"}], "mended.json")
    assert buyer.statuses() == [(1, "07", "SERVICE_FAIT"), (2, "06", "SUSPENDUE")]
    assert "déjà été donnée" in buyer.note("mended.json")


def test_the_rows_of_a_file_follow_one_another(buyer):
    first = numbers(buyer)[0]
    buyer.decide(
        [{"number": first, "status": "05"}, {"number": first, "status": "06"}, {"document": 1, "status": "05"}]
    )
    assert buyer.statuses() == [(1, "05", "REJETEE")]
    note = buyer.note()
    assert "ligne 2 : la facture est déjà REJETEE" in note
    assert "ligne 3 : cette décision a déjà été donnée" in note


def test_what_a_message_cannot_carry_is_refused_and_not_left_out(buyer):
    first = numbers(buyer)[0]
    buyer.decide(
        [
            {"number": first, "status": "11", "amount": "12", "paid_on": "2026-11-20"},
            {"number": first, "status": "06", "reason": "BLURP"},
        ]
    )
    assert buyer.statuses() == []
    assert "paid_on" in buyer.note()
    assert "BLURP" in buyer.note()


def test_the_recipient_that_the_invoice_names_stands_in_the_status(buyer):
    first = numbers(buyer)[0]
    buyer.decide({"number": first, "status": "07"})
    buyer.send()
    buyer_id = buyer.corridor.documents("in")[0].buyer_id
    (message,) = buyer.delivered()
    assert f"<Identifiant>{buyer_id}</Identifiant>".encode() in message
