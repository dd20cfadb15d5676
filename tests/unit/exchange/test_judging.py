from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.exc import OperationalError

from edid.exchange import judging
from edid.exchange.judged import journal_judged
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.setbacks import MOST_TRIES
from edid.sandbox.invoices import Breakage, broken_invoice, factur_x
from edid.validation.judging import Judgement
from edid.validation.verdict import not_judged
from tests.unit.exchange.corridor import Corridor, Crash, crash_at

Invoice = Callable[..., bytes]


def tar_gz(**members: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name.replace("_", "."))
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def _taken(corridor: Corridor, **files: bytes) -> Corridor:
    for name, content in files.items():
        corridor.drop(name.replace("_", "."), content)
    corridor.take()
    return corridor


def test_a_valid_invoice_waits_with_its_facts_its_verdict_and_its_interface(
    corridor: Corridor, invoice: Invoice
) -> None:
    assert _taken(corridor, a_xml=invoice("F-7")).judge() == 1
    (row,) = corridor.documents()
    assert (row.state, row.kind, row.number, row.issue_date) == ("valid", "ubl-invoice", "F-7", date(2026, 9, 1))
    assert row.interface_code == "FSO1100A"
    assert row.verdict["outcome"] == "valid"
    assert row.verdict["packs"]
    assert row.facts["seller_name"] == "Ateliers Brindille SARL"
    assert [file.state for file in corridor.files()] == ["read"]
    assert corridor.judge() == 0


def test_an_invalid_invoice_is_kept_with_its_verdict(corridor: Corridor) -> None:
    _taken(corridor, a_xml=broken_invoice(Breakage.BAD_DATE)).judge()
    (row,) = corridor.documents()
    assert (row.state, row.bytes_key, row.invoice_key) == ("rejected", None, None)
    assert corridor.kept("rejected") == ["a.xml", "a.xml.verdict.json", "a.xml.verdict.txt"]
    note = json.loads((corridor.house.folders(corridor.sheet).rejected / "a.xml.verdict.json").read_text())
    assert note["verdict"]["outcome"] == "invalid"
    assert note["sha256"] == row.sha256


def test_a_document_that_the_sheet_does_not_send_is_refused_with_the_platforms_code(
    open_corridor: Callable[..., Corridor], invoice: Invoice
) -> None:
    corridor = open_corridor(interfaces={"emission": ["FSO1117A"]})
    _taken(corridor, a_xml=invoice()).judge()
    (row,) = corridor.documents()
    assert row.state == "rejected"
    assert [each["rule"] for each in row.verdict["findings"] if each["severity"] == "fatal"] == ["IRR_TYPE"]


def test_what_could_not_be_judged_is_held_and_says_what_to_do(
    corridor: Corridor, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        type(corridor.house.judges),
        "judge",
        lambda self, jobs, progress, standard: [Judgement(None, not_judged("the validator died.")) for _ in jobs],
    )
    _taken(corridor, a_xml=invoice()).judge()
    assert corridor.states() == ["held"]
    text = (corridor.house.folders(corridor.sheet).rejected / "a.xml.verdict.txt").read_text()
    assert "EN ATTENTE" in text
    assert "the validator died." in text
    assert "Que faire" in text
    monkeypatch.undo()
    _taken(corridor, a_xml=invoice()).judge()
    assert corridor.states() == ["held", "valid"], "a held document is no original of a duplicate"


def test_each_member_of_an_archive_is_a_document(corridor: Corridor, invoice: Invoice) -> None:
    archive = tar_gz(
        one_xml=invoice("F-1"), two_xml=broken_invoice(Breakage.MISPLACED), three_pdf=factur_x("F-3", date(2026, 9, 1))
    )
    _taken(corridor, lot_tar_gz=archive).judge()
    assert [(row.member, row.state, row.position) for row in corridor.documents()] == [
        ("one.xml", "valid", 0),
        ("two.xml", "rejected", 1),
        ("three.pdf", "valid", 2),
    ]
    assert corridor.kept("rejected")[0] == "lot.tar.gz__two.xml"


