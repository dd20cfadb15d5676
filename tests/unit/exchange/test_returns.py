from __future__ import annotations

import base64
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from edid.config.sheet import ReceiverSheet
from edid.documents.kinds import Facts
from edid.exchange import outbox, returns
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.setbacks import MOST_TRIES
from edid.flows.names import FlowName, parse_lenient
from edid.sandbox.answers import Fault, StatusLine, flow_report, invoice_statuses
from edid.sandbox.invoices import SELLER, cii_invoice, example_invoice, factur_x
from edid.sandbox.pivot import pivot
from edid.sandbox.receiver import incoming_invoices
from tests.unit.exchange.corridor import Corridor, Crash, Row, crash_at

Invoice = Callable[..., bytes]
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = date(2026, 9, 1)
FACTS = Facts(number="F-1", issue_date=DAY, seller_id=SELLER.siret, buyer_id="00020317000010")


def _name(interface: str, number: int = 1) -> FlowName:
    parsed = parse_lenient(f"{interface}_ABC123_CPP001{interface[3:7]}{number:015d}")
    assert parsed is not None
    return parsed


def _parsed(name: str) -> FlowName:
    parsed = parse_lenient(name)
    assert parsed is not None
    return parsed


def _statuses(code: str, facts: Facts = FACTS, *, number: int = 1, at: datetime = AT) -> tuple[str, bytes]:
    flow = _name("FEN1200A", number)
    return str(flow), invoice_statuses(flow, [StatusLine(code, facts)], at)


