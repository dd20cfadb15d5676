"""What users of Chorus Pro complain of, one test for each complaint."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from edid.config.settings import Limits
from edid.exchange.alerts.watching import Watch, look_at
from edid.lifecycle.flow_reports import FlowReport, flow_report
from edid.lifecycle.messages.cpp_statut import Fault
from edid.lifecycle.statuses import interpret
from edid.sandbox.invoices import SELLER, cii_invoice, ubl_invoice
from edid.sandbox.invoices.parties import SUPPLIERS
from edid.validation.judging import judge_file
from edid.validation.standard import Standard
from tests.acceptance.complaints.conversation import (
    ASKS_SCHEMAS,
    DAY,
    facts,
    listed,
    refusal_of,
    report,
    say,
    standing,
    unreachable,
    verdict_text,
)
from tests.unit.exchange.corridor import Crash, crash_at
from tests.unit.exchange.pivots import PDF, PJ, Unit, pivot_with
from tests.unit.exchange.returned import statuses_message

GOOD = ubl_invoice("F-1", DAY, lines=1)


@pytest.fixture
def sender(open_corridor):
    return open_corridor(**ASKS_SCHEMAS)


# 1


def test_a_late_cryptic_rejection_is_told_with_the_invoice_and_a_plain_cause(sender):
    """The deposit is accepted, the flow is refused hours later, and nobody knows which invoice or why."""
    sender.outbound(("f1.xml", GOOD))
    report(sender, "93", refusal_of("F-1"))
    row = listed(sender)["F-1"]
    assert "L'identifiant fournisseur n'est pas référencé." in row["motive"]
    assert "renvoyez" in row["what"] or "envoyez de nouveau" in row["what"]


# 2


def test_a_missing_payment_mode_is_found_before_anything_leaves(open_corridor):
    """Optional in the European norm, demanded by the platform: the invoice comes back refused."""
    corridor = open_corridor()
    without = re.sub(rb"<cac:PaymentMeans>.*?</cac:PaymentMeans>", b"", GOOD, flags=re.DOTALL)
    corridor.outbound(("f1.xml", without))
    assert corridor.states() == ["rejected"]
    assert corridor.delivered() == {}
    assert "CPP-PAYMENT-MEANS" in verdict_text(corridor, "f1.xml")


# 3


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda xml: xml.replace(b">F-1<", b">FACTURE-2026-000000001<"), "CPP-NUMBER-LENGTH"),
        (lambda xml: xml.replace(b">00020317400016<", b">000203174<"), "CPP-RECIPIENT-SIRET"),
    ],
)
def test_numbers_and_identifiers_that_the_platform_refuses_are_refused_here(open_corridor, spoil, rule):
    """A number of more than twenty characters, a SIREN where a SIRET must stand."""
    corridor = open_corridor()
    spoilt = spoil(GOOD)
    assert spoilt != GOOD
    corridor.outbound(("f1.xml", spoilt))
    assert corridor.states() == ["rejected"]
    assert rule in verdict_text(corridor, "f1.xml")


def test_a_frame_of_the_other_circuit_is_refused_here(open_corridor):
    """Its place is sure in CII; in UBL, where no public text tells it, the same is only remarked."""
    corridor = open_corridor()
    corridor.outbound(("f1.xml", cii_invoice("F-1", DAY, frame="B1")), ("f2.xml", ubl_invoice("F-2", DAY, frame="B1")))
    assert dict(zip([row.number for row in corridor.documents()], corridor.states(), strict=True)) == {
        "F-1": "rejected",
        "F-2": "sent",
    }
    assert "CPP-FRAME-VALUE" in verdict_text(corridor, "f1.xml")


def test_a_service_code_with_special_characters_is_remarked_and_leaves(open_corridor):
    """Which signs are allowed is written nowhere: a remark, no refusal."""
    corridor = open_corridor()
    corridor.outbound(("f1.xml", GOOD.replace(b">ACHATS<", b">ACHATS/1<")))
    (document,) = corridor.documents()
    assert document.state == "sent"
    assert "CPP-SERVICE-CHARACTERS" in {finding["rule"] for finding in document.verdict["findings"]}


# 4


def test_of_a_partly_integrated_flow_only_the_named_invoice_may_leave_again(open_corridor):
    """By its number as a whole word: FA-1 is not FA-10, and the same number of another supplier is not meant."""
    corridor = open_corridor(**ASKS_SCHEMAS, batch={"max_documents": 3})
    numbers = ("FA-1", "FA-10", "FA-2")
    files = {number: ubl_invoice(number, DAY, lines=1) for number in numbers}
    corridor.outbound(*((f"{number}.xml", content) for number, content in files.items()))
    report(corridor, "96", refusal_of("FA-1"))
    assert set(listed(corridor)) == {"FA-1"}
    corridor.outbound(*((f"{number}-bis.xml", content) for number, content in files.items()))
    assert [(row.number, row.state) for row in corridor.documents()[3:] if row.state == "sent"] == [("FA-1", "sent")]
    assert listed(corridor) == {}


def test_a_status_is_never_bound_to_the_same_number_of_another_supplier(sender):
    other = SUPPLIERS[0]
    sender.outbound(("f1.xml", GOOD), ("f2.xml", ubl_invoice("F-1", DAY, lines=1, seller=other)))
    assert other.siren != SELLER.siren
    say(sender, "06")
    assert standing(sender) == [("F-1", "SUSPENDUE"), ("F-1", None)]


# 5


@pytest.mark.parametrize(
    ("state", "means"),
    [
        ("IN_RECU", FlowReport.RECEIVED),
        ("IN_TRAITE_SE_CPP", FlowReport.RECEIVED),
        ("IN_EN_ATTENTE_TRAITEMENT_CPP", FlowReport.RECEIVED),
        ("IN_EN_COURS_TRAITEMENT_CPP", FlowReport.RECEIVED),
        ("IN_EN_ATTENTE_RETRAITEMENT_CPP", FlowReport.RECEIVED),
        ("IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP", FlowReport.RECEIVED),
        ("IN_INTEGRE", FlowReport.INTEGRATED),
        ("IN_INTEGRE_PARTIEL", FlowReport.PARTLY_INTEGRATED),
        ("IN_REJETE", FlowReport.REFUSED),
        ("IN_INCIDENTE", FlowReport.INCIDENT),
        ("IN_QUELQUE_CHOSE_DE_NOUVEAU", FlowReport.UNKNOWN),
    ],
)
def test_pending_states_of_a_flow_are_neither_final_nor_errors(state, means):
    assert flow_report(state) is means


# 6


def test_the_refusal_of_a_duplicate_leaves_the_first_valid_invoice_alone(sender):
    sender.outbound(("f1.xml", GOOD))
    say(sender, "03")
    report(sender, "92")
    report(sender, "93", Fault("IRR_UNCITE", "Un flux portant le même identifiant a déjà été reçu."))
    assert standing(sender) == [("F-1", "MISE_A_DISPOSITION")]
    assert [flow.report for flow in sender.flows() if flow.direction == "out"] == ["integrated"]
    assert listed(sender) == {}


# 7


def test_many_returns_are_fetched_in_one_go_and_none_is_fetched_twice(sender):
    """Long lists were cut short, and too many calls were made for what was known."""
    sender.outbound(("f1.xml", GOOD))
    for number in range(60):
        sender.offer(*statuses_message("03", facts("F-1"), number=number))
    assert sender.fetch().new == 60
    assert sender.fetch().new == 0


def test_a_return_that_is_offered_once_survives_a_crash_of_ours(sender, monkeypatch):
    """The platform hands a file out once: bytes that came must never be lost between two steps."""
    sender.outbound(("f1.xml", GOOD))
    name, content = statuses_message("06", facts("F-1"))
    offered = sender.offer(name, content)
    crash_at(monkeypatch, "edid.exchange.fetched.record")
    with pytest.raises(Crash):
        sender.fetch()
    offered.unlink()
    sender.restart()
    sender.fetch()
    sender.file()
    assert standing(sender) == [("F-1", "SUSPENDUE")]


# 8


def test_a_half_written_file_waits_and_an_invalid_one_stops_no_other(sender):
    sender.drop("a-moitie.xml.part", GOOD[:200])
    sender.outbound(("b-vide.xml", b""), ("c-cassee.xml", b"<Invoice"), ("d-bonne.xml", GOOD))
    assert {row.state for row in sender.documents() if row.number == "F-1"} == {"sent"}
    assert len(sender.delivered()) == 1
    assert sender.kept("out") == ["a-moitie.xml.part"]
    assert {name.split(".")[0] for name in sender.kept("rejected")} == {"b-vide", "c-cassee"}


# 9


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "utf-16"])
def test_a_comment_keeps_its_accents_in_whatever_encoding_its_file_declares(sender, encoding):
    sender.outbound(("f1.xml", GOOD))
    name, content = statuses_message("06", facts("F-1"))
    text = content.decode().replace("Suspendue", "Suspendue à compléter, pièce n° 5")
    declared = text.replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"').replace(
        "encoding='UTF-8'", f"encoding='{encoding.removesuffix('-sig')}'"
    )
    sender.inbound(name, declared.encode(encoding))
    (status,) = [row for row in sender.statuses() if row.subject == "document"]
    assert status.about["label"] == "Suspendue à compléter, pièce n° 5"
    assert standing(sender) == [("F-1", "SUSPENDUE")]


# 10


def test_attachments_are_named_by_the_message_whatever_their_zip_says(corridor, receiver):
    """The entry of the zip has another name, and two attachments have the same one."""
    pivot = pivot_with(Unit(attachments=(PJ("Bon.pdf", PDF), PJ("Bon.pdf", PDF + b" two"))))
    corridor.inbound("A", pivot, receiver)
    (document,) = corridor.documents("in")
    folder = corridor.house.folders(receiver).incoming / document.filed_as
    found = sorted(path.read_bytes() for path in folder.glob("*.pdf"))
    assert found == [PDF, PDF + b" two"]


def test_an_attachment_of_many_megabytes_is_filed(corridor, receiver):
    """A text node beyond what the parser takes by default."""
    content = bytes(range(256)) * 60_000
    pivot = pivot_with(Unit(attachments=(PJ("Plan.bin", content),)))
    assert len(pivot) > 15_000_000
    corridor.inbound("A", pivot, receiver)
    (document,) = corridor.documents("in")
    folder = corridor.house.folders(receiver).incoming / document.filed_as
    assert (folder / "Plan.bin").read_bytes() == content


# 11


def test_to_be_recycled_is_not_rejected_and_contested_numbers_decide_nothing():
    assert interpret("04", "cpp-statut", "V1_19", "FEN1200A").canonical == "A_RECYCLER"
    assert interpret("05", "cpp-statut", "V1_19", "FEN1200A").canonical == "REJETEE"
    seventeen = interpret("17", "cpp-statut", "V1_19", "FEN1200A")
    assert seventeen.canonical != "REJETEE"


def test_a_long_motive_is_kept_whole(sender):
    sender.outbound(("f1.xml", GOOD))
    motive = "Montant à revoir. " * 40
    say(sender, "05", comment=motive)
    assert listed(sender)["F-1"]["comment"] == motive.strip()


# 12


def test_a_certificate_that_ends_is_announced_before(open_corridor):
    """Nobody was told that credentials expire; in EDI an expired certificate stops every exchange."""
    corridor = open_corridor(certificate={"ends_on": "2026-12-31"})
    for at, told in ((datetime(2026, 11, 30, 12, tzinfo=UTC), []), (datetime(2026, 12, 1, 12, tzinfo=UTC), ["expiry"])):
        found = look_at(corridor.house, corridor.sheet, Watch(), at).raised
        assert [cause.kind for cause in found] == told


@pytest.mark.parametrize("content", ["", "not a key"])
def test_an_empty_or_broken_key_is_refused_clearly_and_never_used(open_corridor, tmp_path, content):
    """An empty credential was kept and used again and again."""
    (tmp_path / "id_rsa").write_text(content)
    (tmp_path / "id_rsa").chmod(0o600)
    corridor = open_corridor(**ASKS_SCHEMAS, transport=unreachable(tmp_path / "id_rsa"))
    corridor.outbound(("f1.xml", GOOD))
    (flow,) = corridor.flows()
    assert (flow.state, corridor.states()) == ("ready", ["packed"])
    assert "key" in flow.reason


# 13


def test_each_document_of_a_supplier_can_be_told_apart(sender):
    """A supplier behind an operator sees no flow on the portal: its share is found by its number."""
    sender.outbound(("f1.xml", GOOD), ("f2.xml", ubl_invoice("F-2", DAY, lines=1, seller=SUPPLIERS[0])))
    say(sender, "06")
    by_seller = {row.seller_key: (row.number, row.status) for row in sender.documents()}
    assert by_seller == {SELLER.siren: ("F-1", "SUSPENDUE"), SUPPLIERS[0].siren: ("F-2", None)}


# 14


def test_a_made_up_siret_is_refused_in_production_and_remarked_in_qualification(tmp_path):
    """Test data of the platform hold SIRETs whose check digit is wrong."""
    (path := tmp_path / "f1.xml").write_bytes(GOOD.replace(b">00020317400016<", b">00020317400011<"))
    weights = {}
    for environment in ("qualification", "production"):
        (work := tmp_path / environment).mkdir()
        verdict = judge_file(path, work, Limits(), standard=Standard("chorus-pro", environment=environment)).verdict
        weights[environment] = {f.rule: str(f.severity) for f in verdict.findings}.get("CPP-RECIPIENT-LUHN")
    assert weights == {"qualification": "warning", "production": "fatal"}