def test_an_archive_in_an_archive_is_refused_as_a_whole(corridor: Corridor, invoice: Invoice) -> None:
    _taken(corridor, lot_tar_gz=tar_gz(inner_tar_gz=tar_gz(a_xml=invoice()))).judge()
    assert corridor.states() == ["rejected"]
    assert corridor.kept("rejected")[0] == "lot.tar.gz"


@pytest.mark.parametrize("place", ["set_aside_documents", "journal_judged"])
def test_a_crash_while_judging_is_repeated_without_doubling_anything(
    corridor: Corridor, invoice: Invoice, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    _taken(corridor, a_xml=invoice("F-1"), b_xml=broken_invoice(Breakage.BAD_DATE), c_xml=invoice("F-1"))
    crash_at(monkeypatch, f"edid.exchange.judging.{place}")
    with pytest.raises(Crash):
        corridor.judge()
    assert corridor.documents() == []
    corridor.restart()
    assert corridor.judge() == 3
    assert sorted(corridor.states()) == ["duplicate", "rejected", "valid"]
    assert len(corridor.kept("rejected")) == 3
    assert len(corridor.kept("duplicates")) == 3


def test_a_crash_in_the_midst_of_setting_aside_is_repeated_without_doubling_anything(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _taken(corridor, a_xml=broken_invoice(Breakage.BAD_DATE), b_xml=broken_invoice(Breakage.BAD_AMOUNT))
    crash_at(monkeypatch, "edid.exchange.setting_aside.set_aside")
    with pytest.raises(Crash):
        corridor.judge()
    corridor.restart()
    corridor.judge()
    assert [name for name in corridor.kept("rejected") if name.endswith(".xml")] == ["a.xml", "b.xml"]


def test_what_a_crash_left_in_the_work_folder_changes_no_verdict(corridor: Corridor, invoice: Invoice) -> None:
    work = corridor.settings.state / "work" / f"judge-{corridor.sheet.name}" / "1"
    work.mkdir(parents=True)
    (work / "0001").write_text("left by a crash")
    _taken(corridor, lot_tar_gz=tar_gz(a_xml=invoice())).judge()
    assert corridor.states() == ["valid"]


def test_a_file_that_the_store_lost_is_held_and_the_others_go_on(corridor: Corridor, invoice: Invoice) -> None:
    _taken(corridor, a_xml=invoice("F-1"), b_xml=invoice("F-2"), c_xml=invoice("F-3"))
    lost = corridor.files()[1]
    corridor.house.store.path(lost.sha256).unlink()
    for _ in range(MOST_TRIES):
        corridor.judge()
    states = {row.file_id: row for row in corridor.documents()}
    assert [states[file.id].state for file in corridor.files()] == ["valid", "held", "valid"]
    assert "the store has lost" in states[lost.id].verdict["not_judged_because"]
    assert corridor.judge() == 0


def test_one_poisoned_file_ends_held_with_its_cause_and_its_bytes(
    corridor: Corridor, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    _taken(corridor, a_xml=invoice("F-1"), b_xml=invoice("F-2"))
    poisoned = corridor.files()[0].sha256

    def choose(reading, sheet):
        if reading.facts.number == "F-1":
            raise ValueError("never foreseen")
        return original(reading, sheet)

    original = judging.choose
    monkeypatch.setattr(judging, "choose", choose)
    for _ in range(MOST_TRIES):
        corridor.judge()
    held = next(row for row in corridor.documents() if row.sha256 == poisoned)
    assert sorted(corridor.states()) == ["held", "valid"]
    assert held.verdict["not_judged_because"] == "ValueError: never foreseen"
    assert "a.xml" in corridor.kept("rejected")


def test_a_broken_rejected_folder_keeps_back_the_rejected_only_and_not_for_ever(
    corridor: Corridor, invoice: Invoice
) -> None:
    rejected = corridor.house.folders(corridor.sheet).rejected
    shutil.rmtree(rejected)
    rejected.touch()
    _taken(corridor, a_xml=broken_invoice(Breakage.BAD_DATE), b_xml=invoice("F-2"))
    for _ in range(2 * MOST_TRIES):
        corridor.judge()
    assert corridor.states() == ["valid"]
    rejected.unlink()
    rejected.mkdir()
    corridor.judge()
    assert sorted(corridor.states()) == ["rejected", "valid"]


def test_an_outage_of_the_journal_blames_no_file(
    corridor: Corridor, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    _taken(corridor, a_xml=invoice())
    outage = OperationalError("COMMIT", {}, Exception("disk I/O error"))
    crash_at(monkeypatch, "edid.exchange.judging.journal_judged", error=outage, times=2 * MOST_TRIES)
    for _ in range(2 * MOST_TRIES):
        with pytest.raises(OperationalError):
            corridor.judge()
    corridor.judge()
    assert corridor.states() == ["valid"]


def test_two_sheets_that_judge_the_same_invoice_at_once_send_it_once(
    corridor: Corridor, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = corridor.sender(name="autre")
    corridor.drop("a.xml", invoice("F-1"))
    corridor.drop("z.xml", invoice("F-2"))
    corridor.drop("b.xml", invoice("F-1"), other)
    corridor.take()
    corridor.take(other)

    def between(*args):
        """The other sheet commits between our look at the journal and our commit."""
        monkeypatch.setattr(judging, "journal_judged", journal_judged)
        corridor.judge(other)
        journal_judged(*args)

    monkeypatch.setattr(judging, "journal_judged", between)
    assert corridor.judge() == 2
    assert sorted((row.sheet, row.number, row.state) for row in corridor.documents()) == [
        ("autre", "F-1", "valid"),
        ("emetteur", "F-1", "duplicate"),
        ("emetteur", "F-2", "valid"),
    ]
    assert corridor.kept("duplicates")[0] == "a.xml"


def test_judging_beats_for_each_document_and_obeys_a_stop(
    corridor: Corridor, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    _taken(corridor, lot_tar_gz=tar_gz(a_xml=invoice("F-1"), b_xml=invoice("F-2")), c_xml=invoice("F-3"))
    beats: list[int] = []
    pulse = Pulse()
    monkeypatch.setattr(pulse, "beat", lambda: beats.append(1))
    judging.judge(corridor.house, corridor.sheet, pulse)
    assert len(beats) >= 4, "two files and two members"
    _taken(corridor, d_xml=invoice("F-4"))
    late = Pulse()
    late.stop(within=-1)
    with pytest.raises(StopRequestedError):
        judging.judge(corridor.house, corridor.sheet, late)
    assert corridor.judge() == 1
    assert corridor.states() == ["valid"] * 4


def test_a_number_longer_than_any_index_is_journalled(open_corridor: Callable[..., Corridor], invoice: Invoice) -> None:
    corridor = open_corridor(validation={"profile": "xsd-only"})
    number = "N" * 5000
    _taken(
        corridor, a_xml=invoice(number), b_xml=invoice(number, service_code=None), c_xml=invoice(number + "1")
    ).judge()
    assert sorted((row.file_id, row.state) for row in corridor.documents()) == [
        (1, "valid"),
        (2, "duplicate"),
        (3, "valid"),
    ]
    assert {len(row.number) for row in corridor.documents()} == {200}
    assert corridor.documents()[0].facts["number"] == number


def test_more_files_than_one_batch_are_judged_batch_by_batch(
    corridor: Corridor, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "BATCH", 2)
    _taken(corridor, a_xml=invoice("F-1"), b_xml=invoice("F-2"), c_xml=invoice("F-3"))
    assert [corridor.judge(), corridor.judge(), corridor.judge()] == [2, 1, 0]