def _pivot(*attachments: tuple[str, bytes], number: str = "R-1", supplier: str = "73282932000074") -> bytes:
    parts = "".join(
        f'<PJ NumOrdre="{place}"><Contenu>{_zipped(content)}</Contenu><NomPJ>{name}</NomPJ><TypePJ>02</TypePJ></PJ>'
        for place, (name, content) in enumerate(attachments, 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<CPPFacturePivot Version="V2_02"><CPPFactures Compteur="1"><CPPFacturePivotUnitaire NumOrdre="1">
<Fournisseur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>{supplier}</Identifiant></Fournisseur>
<DonneesFacture><Id>{number}</Id><DateEmissionFacture>2026-11-01</DateEmissionFacture></DonneesFacture>
{parts}</CPPFacturePivotUnitaire></CPPFactures></CPPFacturePivot>""".encode()


def _zipped(content: bytes) -> str:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("inside", content)
    return base64.b64encode(target.getvalue()).decode()


def _tar_gz(members: Sequence[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


@pytest.fixture
def sent(corridor: Corridor, invoice: Invoice) -> Corridor:
    """One invoice F-1 that the partner has."""
    corridor.outbound(("a.xml", invoice("F-1")))
    return corridor


@pytest.fixture
def receiver(corridor: Corridor) -> ReceiverSheet:
    return corridor.receiver()


def _filed(corridor: Corridor, sheet: ReceiverSheet) -> list[Path]:
    root = corridor.house.folders(sheet).incoming
    return [root / row.filed_as for row in corridor.documents("in")]


# --- reports about flows


@pytest.mark.parametrize(
    ("code", "report"), [("90", "received"), ("92", "integrated"), ("93", "refused"), ("96", "partly-integrated")]
)
def test_a_report_finds_its_flow(sent: Corridor, code: str, report: str) -> None:
    ours = sent.flows()[0]
    name = _name("CSO1100A")
    content = flow_report(name, _parsed(ours.name), code, AT, [Fault("IRR_FORM", "forme")])
    flow = sent.inbound(str(name), content)
    assert (flow.state, flow.document_count) == ("filed", 1)
    assert sent.flows()[0].report == report
    assert sent.flows()[0].state == "sent", "what we know of the delivery is not rewritten"
    (status,) = sent.statuses()
    assert (status.subject, status.flow_id, status.code, status.source_flow_id) == ("flow", ours.id, code, flow.id)
    assert status.about["errors"][0][1] == "IRR_FORM"
    day = flow.created_at.date().isoformat()
    assert sent.kept("in") == [f"{day}/returns/{name}", f"{day}/returns/{name}.json"]


def test_a_report_about_nothing_of_ours_is_kept_visible(sent: Corridor) -> None:
    name = _name("CSO1100A")
    stranger = _parsed("FSO1100A_XYZ999_XYZ9991100000000000000007")
    flow = sent.inbound(str(name), flow_report(name, stranger, "93", AT))
    assert flow.state == "filed"
    assert sent.flows()[0].report is None
    assert [(row.flow_id, row.document_id) for row in sent.statuses()] == [(None, None)]


# --- statuses of invoices


def test_a_status_finds_its_invoice(sent: Corridor) -> None:
    sent.inbound(*_statuses("07"))
    (document,) = sent.documents()
    assert document.status == "SERVICE_FAIT"
    (status,) = sent.statuses()
    assert (status.document_id, status.status_at, status.dialect) == (document.id, AT, "cpp-statut")
    assert sent.events("document.status")[0].entity_id == document.id


@pytest.mark.parametrize(
    "facts",
    [
        Facts(number="F-2", issue_date=DAY, seller_id=SELLER.siret),
        Facts(number="F-1", issue_date=date(2025, 9, 1), seller_id=SELLER.siret),
        Facts(number="F-1", issue_date=DAY, seller_id="73282932000074"),
        Facts(number="X" * 20, issue_date=date(1900, 1, 1), seller_id="00000000000000"),
    ],
    ids=["number", "year", "supplier", "placeholder"],
)
def test_a_status_of_no_invoice_of_ours_is_an_orphan(sent: Corridor, facts: Facts) -> None:
    flow = sent.inbound(*_statuses("07", facts))
    assert flow.state == "filed"
    assert sent.documents()[0].status is None
    assert [row.document_id for row in sent.statuses()] == [None]
    assert sent.statuses()[0].about["number"] == facts.number


def test_two_equally_sure_candidates_give_none(sent: Corridor, invoice: Invoice) -> None:
    sent.drop("again.xml", invoice("F-1"))
    sent.take()
    sent.judge()
    from edid.exchange.forcing import force

    force(sent.house.journal, sent.settings.spool, sent.documents()[-1].id)
    sent.pack()
    sent.send()
    sent.inbound(*_statuses("07"))
    assert [row.status for row in sent.documents()] == [None, None]
    assert sent.statuses()[0].document_id is None


def test_an_invoice_that_never_left_gets_no_status(corridor: Corridor, invoice: Invoice) -> None:
    corridor.drop("a.xml", invoice("F-1"))
    corridor.take()
    corridor.judge()
    corridor.inbound(*_statuses("07"))
    assert corridor.documents()[0].status is None


def test_a_number_of_two_meanings_is_shown_as_written(sent: Corridor) -> None:
    name, content = _statuses("07")
    content = content.replace(b"<IdStatut>07<", b"<IdStatut>17<").replace(b"Service fait", b"")
    sent.inbound(name, content)
    (status,) = sent.statuses()
    assert (status.code, status.canonical) == ("17", None)
    assert " ou " in status.label
    assert sent.documents()[0].status == "17"


def test_an_unknown_status_of_any_length_stops_nothing(sent: Corridor) -> None:
    name, content = _statuses("07")
    content = content.replace(b"<IdStatut>07<", b"<IdStatut>" + b"9" * 5000 + b"<").replace(b"V1_19", b"V" * 5000)
    assert sent.inbound(name, content).state == "filed"
    assert sent.statuses()[0].code == "9" * 5000
    assert sent.documents()[0].status == "9" * 40
    assert len(sent.statuses()[0].version) == 20


def test_the_newest_own_timestamp_holds_whatever_comes_last(sent: Corridor) -> None:
    sent.inbound(*_statuses("11", number=1, at=AT + timedelta(days=1)))
    sent.inbound(*_statuses("03", number=2, at=AT))
    assert sent.documents()[0].status == "MISE_EN_PAIEMENT"


def test_statuses_for_a_sheet_are_not_looked_for_in_another(sent: Corridor) -> None:
    other = sent.sender(name="autre", application_code="XYZ999")
    name, content = _statuses("07")
    sent.inbound(name, content, other)
    assert sent.documents()[0].status is None


# --- invoices


def test_each_invoice_of_a_pivot_is_filed_with_its_attachments(corridor: Corridor, receiver: ReceiverSheet) -> None:
    name = _name("FEN0036A")
    flow = corridor.inbound(str(name), pivot(name, incoming_invoices(3, DAY), AT), receiver)
    assert (flow.state, flow.document_count) == ("filed", 3)
    day = flow.created_at.date().isoformat()
    raw = corridor.house.folders(receiver).incoming / day / "flows" / str(name)
    assert raw.read_bytes() == corridor.house.store.require(flow.sha256).read_bytes()
    for folder, row in zip(_filed(corridor, receiver), corridor.documents("in"), strict=True):
        note = json.loads((folder / "facts.json").read_text())
        assert note["facts"]["number"] == row.number
        assert note["origin"] == {"flow_id": flow.id, "flow": str(name), "position": row.position}
        files = {path.name for path in folder.iterdir()} - {"facts.json"}
        assert files == {attachment["name"] for attachment in note["attachments"]}
        assert len(files) == 2
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
    assert {path.name for path in folder.iterdir()} == {file, "facts.json"}
    assert json.loads((folder / "facts.json").read_text())["kind"] == kind
    assert (folder / file).read_bytes() == corridor.house.store.require(flow.sha256).read_bytes()


def test_ubl_is_filed_likewise(corridor: Corridor, receiver: ReceiverSheet, invoice: Invoice) -> None:
    corridor.inbound("any-name.xml", invoice("R-1"), receiver)
    assert [row.kind for row in corridor.documents("in")] == ["ubl-invoice"]
    assert corridor.flows()[0].interface_code is None


def test_every_member_of_an_archive_is_filed_by_what_it_is(sent: Corridor, invoice: Invoice) -> None:
    report = _name("CSO1100A", 9)
    members = [
        ("invoice.xml", invoice("R-1")),
        ("status.xml", _statuses("07")[1]),
        ("report.xml", flow_report(report, _parsed(sent.flows()[0].name), "92", AT)),
        ("notes.txt", b"what is this?"),
    ]
    flow = sent.inbound("lot.tar.gz", _tar_gz(members))
    assert (flow.state, flow.document_count) == ("filed", 3)
    assert flow.reason
    assert sent.documents()[0].status == "SERVICE_FAIT"
    assert sent.flows()[0].report == "integrated"
    kept = [name.split("/", 1)[1] for name in sent.kept("in")]
    assert {"returns/status.xml", "returns/report.xml", "unknown/notes.txt", "unknown/notes.txt.json"} <= set(kept)


@pytest.mark.parametrize(
    "content",
    [b"what is this?", b"", b"<Commande/>", b"<CPPStatut", _tar_gz([("inner.tar.gz", _tar_gz([("a", b"a")]))])],
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
    corridor.inbound("pivot", _pivot((name, b"evil"), (name, b"twice"), ("facts-2.json", b"third")), receiver)
    (folder,) = _filed(corridor, receiver)
    note = json.loads((folder / "facts.json").read_text())
    named = {attachment["name"]: attachment for attachment in note["attachments"]}
    assert len(named) == 3
    contents = {(folder / one).read_bytes() for one in named}
    assert contents == {b"evil", b"twice", b"third"}
    assert {path.name for path in folder.iterdir()} == {"facts.json", *named}
    everything = {path.name for path in corridor.folder.rglob("*")}
    assert "passwd" not in everything - {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("text", ["../../x", "..", "/", "a\\b", "\u202e", " ", "N" * 3000])
def test_no_number_or_supplier_leads_out_of_the_day(corridor: Corridor, receiver: ReceiverSheet, text: str) -> None:
    flow = corridor.inbound("pivot", _pivot(number=text, supplier=text), receiver)
    (folder,) = _filed(corridor, receiver)
    assert folder.parent == corridor.house.folders(receiver).incoming / flow.created_at.date().isoformat()
    assert folder.is_dir()


# --- crashes, poison, stops


@pytest.mark.parametrize("place", ["_file_item", "_journal", "journal_statuses"])
def test_a_crash_while_filing_is_repeated_and_doubles_nothing(
    sent: Corridor, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    members = [("pivot.xml", _pivot(("a.pdf", b"pdf"))), ("status.xml", _statuses("07")[1])]
    sent.offer("lot", _tar_gz(members))
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
    assert len(sent.kept("in")) == 6, "the invoice with its file, the pivot and the status, each with its note"
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
    corridor.offer("A", pivot(_name("FEN0036A"), incoming_invoices(3, DAY), AT))
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
    corridor.offer("A", pivot(_name("FEN0036A"), incoming_invoices(5, DAY), AT))
    corridor.fetch(receiver)
    pulse, beats = Pulse(), []
    monkeypatch.setattr(pulse, "beat", lambda: beats.append(1))
    returns.file_returns(corridor.house, receiver, pulse)
    assert len(beats) >= 7


def test_two_invoices_of_one_name_stand_side_by_side(corridor: Corridor, receiver: ReceiverSheet) -> None:
    corridor.inbound("A", _pivot(("a.pdf", b"1")), receiver)
    corridor.inbound("B", _pivot(("a.pdf", b"2")), receiver)
    first, second = _filed(corridor, receiver)
    assert second.name == f"{first.name}_2"
    assert [(folder / "a.pdf").read_bytes() for folder in (first, second)] == [b"1", b"2"]


def test_the_example_invoice_reads_back(corridor: Corridor, receiver: ReceiverSheet) -> None:
    name = _name("FEN0036A")
    written = example_invoice("R-9", DAY)
    corridor.inbound(str(name), pivot(name, [written], AT), receiver)
    row: Row = corridor.documents("in")[0]
    assert (row.number, row.issue_date, row.seller_key) == ("R-9", DAY, SELLER.siren)
    assert row.facts["gross_total"] == str(written.gross_total)
