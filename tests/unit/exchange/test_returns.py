from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from edid.config.sheet import ReceiverSheet
from edid.exchange import outbox, returns
from edid.exchange.filing import NOTES
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.setbacks import MOST_TRIES
from edid.sandbox.answers import flow_report
from edid.sandbox.invoices import SELLER, cii_invoice, example_invoice, factur_x
from edid.sandbox.pivot import pivot
from edid.sandbox.receiver import incoming_invoices
from tests.unit.exchange.corridor import Corridor, Crash, Row, crash_at
from tests.unit.exchange.returned import (
    AT,
    DAY,
    Invoice,
    flow_name,
    parsed,
    pivot_of,
    statuses_message,
    tar_gz,
)


def _filed(corridor: Corridor, sheet: ReceiverSheet) -> list[Path]:
    root = corridor.house.folders(sheet).incoming
    return [root / row.filed_as for row in corridor.documents("in")]


# --- invoices


def test_each_invoice_of_a_pivot_is_filed_with_its_attachments(corridor: Corridor, receiver: ReceiverSheet) -> None:
    name = flow_name("FEN0036A")
    flow = corridor.inbound(str(name), pivot(name, incoming_invoices(3, DAY), AT), receiver)
    assert (flow.state, flow.document_count) == ("filed", 3)
    day = flow.created_at.date().isoformat()
    raw = corridor.house.folders(receiver).incoming / day / "flows" / str(name)
    assert raw.read_bytes() == corridor.house.store.require(flow.sha256).read_bytes()
    for folder, row in zip(_filed(corridor, receiver), corridor.documents("in"), strict=True):
        note = json.loads((folder / "facts.json").read_text())
        assert note["facts"]["number"] == row.number
        assert note["origin"] == {"flow_id": flow.id, "flow": str(name), "position": row.position}
        files = {path.name for path in folder.iterdir()} - {"facts.json", "verdict.json"}
        assert files == {attachment["name"] for attachment in note["attachments"]}
        assert files == {note["original"]["name"], "readable.pdf"}
        assert row.state == "filed"


@pytest.mark.parametrize(
    ("content", "file", "kind"),
    [
        (lambda: cii_invoice("R-1", DAY), "invoice.xml", "cii"),
        (lambda: factur_x("R-1", DAY), "invoice.pdf", "factur-x"),
    ],
    ids=["cii", "factur-x"],
)
def test_an_invoice_that_comes_as_such_is_filed(
    corridor: Corridor, receiver: ReceiverSheet, content: Callable[[], bytes], file: str, kind: str
) -> None:
    flow = corridor.inbound("FEN3036A_ABC123_CPP0013036000000000000001", content(), receiver)
    assert flow.state == "filed"
    (folder,) = _filed(corridor, receiver)
    assert {path.name for path in folder.iterdir()} == {file, "facts.json", "verdict.json"}
    assert json.loads((folder / "facts.json").read_text())["kind"] == kind
    assert (folder / file).read_bytes() == corridor.house.store.require(flow.sha256).read_bytes()


def test_ubl_is_filed_likewise(corridor: Corridor, receiver: ReceiverSheet, invoice: Invoice) -> None:
    corridor.inbound("any-name.xml", invoice("R-1"), receiver)
    assert [row.kind for row in corridor.documents("in")] == ["ubl-invoice"]
    assert corridor.flows()[0].interface_code is None


def test_every_member_of_an_archive_is_filed_by_what_it_is(sent: Corridor, invoice: Invoice) -> None:
    report = flow_name("CSO1100A", 9)
    members = [
        ("invoice.xml", invoice("R-1")),
        ("status.xml", statuses_message("07")[1]),
        ("report.xml", flow_report(report, parsed(sent.flows()[0].name), "92", AT)),
        ("notes.txt", b"what is this?"),
    ]
    flow = sent.inbound("lot.tar.gz", tar_gz(members))
    assert (flow.state, flow.document_count) == ("filed", 3)
    assert flow.reason
    assert sent.documents()[0].status == "SERVICE_FAIT"
    assert sent.flows()[0].report == "integrated"
    kept = [name.split("/", 1)[1] for name in sent.kept("in")]
    assert {"returns/status.xml", "returns/report.xml", "unknown/notes.txt", "unknown/notes.txt.json"} <= set(kept)


