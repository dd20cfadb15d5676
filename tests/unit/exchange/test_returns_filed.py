"""What stands in the folder of a received invoice, and where other documents go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edid.config.sheet import ReceiverSheet
from edid.documents.kinds import Facts, Kind, ValidationStep
from edid.exchange import returns
from edid.exchange.pulse import Pulse
from edid.sandbox.invoices import cii_invoice, factur_x
from edid.sandbox.pivot import pivot
from edid.sandbox.receiver import incoming_invoices
from tests.unit.documents.test_espd import document
from tests.unit.exchange.corridor import Corridor, Crash, Row, crash_at
from tests.unit.exchange.pivots import PDF, PJ, Unit, pivot_with
from tests.unit.exchange.returned import AT, DAY, Invoice, flow_name


def folder_of(corridor: Corridor, sheet: ReceiverSheet, row: Row) -> Path:
    return corridor.house.folders(sheet).incoming / row.filed_as


def filed(corridor: Corridor, sheet: ReceiverSheet, content: bytes) -> tuple[Path, dict[str, Any]]:
    """File `content`; return the folder of its only invoice and what its note says."""
    corridor.inbound("A", content, sheet)
    (row,) = corridor.documents("in")
    folder = folder_of(corridor, sheet, row)
    return folder, json.loads((folder / "facts.json").read_text())


# --- the readable PDF


@pytest.mark.parametrize(
    ("attachments", "chosen"),
    [
        ((PJ("a.pdf", PDF, "01"), PJ("b.pdf", PDF, "02", "Bon de livraison")), "a.pdf"),
        ((PJ("a.pdf", PDF, "01"), PJ("b.pdf", PDF, "02", "Facture PDF")), "b.pdf"),
        ((PJ("a.xml", b"<x/>", "01"), PJ("b.pdf", PDF, "02", "DUPLICATA_FACTUR-X")), "b.pdf"),
        ((PJ("a.pdf", b"no PDF at all", "01"), PJ("b.pdf", b"neither", "02", "Facture PDF")), None),
        ((PJ("a.xml", b"<x/>", "01"), PJ("b.pdf", PDF, "02", "Bon de commande")), None),
        ((PJ("a.xml", b"<x/>", "01"), PJ("b.pdf", PDF, "02")), None),
        ((), None),
    ],
)
def test_the_readable_pdf_bears_one_name_everywhere(
    corridor: Corridor, receiver: ReceiverSheet, attachments: tuple[PJ, ...], chosen: str | None
) -> None:
    folder, note = filed(corridor, receiver, pivot_with(Unit(attachments=attachments)))
    assert note["readable"] == ("readable.pdf" if chosen else None)
    assert (folder / "readable.pdf").exists() is bool(chosen)
    renamed = [each["declared_name"] for each in note["attachments"] if each["name"] == "readable.pdf"]
    assert renamed == ([chosen] if chosen else [])
    assert {each["name"] for each in note["attachments"]} == {
        path.name for path in folder.iterdir() if path.name not in {"facts.json", "verdict.json", "verdict.txt"}
    }


def test_the_readable_pdf_keeps_its_name_where_the_sheet_says_so(corridor: Corridor) -> None:
    sheet = corridor.receiver(filing={"readable": None})
    folder, note = filed(corridor, sheet, pivot_with(Unit(attachments=(PJ("a.pdf", PDF, "01"),))))
    assert note["readable"] == "a.pdf"
    assert (folder / "a.pdf").read_bytes() == PDF


def test_an_attachment_of_the_same_name_stands_beside_the_readable_pdf(
    corridor: Corridor, receiver: ReceiverSheet
) -> None:
    attachments = (PJ("Readable.pdf", b"other"), PJ("a.pdf", PDF, "01"), PJ("verdict.txt", b"third"))
    folder, note = filed(corridor, receiver, pivot_with(Unit(attachments=attachments)))
    assert (folder / "readable.pdf").read_bytes() == PDF
    assert [each["name"] for each in note["attachments"]] == ["Readable-2.pdf", "readable.pdf", "verdict-2.txt"]


# --- verdicts


def test_the_original_invoice_among_the_attachments_is_judged(corridor: Corridor, receiver: ReceiverSheet) -> None:
    name = flow_name("FEN0036A")
    folder, note = filed(corridor, receiver, pivot(name, incoming_invoices(1, DAY), AT))
    assert note["original"]["kind"] == "ubl-invoice"
    assert note["original"]["verdict"]["outcome"] == "valid"
    assert note["original"]["verdict"]["profile"] == "chorus-pro"
    told = json.loads((folder / "verdict.json").read_text())
    assert (told["outcome"], [part["what"] for part in told["judged"]]) == ("valid", ["message", "invoice"])
    assert told["origin"] == note["origin"]
    assert not (folder / "verdict.txt").exists()


@pytest.mark.parametrize(
    ("made", "kind"),
    [(lambda: cii_invoice("R-1", DAY), "cii"), (lambda: factur_x("R-1", DAY), "factur-x")],
    ids=["cii", "factur-x"],
)
def test_an_original_of_each_format_is_judged(
    corridor: Corridor, receiver: ReceiverSheet, made: Any, kind: str
) -> None:
    _, note = filed(corridor, receiver, pivot_with(Unit(attachments=(PJ("a.bin", made(), "01"),))))
    assert note["original"]["kind"] == kind
    assert note["original"]["verdict"]["outcome"] == "valid"
    assert note["original"]["name"] == ("readable.pdf" if kind == "factur-x" else "a.bin")


def test_an_invalid_original_is_filed_and_people_are_told(
    corridor: Corridor, receiver: ReceiverSheet, invoice: Invoice
) -> None:
    broken = invoice("R-1").replace(b"IssueDate", b"IssueDay")
    folder, note = filed(corridor, receiver, pivot_with(Unit(attachments=(PJ("a.xml", broken, "01"),))))
    assert note["original"]["verdict"]["outcome"] == "invalid"
    text = (folder / "verdict.txt").read_text()
    assert text.startswith("À VÉRIFIER : cette facture reçue n'est pas valide.")
    assert "a.xml" in text
    assert "IssueDay" in text
    (row,) = corridor.documents("in")
    assert row.verdict["outcome"] == "invalid"
    assert (row.state, (folder / "a.xml").read_bytes()) == ("filed", broken)


@pytest.mark.parametrize("content", [PDF, b"<html/>", b"<Invoice", b"PK\x03\x04"], ids=["PDF", "XML", "cut", "zip"])
def test_what_is_no_structured_invoice_is_not_said_to_be_judged(
    corridor: Corridor, receiver: ReceiverSheet, content: bytes
) -> None:
    _, note = filed(corridor, receiver, pivot_with(Unit(attachments=(PJ("a.pdf", content, "01"),))))
    assert note["original"] is None


def test_a_pivot_of_an_unknown_version_is_filed_and_flagged(corridor: Corridor, receiver: ReceiverSheet) -> None:
    folder, note = filed(corridor, receiver, pivot_with(Unit(), version="V9_99"))
    assert note["verdict"]["outcome"] == "not judged"
    assert "V9_99" in (folder / "verdict.txt").read_text()
    assert (folder / "verdict.txt").read_text().startswith("NON CONTRÔLÉE :")


def test_an_invoice_that_comes_as_such_and_is_invalid_says_so(
    corridor: Corridor, receiver: ReceiverSheet, invoice: Invoice
) -> None:
    folder, note = filed(corridor, receiver, invoice("R-1").replace(b"IssueDate", b"IssueDay"))
    assert note["verdict"]["outcome"] == "invalid"
    assert (folder / "verdict.txt").exists()
    assert (folder / note["original"]["name"]).name == "invoice.xml"


# --- facts.json


def test_the_note_tells_number_of_the_platform_steps_and_route(corridor: Corridor, receiver: ReceiverSheet) -> None:
    steps = (
        "<CycleDeValidation><ValidationUnitaire><DateStatut>2026-11-21</DateStatut><CodeStatut>13</CodeStatut>"
        "</ValidationUnitaire></CycleDeValidation>"
    )
    _, note = filed(corridor, receiver, pivot_with(Unit(steps=steps)))
    assert (note["platform_id"], note["sheet"], note["route"]["folder"]) == ("9001", "recepteur", "in")
    assert [(step["code"], step["at"]) for step in note["steps"]] == [("13", "2026-11-20T23:00:00+00:00")]
    assert corridor.documents("in")[0].platform_id == "9001"


def test_folders_and_files_follow_the_templates_of_the_sheet(corridor: Corridor, invoice: Invoice) -> None:
    sheet = corridor.receiver(
        filing={"folder": "{sheet}/{service}/{platform_id}-{number}", "readable": "{number}.pdf", "invoice": "{number}"}
    )
    corridor.inbound("A", pivot_with(Unit("../R/1", service="../..", attachments=(PJ("a.pdf", PDF, "01"),))), sheet)
    corridor.inbound("B", invoice("R-2"), sheet)
    first, second = corridor.documents("in")
    assert first.filed_as == "recepteur/-/9001--R-1"
    assert (folder_of(corridor, sheet, first) / "-R-1.pdf").read_bytes() == PDF
    assert (folder_of(corridor, sheet, second) / "R-2.xml").is_file()


# --- routing


@dataclass(frozen=True)
class Decision:
    action: str = "folder"
    folder: str | None = None
    rule: str | None = None
    because_fr: str = "parce que"
    because_en: str = "because"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def by_service(facts: Facts, *, kind: str | None, steps: Sequence[ValidationStep] = ()) -> Decision:
    assert (kind, steps) == (Kind.CPP_PIVOT, ())
    if facts.service_code == "AGENCE":
        return Decision("exclude", "regies/agence", "agences")
    return Decision("folder", "in/compta", "le reste") if facts.service_code == "COMPTA" else Decision("folder", "in")


def test_an_excluded_invoice_is_kept_from_the_erp_and_visible(corridor: Corridor, receiver: ReceiverSheet) -> None:
    units = [Unit("R-1", "1", service="AGENCE"), Unit("R-2", "2", service="COMPTA"), Unit("R-3", "3")]
    corridor.offer("A", pivot_with(*units))
    corridor.fetch(receiver)
    assert returns.file_returns(corridor.house, receiver, Pulse(), by_service) == 1
    (flow,) = corridor.flows()
    day = flow.created_at.date().isoformat()
    assert (flow.state, flow.document_count) == ("filed", 3)
    assert [row.filed_as for row in corridor.documents("in")] == [
        f"../regies/agence/{day}/732829320_R-1",
        f"compta/{day}/732829320_R-2",
        f"{day}/732829320_R-3",
    ]
    assert [row.routed_by for row in corridor.documents("in")] == ["agences", "le reste", None]
    assert not [name for name in corridor.kept("in", receiver) if "R-1" in name]
    (event,) = corridor.events("document.excluded")
    assert (event.data["routed_by"], event.data["number"]) == ("agences", "R-1")
    told = json.loads((folder_of(corridor, receiver, corridor.documents("in")[0]) / "facts.json").read_text())
    assert told["route"] == {
        "action": "exclude",
        "folder": "regies/agence",
        "rule": "agences",
        "because_fr": "parce que",
        "because_en": "because",
    }


def test_an_excluded_invoice_is_not_doubled_by_a_crash(
    corridor: Corridor, receiver: ReceiverSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    corridor.offer("A", pivot_with(Unit(service="AGENCE")))
    corridor.fetch(receiver)
    crash_at(monkeypatch, "edid.exchange.returns._journal")
    file = partial(returns.file_returns, corridor.house, receiver, Pulse())
    with pytest.raises(Crash):
        file()  # before somebody wrote the rule
    file(by_service)
    root = corridor.house.folders(receiver).root
    assert [path.relative_to(root).parts[0] for path in root.rglob("facts.json")] == ["regies"]


def test_an_invoice_that_no_folder_is_named_for_is_kept_in_quarantine(
    corridor: Corridor, receiver: ReceiverSheet
) -> None:
    corridor.offer("A", pivot_with(Unit()))
    corridor.fetch(receiver)
    returns.file_returns(corridor.house, receiver, Pulse(), lambda *_, **__: Decision("exclude", None, "agences"))
    (row,) = corridor.documents("in")
    assert row.filed_as.startswith("../excluded/")
    assert (folder_of(corridor, receiver, row) / "facts.json").is_file()


def test_the_rules_of_the_sheet_decide(corridor: Corridor) -> None:
    rules = [{"name": "agence", "when": {"service_codes": ["AGENCE"]}, "exclude": "régie publicitaire"}]
    sheet = corridor.receiver(routing={"rules": rules})
    corridor.inbound("A", pivot_with(Unit("R-1", "1", service="AGENCE"), Unit("R-2", "2")), sheet)
    first, second = corridor.documents("in")
    assert (first.filed_as.startswith("../excluded/"), first.routed_by) == (True, "agence")
    assert (second.filed_as.startswith("20"), second.routed_by) == (True, None)


# --- other documents


@pytest.mark.parametrize("word", ["Request", "Response"])
def test_a_dume_is_filed_below_its_kind_and_traced(corridor: Corridor, receiver: ReceiverSheet, word: str) -> None:
    flow = corridor.inbound("dume.xml", document(word), receiver)
    assert (flow.state, flow.document_count) == ("filed", 1)
    (row,) = corridor.documents("in")
    kind = f"espd-{word.lower()}"
    assert (row.kind, row.number, row.state, row.verdict["outcome"]) == (kind, "DUME-42", "filed", "not judged")
    assert row.filed_as == f"{flow.created_at.date().isoformat()}/{kind}/dume.xml"
    path = folder_of(corridor, receiver, row)
    assert path.read_bytes() == document(word)
    note = json.loads(path.with_name("dume.xml.json").read_text())
    assert note["id"].startswith("8d3f2f9e")
    assert note["facts"]["contract"] == "MARCHE-2026-7"
    assert kind in note["verdict"]["not_judged_because"]


def test_a_mixed_deposit_that_comes_back_is_filed_below_its_kind(corridor: Corridor, receiver: ReceiverSheet) -> None:
    content = pivot_with(Unit("R-1"), Unit("R-2")).replace(b"CPPFacturePivot", b"CPPFactureMixte")
    corridor.inbound("mixte.xml", content, receiver)
    (row,) = corridor.documents("in")
    assert row.kind == "cpp-mixte"
    note = json.loads(folder_of(corridor, receiver, row).with_name("mixte.xml.json").read_text())
    assert [each["number"] for each in note["invoices"]] == ["R-1", "R-2"]
    assert note["verdict"]["outcome"] == "not judged"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(document("Request"), "espd-request"), (b"<CPPFactureMixte/>", "cpp-mixte")],
    ids=["dume", "mixte"],
)
def test_one_that_is_dropped_to_be_sent_gets_its_row_and_does_not_leave(
    corridor: Corridor, content: bytes, kind: str
) -> None:
    corridor.outbound(("a.xml", content))
    (row,) = corridor.documents()
    assert row.kind == kind
    assert row.state in {"held", "rejected"}
    assert corridor.delivered() == {}


# --- real files


@pytest.mark.parametrize("name", ["facture-pivot.xml", "facture_1221.xml", "facture_1222.xml"])
def test_real_pivots_are_filed_with_their_readable_pdf(
    corridor: Corridor, receiver: ReceiverSheet, corpus: Path, name: str
) -> None:
    folder, note = filed(corridor, receiver, (corpus / "chorus/pivot" / name).read_bytes())
    assert note["readable"] == "readable.pdf"
    assert (folder / "readable.pdf").read_bytes().startswith(b"%PDF")
    assert note["making_available"] == {"new": True, "as": None, "earlier": None}


def test_a_real_status_and_real_lifecycle_messages_are_returns(
    corridor: Corridor, receiver: ReceiverSheet, corpus: Path
) -> None:
    status = corpus / "chorus/statut/Example01-FactureStatut-ok.xml"
    flow = corridor.inbound(status.name, status.read_bytes(), receiver)
    assert (flow.state, flow.document_count) == ("filed", 1)
    for message in sorted((corpus / "cdar").glob("*.xml")):
        flow = corridor.inbound(message.name, message.read_bytes(), receiver)
        kept = [name for name in corridor.kept("in", receiver) if message.name in name]
        where = "returns" if flow.state == "filed" else "unknown"
        assert kept == [f"{flow.created_at.date()}/{where}/{message.name}{end}" for end in ("", ".json")]
        assert flow.document_count == (1 if flow.state == "filed" else 0)
