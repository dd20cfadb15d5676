"""What integrators of the French reform complain of and ask for, one test for each."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import paramiko
import pytest

from edid.clock import now
from edid.config.settings import Limits
from edid.config.sheet import SenderSheet
from edid.documents.kinds import InvoiceStatus
from edid.documents.reading import read
from edid.exchange.decisions.deciding import decide
from edid.exchange.pulse import Pulse
from edid.exchange.taking import Taker
from edid.journal.states import Purpose
from edid.lifecycle.reasons import motive
from edid.sandbox.fates import Fate, life
from edid.sandbox.invoices import SELLER, ubl_invoice
from edid.sandbox.scenarios import SCRIPTS, Scenario
from edid.validation.judging import judge_file
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome
from edid.validation.worker import JudgePool
from tests.acceptance.complaints.conversation import (
    ASKS_SCHEMAS,
    DAY,
    PA,
    listed,
    refusal_of,
    report,
    say,
    say_cdar,
    standing,
    unreachable,
    verdict_text,
)
from tests.integration.sandbox.playing import Play
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.returned import flow_name, statuses_message, tar_gz
from tests.unit.validation.stylesheets import catalogue_of, pack, stylesheet

GOOD = ubl_invoice("F-1", DAY, lines=1, frame="B1")


class Seller:
    """A sender sheet of an approved platform that gives statuses about what it sent."""

    def __init__(self, corridor: Corridor) -> None:
        self.corridor = corridor
        self.sheet: SenderSheet = corridor.sheet
        self.folders = corridor.house.folders(self.sheet, Purpose.DECISIONS)
        self.folders.prepare(sender=True)
        corridor.outbound(("f1.xml", GOOD))
        say_cdar(corridor, "203")

    def decide(self, **row: object) -> None:
        (self.folders.out / "decision.json").write_text(json.dumps({"number": "F-1", **row}))
        Taker(self.corridor.house, self.sheet, Purpose.DECISIONS).step(Pulse())
        decide(self.corridor.house, self.sheet, Pulse())
        while self.corridor.send().go_on:
            pass

    def messages(self) -> list[bytes]:
        return [content for name, content in self.corridor.delivered().items() if name.startswith("FSO1304A")]


@pytest.fixture
def platform(open_corridor) -> Corridor:
    return open_corridor(**PA)


@pytest.fixture
def seller(open_corridor) -> Seller:
    return Seller(open_corridor(**PA, lifecycle={"decide": True}))


def test_cashed_without_its_vat_rate_is_refused_here_with_what_is_missing(seller):
    """The platform refused status 212 for a missing rate, days later."""
    seller.decide(status="212", amount="29.88")
    assert seller.messages() == []
    note = (seller.folders.rejected / "decision.json.verdict.txt").read_text()
    assert "VAT" in note or "TVA" in note


def test_parties_of_our_messages_bear_sirens_and_the_right_roles(seller, tmp_path):
    """Wrong parties and identifiers, a SIRET under the scheme of a SIREN."""
    seller.decide(status="212", amount="29.88", vat_rate="20")
    (content,) = seller.messages()
    (tmp_path / "message.xml").write_bytes(content)
    (status,) = read(tmp_path / "message.xml", tmp_path, Limits()).invoice_statuses
    assert isinstance(status, InvoiceStatus)
    assert (status.supplier_type, status.supplier_id) == ("0002", SELLER.siren)
    assert (status.number, status.invoice_date) == ("F-1", DAY)


def test_a_status_is_about_the_delivery_that_was_taken_not_the_refused_one(open_corridor):
    """Statuses were attached to a deposit that the platform had refused."""
    corridor = open_corridor(**ASKS_SCHEMAS)
    invoice = ubl_invoice("F-1", DAY, lines=1)
    corridor.outbound(("f1.xml", invoice))
    report(corridor, "93", refusal_of("F-1"))
    corridor.outbound(("f1-bis.xml", invoice))
    say(corridor, "03")
    assert standing(corridor) == [("F-1", None), ("F-1", "MISE_A_DISPOSITION")]


def test_the_rejection_of_a_double_never_hides_the_good_status_before_or_after(platform):
    platform.outbound(("f1.xml", GOOD))
    say_cdar(platform, "203", hours=1)
    say_cdar(platform, "213", fate=Fate.DOUBLE, hours=2)
    assert standing(platform) == [("F-1", "MISE_A_DISPOSITION")]
    say_cdar(platform, "211", hours=3)
    assert standing(platform) == [("F-1", "PAIEMENT_TRANSMIS")]


def test_a_poisoned_file_blocks_no_other_of_the_same_poll(platform):
    """One unreadable file stopped a whole window of synchronisation."""
    platform.outbound(("f1.xml", GOOD))
    platform.offer(str(flow_name("FEN1204A", 1)), b"<CrossDomainAcknowledgementAndResponse")
    platform.offer(str(flow_name("FEN1204A", 2)), b"\x00\xff" * 1000)
    platform.offer(*statuses_message("03", number=3))
    say_cdar(platform, "203")
    assert standing(platform) == [("F-1", "MISE_A_DISPOSITION")]
    kept = [flow for flow in platform.flows() if flow.state == "kept"]
    assert len(kept) == 2
    assert all(flow.reason for flow in kept)


def test_rules_that_did_not_run_never_make_a_document_valid(tmp_path):
    """A false green: the rules were not there, and nobody said so."""
    (path := tmp_path / "f1.xml").write_bytes(GOOD)
    (work := tmp_path / "work").mkdir()
    standard = Standard(packs=("UBL-Invoice", "NO-SUCH-RULES"))
    verdict = judge_file(path, work, Limits(), standard=standard).verdict
    assert verdict.outcome is Outcome.NOT_JUDGED
    assert "NO-SUCH-RULES" in (verdict.not_judged_because or "")


def test_a_stylesheet_that_aborts_leaves_a_verdict_that_says_so_and_a_living_judge(tmp_path):
    """An amount that cannot be cast ended the whole check without a verdict."""
    aborting = pack(tmp_path, stylesheet("<xsl:value-of select=\"xs:decimal('1 234,56')\"/>"))
    with JudgePool(Limits(), 1, packs=lambda: catalogue_of(aborting)) as judges:
        outcomes = []
        for number in (1, 2):
            (path := tmp_path / f"{number}.xml").write_bytes(GOOD)
            (judgement,) = judges.judge([(path, tmp_path / f"work-{number}")], standard=Standard("test"))
            outcomes.append(judgement.verdict.outcome)
            assert "TEST" in (judgement.verdict.not_judged_because or "")
    assert outcomes == [Outcome.NOT_JUDGED, Outcome.NOT_JUDGED]


def test_a_rule_that_is_wrong_today_can_be_weighed_otherwise_by_the_sheet(open_corridor):
    """Hot-fixed rules and false positives: a sheet says what a rule weighs, and the verdict still shows it."""
    strict = open_corridor()
    strict.outbound(("f1.xml", ubl_invoice("FACTURE-2026-00000000001", DAY, lines=1)))
    assert strict.states() == ["rejected"]
    lenient = open_corridor(validation={"severities": {"CPP-NUMBER-LENGTH": "warning"}})
    lenient.outbound(("f2.xml", ubl_invoice("FACTURE-2026-00000000002", DAY, lines=1)))
    document = lenient.documents()[-1]
    assert document.state == "sent"
    assert {found["rule"]: found["severity"] for found in document.verdict["findings"]}[
        "CPP-NUMBER-LENGTH"
    ] == "warning"


def test_a_verdict_names_the_versions_of_the_rules_that_gave_it(open_corridor):
    """What was valid last month is not today: by which rules must be known."""
    corridor = open_corridor()
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY, lines=1)))
    packs = corridor.documents()[0].verdict["packs"]
    assert {pack["name"] for pack in packs} >= {"UBL-Invoice", "CHORUS-PRO"}
    assert all(pack["version"] and len(pack["sha256"]) == 64 for pack in packs)


def test_a_partner_that_is_away_is_tried_again_soon_and_a_wrong_setting_seldom(open_corridor, tmp_path):
    """Permanent and transient errors were confused."""
    away = open_corridor(**ASKS_SCHEMAS, transport=unreachable(_key(tmp_path / "id_rsa")))
    away.outbound(("f1.xml", ubl_invoice("F-1", DAY, lines=1)))
    (flow,) = away.flows()
    assert flow.state == "ready"
    assert flow.next_attempt_at < now() + timedelta(minutes=1)
    wrong = open_corridor(**ASKS_SCHEMAS, name="autre", transport=unreachable(tmp_path / "missing"))
    wrong.outbound(("f2.xml", ubl_invoice("F-2", DAY, lines=1)), sheet=wrong.sheet)
    flow = wrong.flows()[-1]
    assert flow.state == "ready"
    assert flow.next_attempt_at > now() + timedelta(minutes=10)


def _key(path: Path) -> Path:
    paramiko.RSAKey.generate(2048).write_private_key_file(str(path))
    path.chmod(0o600)
    return path


def test_a_refused_invoice_tells_in_plain_french_what_to_mend(open_corridor):
    """They ask for readable messages before anything is sent."""
    corridor = open_corridor()
    corridor.outbound(("f1.xml", ubl_invoice("FACTURE-2026-00000000001", DAY, lines=1)))
    text = verdict_text(corridor, "f1.xml")
    assert "20 caractères" in text
    assert "Que faire" in text


def test_one_bad_invoice_of_an_archive_is_set_aside_and_the_others_leave(open_corridor):
    """They ask for a quarantine of single items."""
    corridor = open_corridor(**ASKS_SCHEMAS)
    good = {f"{number}.xml": ubl_invoice(number, DAY, lines=1) for number in ("F-1", "F-2")}
    corridor.outbound(("lot.tar.gz", tar_gz([*good.items(), ("bad.xml", b"<Invoice")])))
    assert sorted(corridor.states()) == ["rejected", "sent", "sent"]


def test_the_same_seller_year_and_number_is_one_invoice(open_corridor):
    """They ask for a guard on SIREN, year and number: not on the name of a file, nor on its bytes."""
    corridor = open_corridor(**ASKS_SCHEMAS)
    other_year = ubl_invoice("F-1", DAY.replace(year=2025), lines=1)
    corridor.outbound(("a.xml", ubl_invoice("F-1", DAY)), ("b.xml", ubl_invoice("F-1", DAY, lines=2)))
    corridor.outbound(("c.xml", other_year))
    assert corridor.states() == ["sent", "duplicate", "sent"]


@pytest.mark.parametrize("fate", [Fate.SUSPENDED, Fate.DISPUTED, Fate.REJECTED, Fate.REFUSED])
def test_every_motive_says_what_the_erp_has_to_do(platform, fate):
    """They ask for a table from motives to actions."""
    platform.outbound(("f1.xml", GOOD))
    last = life(fate, afnor=True)[-1]
    say_cdar(platform, last.code, fate=fate)
    row = listed(platform)["F-1"]
    assert last.reason is not None
    assert last.reason.code is not None
    known = motive(last.reason.code)
    assert known is not None
    assert known.what_fr
    assert row["motive"].startswith(last.reason.code)
    assert row["what"]


def test_there_is_a_mock_partner_that_plays_every_answer(tmp_path):
    """They ask for one: it takes deposits and answers by a chosen script, without an account anywhere."""
    for scenario in Scenario:
        assert SCRIPTS[scenario].about
    play = Play(tmp_path / "partner", Scenario.DISPUTED)
    play.deposit("FSO1150A", GOOD)
    told = [word for answer in play.told(tmp_path) for word in answer.words]
    assert [word.code for word in told] == ["500", "200", "202", "203", "204", "207"]
