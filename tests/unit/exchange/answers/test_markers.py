"""The convention of .accepted, .rejected and .err beside the name that the ERP gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from edid.clock import now
from edid.exchange.answers import telling
from edid.exchange.forcing import force
from edid.journal import tables
from edid.journal.events import Event, record
from edid.sandbox.answers import Fault, flow_report
from tests.unit.exchange.answers.conftest import Desk
from tests.unit.exchange.corridor import Crash, crash_at
from tests.unit.exchange.returned import AT, FACTS, Invoice, flow_name, parsed, statuses_message, tar_gz

Mark = Callable[..., Desk]


@pytest.fixture
def marked(corridor: Any) -> Mark:
    def make(accepted_when: str = "integrated", **answers: Any) -> Desk:
        return Desk(corridor, form="none", markers={"accepted_when": accepted_when}, **answers)

    return make


def broken(invoice: Invoice, number: str = "F-1") -> bytes:
    return invoice(number).replace(f"<cbc:ID>{number}</cbc:ID>".encode(), b"", 1)


def report(desk: Desk, code: str, *faults: Fault, number: int = 1) -> None:
    name = flow_name("CSO1100A", number)
    content = flow_report(name, parsed(desk.corridor.flows()[0].name), code, AT, list(faults))
    desk.corridor.inbound(str(name), content)


def test_accepted_when_sent(marked: Mark, invoice: Invoice) -> None:
    one = marked("sent")
    one.corridor.drop("a.xml", invoice("F-1"))
    one.corridor.take()
    one.corridor.judge()
    one.tell()
    assert one.names() == []
    one.corridor.pack()
    one.corridor.send()
    one.tell()
    assert one.contents() == {"a.xml.accepted": b""}


@pytest.mark.parametrize("code", ["90", "91", "96"])
def test_what_says_no_integration_accepts_nothing(marked: Mark, invoice: Invoice, code: str) -> None:
    one = marked()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    report(one, code)
    one.tell()
    assert one.names() == []


def test_an_integrated_flow_is_accepted(marked: Mark, invoice: Invoice) -> None:
    one = marked()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    report(one, "92")
    one.tell()
    assert one.names() == ["a.xml.accepted"]


def test_any_status_of_an_invoice_proves_that_the_platform_has_it(marked: Mark, invoice: Invoice) -> None:
    one = marked()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.corridor.inbound(*statuses_message("03"))
    one.tell()
    assert one.names() == ["a.xml.accepted"]


def test_a_marker_that_the_erp_took_away_does_not_come_back(marked: Mark, invoice: Invoice) -> None:
    one = marked()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.corridor.inbound(*statuses_message("03"))
    one.tell()
    (one.folder / "a.xml.accepted").unlink()
    one.corridor.inbound(*statuses_message("07", number=2, at=AT + timedelta(days=1)))
    one.tell()
    assert one.names() == []


def test_a_later_refusal_takes_the_place_of_the_acceptance(marked: Mark, invoice: Invoice) -> None:
    one = marked()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.corridor.inbound(*statuses_message("03"))
    one.tell()
    one.corridor.inbound(*statuses_message("05", number=2, at=AT + timedelta(days=1)))
    one.tell()
    assert one.names() == ["a.xml.err", "a.xml.rejected"]
    assert "Rejetée" in (one.folder / "a.xml.err").read_text(encoding="utf-8")


def test_an_older_word_that_comes_late_changes_nothing(marked: Mark, invoice: Invoice) -> None:
    one = marked()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.corridor.inbound(*statuses_message("05"))
    one.tell()
    one.corridor.inbound(*statuses_message("03", number=2, at=AT - timedelta(days=1)))
    one.tell()
    assert one.names() == ["a.xml.err", "a.xml.rejected"]


def test_a_number_of_two_meanings_decides_nothing(marked: Mark, invoice: Invoice) -> None:
    one = marked()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    name, content = statuses_message("07")
    one.corridor.inbound(name, content.replace(b"<IdStatut>07<", b"<IdStatut>17<").replace(b"Service fait", b""))
    one.tell()
    assert one.names() == []


def test_a_refused_flow_rejects_with_the_reasons(marked: Mark, invoice: Invoice) -> None:
    one = marked()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    report(one, "93", Fault("IRR_FORM", "nom de flux"))
    one.tell()
    assert one.names() == ["a.xml.err", "a.xml.rejected"]
    assert "nom de flux" in (one.folder / "a.xml.err").read_text(encoding="utf-8")


def test_the_refusal_of_a_repeated_delivery_rejects_nothing(marked: Mark, invoice: Invoice) -> None:
    one = marked()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    report(one, "92")
    report(one, "93", Fault("IRR_UNCITE", "déjà reçu"), number=2)
    one.tell()
    assert one.names() == ["a.xml.accepted"]


def test_a_partly_integrated_flow_rejects_the_invoice_that_it_names(corridor: Any, invoice: Invoice) -> None:
    one = Desk(corridor, form="none", markers={"accepted_when": "integrated"})
    corridor.sheet = one.sheet = corridor.sender(batch={"max_documents": 2}, answers=one.sheet.answers.model_dump())
    corridor.outbound(("a.xml", invoice("F-1")), ("b.xml", invoice("F-2")))
    report(one, "96", Fault("IRR_SYNTAX", "facture F-2 illisible"))
    one.tell()
    assert one.names() == ["b.xml.err", "b.xml.rejected"]


@pytest.mark.parametrize(("language", "words"), [("fr", ["Motif :", "Que faire :"]), ("en", ["Reason:", "Finding:"])])
def test_what_edid_refuses_is_rejected_with_its_findings(
    marked: Mark, invoice: Invoice, language: str, words: list[str]
) -> None:
    one = marked(language=language)
    one.corridor.drop("bad.xml", broken(invoice))
    one.corridor.take()
    one.corridor.judge()
    one.tell()
    assert one.names() == ["bad.xml.err", "bad.xml.rejected"]
    text = (one.folder / "bad.xml.err").read_text(encoding="utf-8")
    assert all(word in text for word in words)


def test_an_unreadable_file_is_rejected(marked: Mark) -> None:
    one = marked()
    one.corridor.drop("empty.xml", b"")
    one.corridor.take()
    one.tell()
    assert one.names() == ["empty.xml.err", "empty.xml.rejected"]
    assert "IRR_VIDE_F" in (one.folder / "empty.xml.err").read_text(encoding="utf-8")


def test_a_duplicate_is_rejected_until_a_person_forces_it(marked: Mark, invoice: Invoice) -> None:
    one = marked("sent")
    one.corridor.outbound(("a.xml", invoice("F-1")), ("b.xml", invoice("F-1")))
    one.tell()
    assert one.names() == ["a.xml.accepted", "b.xml.err", "b.xml.rejected"]
    force(one.corridor.house.journal, one.corridor.settings.spool, one.corridor.documents()[1].id)
    one.corridor.pack()
    one.corridor.send()
    one.tell()
    assert one.names() == ["a.xml.accepted", "b.xml.accepted"]


def test_an_archive_is_accepted_when_all_of_it_is_and_rejected_when_one_is_not(marked: Mark, invoice: Invoice) -> None:
    one = marked()
    one.corridor.outbound(("lot.tar.gz", tar_gz([("x.xml", invoice("F-1")), ("y.xml", invoice("F-2"))])))
    one.corridor.inbound(*statuses_message("03"))
    one.tell()
    assert one.names() == []
    one.corridor.inbound(*statuses_message("03", replace(FACTS, number="F-2"), number=2))
    one.tell()
    assert one.names() == ["lot.tar.gz.accepted"]
    one.corridor.inbound(*statuses_message("05", replace(FACTS, number="F-2"), number=3, at=AT + timedelta(days=1)))
    one.tell()
    assert one.names() == ["lot.tar.gz.err", "lot.tar.gz.rejected"]
    text = (one.folder / "lot.tar.gz.err").read_text(encoding="utf-8")
    assert "F-2" in text
    assert "F-1" not in text


@pytest.mark.parametrize("size", [1, 2, 250])
def test_batches_do_not_change_what_is_marked(
    marked: Mark, invoice: Invoice, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(telling, "BATCH", size)
    one = marked()
    lot = tar_gz([("x.xml", invoice("F-1")), ("y.xml", broken(invoice, "F-2")), ("z.xml", broken(invoice, "F-3"))])
    one.corridor.outbound(("lot.tar.gz", lot), ("a.xml", invoice("F-4")))
    one.corridor.inbound(*statuses_message("03", replace(FACTS, number="F-4")))
    one.tell()
    assert one.names() == ["a.xml.accepted", "lot.tar.gz.err", "lot.tar.gz.rejected"]
    assert (one.folder / "lot.tar.gz.err").read_text(encoding="utf-8").count("Que faire") == 2


def test_of_two_files_of_one_name_the_later_one_speaks(marked: Mark, invoice: Invoice) -> None:
    one = marked("sent")
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.corridor.outbound(("a.xml", broken(invoice, "F-2")))
    one.tell()
    assert one.names() == ["a.xml.err", "a.xml.rejected"]


def test_a_crash_before_the_cursor_moves_gives_the_same_markers(
    marked: Mark, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = marked("sent")
    one.corridor.outbound(("a.xml", invoice("F-1")), ("bad.xml", broken(invoice, "F-2")))
    crash_at(monkeypatch, "edid.exchange.answers.folder.remove", error=Crash())
    with pytest.raises(Crash):
        one.tell()
    before = one.contents()
    one.corridor.restart()
    one.tell()
    assert one.contents() == before
    assert one.names() == ["a.xml.accepted", "bad.xml.err", "bad.xml.rejected"]


def test_the_statuses_that_reject_are_those_of_the_sheet(corridor: Any, invoice: Invoice) -> None:
    one = Desk(corridor, form="none", markers={"accepted_when": "integrated", "rejected_by": ["SUSPENDUE"]})
    corridor.outbound(("a.xml", invoice("F-1")))
    corridor.inbound(*statuses_message("06"))
    one.tell()
    assert one.names() == ["a.xml.err", "a.xml.rejected"]


def test_markers_and_answers_go_together(corridor: Any, invoice: Invoice) -> None:
    one = Desk(corridor, form="csv", events=["sent"], markers={"accepted_when": "sent"})
    corridor.outbound(("a.xml", invoice("F-1")))
    one.tell()
    assert [name[-9:] for name in one.names()] == ["_sent.csv", ".accepted"]


def give_status(one: Desk, code: str, canonical: str) -> None:
    """What giving a status ourselves leaves in the journal."""
    document = one.corridor.documents()[0]
    row = {"source_flow_id": document.flow_id, "position": 99, "subject": "document", "document_id": document.id}
    row |= {"dialect": "cdar", "code": code, "canonical": canonical, "about": {}, "received_at": now()}
    data = {"code": code, "canonical": canonical, "reasons": None, "comment": None}
    with one.corridor.house.journal.writing() as tx:
        data["status"] = tx.execute(insert(tables.statuses).values(row).returning(tables.statuses.c.id)).scalar_one()
        record(tx, [Event("document.status_given", "document", document.id, one.sheet.name, data=data)])


def test_a_status_that_we_give_is_no_word_of_the_platform(marked: Mark, invoice: Invoice) -> None:
    one = marked(events=["given"])
    one.corridor.outbound(("a.xml", invoice("F-1")))
    give_status(one, "214", "VISEE")
    one.tell()
    assert one.names() == []
    one.corridor.inbound(*statuses_message("05"))
    one.tell()
    assert one.names() == ["a.xml.err", "a.xml.rejected"]


def test_a_file_of_decisions_that_is_refused_row_by_row_is_rejected(marked: Mark) -> None:
    one = marked("sent")
    row = {"sheet": one.sheet.name, "name": "d.csv", "size": 1, "state": "read", "token": "t", "claimed_at": now()}
    row["reason"] = "row 2: no such invoice"
    with one.corridor.house.journal.writing() as tx:
        made = tx.execute(insert(tables.files).values(row).returning(tables.files.c.id)).scalar_one()
        data = {"given": 1, "refused": 1}
        record(tx, [Event("file.decided", "file", made, one.sheet.name, "claimed", "read", data)])
    one.tell()
    assert one.names() == ["d.csv.err", "d.csv.rejected"]
    assert "no such invoice" in (one.folder / "d.csv.err").read_text(encoding="utf-8")
