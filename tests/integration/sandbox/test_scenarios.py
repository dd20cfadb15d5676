"""The scripts: which answers come back, about what, in which order."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from edid import resources
from edid.clock import now
from edid.sandbox.invoices import ubl_invoice
from edid.sandbox.ledger import ACCEPTED, ANSWERED, REFUSED
from edid.sandbox.platform import SandboxPlatform
from edid.sandbox.scenarios import SCRIPTS, Scenario

DAY = date(2026, 9, 15)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Told:
    """One answer, in the order in which it was offered."""

    interface: str
    statuses: tuple[tuple[str, str | None], ...]
    """Code, and number of the invoice."""
    stamps: tuple[datetime, ...]
    faults: tuple[str, ...]


class Play:
    def __init__(self, root: Path, scenario: Scenario) -> None:
        self.root = root
        self.time = now()
        self.platform = SandboxPlatform(root, scenario, settle=timedelta(0), delay=SECOND, clock=lambda: self.time)
        self.flows = 0

    def deposit(self, *numbers: str) -> None:
        self.flows += 1
        name = f"FSO1100A_AAA123_AAA1231100{self.flows:015d}"
        documents = [ubl_invoice(number, DAY, lines=1) for number in numbers]
        content = documents[0] if len(documents) == 1 else packed(documents)
        (self.root / "in" / name).write_bytes(content)
        self.platform.step()

    def told(self) -> list[Told]:
        """Let the time pass and read what came, in the order of offering."""
        for _ in range(100):
            self.time += 3 * SECOND
            self.platform.step()
        return [read(self.root / "out" / event["name"]) for event in self.platform.ledger.events(ANSWERED)]


def packed(documents: list[bytes]) -> bytes:
    archive_bytes = io.BytesIO()
    with tarfile.open(fileobj=archive_bytes, mode="w:gz") as archive:
        for place, document in enumerate(documents, start=1):
            header = tarfile.TarInfo(f"FSO1100A_AAA123_AAA1231100{place:015d}.xml")
            header.size = len(document)
            archive.addfile(header, io.BytesIO(document))
    return archive_bytes.getvalue()


def read(path: Path) -> Told:
    tree = etree.parse(str(path))
    etree.XMLSchema(file=str(resources.folder("schemas") / "CPPStatut_V1_19.xsd")).assertValid(tree)
    statuses = tuple(
        (each.findtext("IdStatut") or "", each.findtext("IdFacture")) for each in tree.iter("DonneesStatut")
    )
    stamps = tuple(datetime.fromisoformat(each.text or "") for each in tree.iter("Horodatage"))
    return Told(path.name[:8], statuses, stamps, tuple(each.text or "" for each in tree.iter("CodeErreur")))


def codes(told: list[Told]) -> list[tuple[str, ...]]:
    return [tuple(code for code, _ in each.statuses) for each in told]


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (Scenario.ALL_INTEGRATED, [("92",), ("01",), ("02",), ("03",)]),
        (Scenario.RECYCLED, [("92",), ("01",), ("02",), ("04",)]),
        (Scenario.SUSPENDED, [("92",), ("01",), ("02",), ("03",), ("06",)]),
        (Scenario.REJECTED, [("92",), ("01",), ("02",), ("03",), ("05",)]),
        (Scenario.SLOW, [("92",), ("01",), ("02",), ("03",)]),
        (Scenario.OUT_OF_ORDER, [("03",), ("02",), ("01",), ("92",)]),
        (Scenario.DUPLICATE_FLOW, [("93",)]),
        (Scenario.REFUSED, [("93",)]),
        (Scenario.PARTIAL, [("92",), ("01",), ("02",), ("03",)]),
        (Scenario.SILENCE, []),
    ],
)
def test_one_invoice_gets_the_answers_of_its_scenario(tmp_path, scenario, expected):
    play = Play(tmp_path, scenario)
    play.deposit("F-1")
    told = play.told()
    assert codes(told) == expected
    assert [each.interface for each in told if each.statuses[0][0] > "89"] == ["CSO1100A"] * bool(expected)
    assert {number for each in told for code, number in each.statuses if code < "90"} <= {"F-1"}


def test_answers_come_one_delay_after_another_and_state_their_time(tmp_path):
    play = Play(tmp_path, Scenario.ALL_INTEGRATED)
    start = play.time
    play.deposit("F-1")
    counts = []
    for _ in range(5):
        counts.append(len(play.platform.ledger.events(ANSWERED)))
        play.time += SECOND
        play.platform.step()
    assert counts == [0, 1, 2, 3, 4]
    stamps = [each.stamps[0] for each in play.told()]
    expected = [start + place * SECOND for place in range(1, 5)]
    assert all(abs(stamp - wanted) < timedelta(milliseconds=1) for stamp, wanted in zip(stamps, expected, strict=True))


def test_out_of_order_answers_keep_the_time_at_which_things_happened(tmp_path):
    play = Play(tmp_path, Scenario.OUT_OF_ORDER)
    play.deposit("F-1")
    stamps = [each.stamps[0] for each in play.told()]
    assert stamps == sorted(stamps, reverse=True)


def test_partial_refuses_every_second_document_and_follows_the_others(tmp_path):
    play = Play(tmp_path, Scenario.PARTIAL)
    play.deposit("F-1", "F-2", "F-3", "F-4")
    report, *lives = play.told()
    assert codes([report]) == [("96",)]
    assert report.faults == ("CREANCIER_ERR", "CREANCIER_ERR")
    assert [each.statuses for each in lives] == [((code, "F-1"), (code, "F-3")) for code in ("01", "02", "03")]


def test_a_duplicate_flow_is_said_to_be_received_before(tmp_path):
    play = Play(tmp_path, Scenario.DUPLICATE_FLOW)
    play.deposit("F-1")
    assert [each.faults for each in play.told()] == [("IRR_UNCITE",)]
    assert len(play.platform.ledger.events(REFUSED)) == 1


def test_the_tour_gives_every_fate_in_turn_from_flow_to_flow(tmp_path):
    play = Play(tmp_path, Scenario.TOUR)
    fates = SCRIPTS[Scenario.TOUR].fates
    for number in range(len(fates)):
        play.deposit(f"F-{number}")
    given = [event["documents"][0]["fate"] for event in play.platform.ledger.events(ACCEPTED)]
    assert given == list(fates)
    assert set(given) == {"integrated", "paid", "suspendue", "a-recycler", "rejetee", "refused"}
    ends = {each.statuses[-1][0] for each in play.told()}
    assert {"03", "04", "05", "06", "11", "92", "93"} <= ends


def test_the_tour_goes_on_after_a_restart(tmp_path):
    for number, fate in enumerate(SCRIPTS[Scenario.TOUR].fates[:4]):
        play = Play(tmp_path, Scenario.TOUR)
        play.flows = number
        play.deposit(f"F-{number}")
        assert play.platform.ledger.events(ACCEPTED)[-1]["documents"][0]["fate"] == fate