@pytest.mark.parametrize(
    "content",
    [b"what is this?", b"", b"<Commande/>", b"<CPPStatut", tar_gz([("inner.tar.gz", tar_gz([("a", b"a")]))])],
    ids=["text", "empty", "unknown root", "cut short", "nested archive"],
)
def test_what_is_not_understood_is_kept_with_its_reason(
    corridor: Corridor, receiver: ReceiverSheet, content: bytes
) -> None:
    flow = corridor.inbound("strange", content, receiver)
    assert flow.state == "kept"
    assert flow.reason
    day = flow.created_at.date().isoformat()
    assert corridor.kept("in", receiver) == [f"{day}/unknown/strange", f"{day}/unknown/strange.json"]


def test_a_kept_flow_is_read_again_when_somebody_asks(corridor: Corridor, receiver: ReceiverSheet) -> None:
    flow = corridor.inbound("strange", b"what is this?", receiver)
    assert outbox.retry(corridor.house.journal, flow_id=flow.id) == 1
    assert corridor.flows()[0].state == "fetched"
    corridor.file(receiver)
    assert corridor.flows()[0].state == "kept"
    assert len(corridor.kept("in", receiver)) == 2


# --- hostile names


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "facts.json",
        "FACTS.JSON",
        "..\\..\\x.exe",
        "a/../../b",
        "con",
        "x" * 5000 + ".pdf",
    ],
)
def test_no_attachment_leaves_its_folder_or_takes_the_place_of_the_note(
    corridor: Corridor, receiver: ReceiverSheet, name: str
) -> None:
    corridor.inbound("pivot", pivot_of((name, b"evil"), (name, b"twice"), ("facts-2.json", b"third")), receiver)
    (folder,) = _filed(corridor, receiver)
    note = json.loads((folder / "facts.json").read_text())
    named = {attachment["name"]: attachment for attachment in note["attachments"]}
    assert len(named) == 3
    contents = {(folder / one).read_bytes() for one in named}
    assert contents == {b"evil", b"twice", b"third"}
    assert {path.name for path in folder.iterdir()} == {*NOTES, *named}
    everything = {path.name for path in corridor.folder.rglob("*")}
    assert "passwd" not in everything - {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("text", ["../../x", "..", "/", "a\\b", "\u202e", " ", "N" * 3000])
def test_no_number_or_supplier_leads_out_of_the_day(corridor: Corridor, receiver: ReceiverSheet, text: str) -> None:
    flow = corridor.inbound("pivot", pivot_of(number=text, supplier=text), receiver)
    (folder,) = _filed(corridor, receiver)
    assert folder.parent == corridor.house.folders(receiver).incoming / flow.created_at.date().isoformat()
    assert folder.is_dir()


# --- crashes, poison, stops


@pytest.mark.parametrize("place", ["_file_item", "_journal", "journal_statuses"])
def test_a_crash_while_filing_is_repeated_and_doubles_nothing(
    sent: Corridor, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    members = [("pivot.xml", pivot_of(("a.pdf", b"pdf"))), ("status.xml", statuses_message("07")[1])]
    sent.offer("lot", tar_gz(members))
    sent.fetch()
    crash_at(monkeypatch, f"edid.exchange.returns.{place}")
    with pytest.raises(Crash):
        sent.file()
    before = set(sent.kept("in"))
    sent.restart()
    sent.file()
    assert before <= set(sent.kept("in"))
    assert [row.number for row in sent.documents("in")] == ["R-1"]
    assert len(sent.statuses()) == 1
    assert len(sent.kept("in")) == 8, "the invoice with file and verdict, the pivot, the status, each with its note"
    assert not [name for name in sent.kept("in") if "_2" in name or ".filing" in name]


def _poisoned(corridor: Corridor, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    original = returns._file_item

    def file_item(received, item):
        if received.flow.name == name:
            raise ValueError("never foreseen")
        original(received, item)

    monkeypatch.setattr(returns, "_file_item", file_item)


def test_one_poisoned_flow_stops_no_other_and_is_kept_with_its_cause(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch, receiver: ReceiverSheet, invoice: Invoice
) -> None:
    corridor.offer("A", invoice("R-1"))
    corridor.offer("B", invoice("R-2"))
    corridor.fetch(receiver)
    _poisoned(corridor, monkeypatch, "A")
    _, after = (corridor.file(receiver), [flow.state for flow in corridor.flows()])
    assert after == ["kept", "filed"]
    assert corridor.flows()[0].reason == "ValueError: never foreseen"
    assert len(corridor.events("flow.kept")) == 1


def test_a_flow_that_the_store_lost_is_kept_with_its_cause(corridor: Corridor, receiver: ReceiverSheet) -> None:
    corridor.offer("A", b"x")
    corridor.fetch(receiver)
    corridor.house.store.path(corridor.flows()[0].sha256).unlink()
    corridor.file(receiver)
    assert corridor.flows()[0].state == "kept"
    assert "the store has lost" in corridor.flows()[0].reason


def test_a_flow_waits_while_the_spool_does_not_take_it(
    corridor: Corridor, receiver: ReceiverSheet, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    corridor.offer("A", invoice("R-1"))
    corridor.fetch(receiver)
    full = OSError(28, "No space left on device")
    crash_at(monkeypatch, "edid.exchange.received.file_invoice", error=full, times=3 * MOST_TRIES)
    corridor.file(receiver)
    assert corridor.flows()[0].state == "filed", "as soon as there is room, whatever the number of tries"


def test_an_outage_of_the_journal_blames_no_flow(
    corridor: Corridor, receiver: ReceiverSheet, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    corridor.offer("A", invoice("R-1"))
    corridor.fetch(receiver)
    outage = OperationalError("COMMIT", {}, Exception("gone"))
    crash_at(monkeypatch, "edid.exchange.returns._journal", error=outage, times=MOST_TRIES + 1)
    for _ in range(MOST_TRIES + 1):
        with pytest.raises(OperationalError):
            corridor.file(receiver)
    corridor.file(receiver)
    assert corridor.flows()[0].state == "filed"
    assert len(corridor.documents("in")) == 1


def test_a_stop_ends_between_two_flows_and_a_long_one_is_repeated(corridor: Corridor, receiver: ReceiverSheet) -> None:
    corridor.offer("A", pivot(flow_name("FEN0036A"), incoming_invoices(3, DAY), AT))
    corridor.fetch(receiver)
    pulse = Pulse()
    pulse.stop(within=10)
    assert returns.file_returns(corridor.house, receiver, pulse) == 0
    late = Pulse()
    late.stop(within=-1)
    late._stop.clear()
    with pytest.raises(StopRequestedError):
        returns.file_returns(corridor.house, receiver, late)
    assert corridor.file(receiver) == 1
    assert len(corridor.documents("in")) == 3


def test_a_big_flow_beats_for_each_invoice(
    corridor: Corridor, receiver: ReceiverSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    corridor.offer("A", pivot(flow_name("FEN0036A"), incoming_invoices(5, DAY), AT))
    corridor.fetch(receiver)
    pulse, beats = Pulse(), []
    monkeypatch.setattr(pulse, "beat", lambda: beats.append(1))
    returns.file_returns(corridor.house, receiver, pulse)
    assert len(beats) >= 7


def test_two_invoices_of_one_name_stand_side_by_side(corridor: Corridor, receiver: ReceiverSheet) -> None:
    corridor.inbound("A", pivot_of(("a.pdf", b"1")), receiver)
    corridor.inbound("B", pivot_of(("a.pdf", b"2")).replace(b">2026-11-01<", b">2025-11-01<"), receiver)
    first, second = _filed(corridor, receiver)
    assert second.name == f"{first.name}_2"
    assert [(folder / "a.pdf").read_bytes() for folder in (first, second)] == [b"1", b"2"]


def test_the_example_invoice_reads_back(corridor: Corridor, receiver: ReceiverSheet) -> None:
    name = flow_name("FEN0036A")
    written = example_invoice("R-9", DAY)
    corridor.inbound(str(name), pivot(name, [written], AT), receiver)
    row: Row = corridor.documents("in")[0]
    assert (row.number, row.issue_date, row.seller_key) == ("R-9", DAY, SELLER.siren)
    assert row.facts["gross_total"] == str(written.gross_total)
