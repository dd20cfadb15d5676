"""What the ERP is told, and that it is told once, whatever happens in between."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from edid.exchange.answers import queue, telling
from edid.exchange.answers.telling import tell
from edid.exchange.forcing import force
from edid.journal.events import Event, record
from edid.sandbox.answers import Fault, flow_report
from tests.unit.exchange.answers.conftest import Desk
from tests.unit.exchange.corridor import Crash, crash_at
from tests.unit.exchange.returned import AT, Invoice, flow_name, parsed, pivot_of, statuses_message, tar_gz

Make = Callable[..., Desk]


def report_of(desk: Desk, code: str, *faults: Fault) -> None:
    ours = desk.corridor.flows()[0]
    name = flow_name("CSO1100A")
    desk.corridor.inbound(str(name), flow_report(name, parsed(ours.name), code, AT, list(faults)))


# --- what is told


def test_without_a_form_nothing_is_dropped(desk: Make, invoice: Invoice) -> None:
    one = desk(form="none")
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.tell()
    assert one.names() == []
    assert not one.sheet.answers.wanted


def test_a_sent_invoice_is_taken_then_sent(desk: Make, invoice: Invoice) -> None:
    one = desk()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.tell()
    taken, sent = one.answers()
    assert (taken["event"], taken["file"], taken["state"], taken["document"]) == ("taken", "a.xml", "claimed", None)
    document, flow = one.corridor.documents()[0], one.corridor.flows()[0]
    assert (sent["event"], sent["state"], sent["file"], sent["document"]) == ("sent", "sent", "a.xml", document.id)
    assert (sent["number"], sent["issue_date"]) == ("F-1", "2026-09-01")
    assert (sent["flow"], sent["flow_id"], sent["interface"]) == (flow.name, flow.identifier, "FSO1100A")
    assert (sent["direction"], sent["kind"], sent["acts"]) == ("out", "ubl-invoice", "nobody")
    assert sent["amount"] == document.facts["gross_total"]
    assert sent["label"] == "Envoyé à la plateforme"
    assert sent["time"].endswith("Z")


def test_the_names_of_answers_sort_in_the_order_of_what_happened(desk: Make, invoice: Invoice) -> None:
    one = desk()
    one.corridor.outbound(*((f"{number}.xml", invoice(f"F-{number}")) for number in range(3)))
    one.tell()
    assert [answer["event"] for answer in one.answers()] == ["taken"] * 3 + ["sent"] * 3
    assert one.names()[-1].endswith("_sent.json")


@pytest.mark.parametrize(("language", "advice"), [("fr", "Corrigez"), ("en", "Mend")])
def test_a_refused_invoice_is_told_with_its_findings(desk: Make, invoice: Invoice, language: str, advice: str) -> None:
    one = desk(language=language, events=["rejected"])
    one.corridor.drop("bad.xml", invoice("F-1").replace(b"<cbc:ID>F-1</cbc:ID>", b"", 1))
    one.corridor.take()
    one.corridor.judge()
    one.tell()
    (answer,) = one.answers()
    assert (answer["event"], answer["file"], answer["acts"]) == ("rejected", "bad.xml", "us")
    assert answer["todo"].startswith(advice)
    assert {"rule", "severity", "message"} == set(answer["findings"][0])
    assert answer["findings"][0]["severity"] == "fatal"
    assert answer["motive"]
    assert answer["flow"] is None


def test_a_file_that_is_refused_unread_is_told(desk: Make) -> None:
    one = desk()
    one.corridor.drop("empty.xml", b"")
    one.corridor.take()
    one.tell()
    (answer,) = one.answers()
    assert (answer["event"], answer["file"], answer["findings"][0]["rule"]) == ("rejected", "empty.xml", "IRR_VIDE_F")


def test_a_duplicate_names_what_was_there_before(desk: Make, invoice: Invoice) -> None:
    one = desk(events=["duplicate", "forced"])
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.corridor.outbound(("b.xml", invoice("F-1")))
    force(one.corridor.house.journal, one.corridor.settings.spool, one.corridor.documents()[1].id)
    one.tell()
    duplicate, forced = one.answers()
    assert f"document {one.corridor.documents()[0].id}" in duplicate["motive"]
    assert (duplicate["file"], forced["event"]) == ("b.xml", "forced")


def test_a_status_of_the_platform_says_who_acts_and_what_to_do(desk: Make, invoice: Invoice) -> None:
    one = desk(events=["status"])
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.corridor.inbound(*statuses_message("06"))
    one.tell()
    (answer,) = one.answers()
    assert (answer["status"], answer["code"], answer["dialect"]) == ("SUSPENDUE", "06", "cpp-statut")
    assert (answer["file"], answer["number"], answer["state"]) == ("a.xml", "F-1", "sent")
    assert (answer["label"], answer["acts"]) == ("Suspendue", "us")
    assert answer["todo"]
    assert one.names()[0].endswith("_SUSPENDUE.json")


def test_a_report_about_a_flow_is_told_for_each_of_its_invoices(corridor: Any, invoice: Invoice) -> None:
    one = Desk(corridor, form="json", events=["report"])
    one.sheet = corridor.sheet = corridor.sender(batch={"max_documents": 2}, answers=one.sheet.answers.model_dump())
    corridor.outbound(("a.xml", invoice("F-1")), ("b.xml", invoice("F-2")))
    report_of(one, "93", Fault("IRR_FORM", "forme"))
    one.tell()
    answers = one.answers()
    assert [answer["file"] for answer in answers] == ["a.xml", "b.xml"]
    assert {answer["status"] for answer in answers} == {"refused"}
    assert {answer["reasons"][0]["code"] for answer in answers} == {"IRR_FORM"}
    assert len({answer["event_id"] for answer in answers}) == 2


def test_a_member_of_an_archive_is_told_with_its_name(desk: Make, invoice: Invoice) -> None:
    one = desk(events=["sent"])
    one.corridor.outbound(("lot.tar.gz", tar_gz([("x.xml", invoice("F-1")), ("y.xml", invoice("F-2"))])))
    one.tell()
    assert [(answer["file"], answer["member"]) for answer in one.answers()] == [
        ("lot.tar.gz", "x.xml"),
        ("lot.tar.gz", "y.xml"),
    ]


def test_an_incoming_invoice_is_told_where_the_sheet_asks(desk: Make) -> None:
    one = desk()
    one.receive(form="json", events=["filed"])
    one.corridor.inbound(str(flow_name("FEN0036A")), pivot_of(("f.pdf", b"pdf")), one.sheet)
    one.tell()
    (answer,) = one.answers()
    assert (answer["event"], answer["direction"], answer["number"]) == ("filed", "in", "R-1")
    assert answer["filed_as"]
    assert answer["flow"] == str(flow_name("FEN0036A"))


def test_a_status_that_we_give_is_told_as_ours(desk: Make, invoice: Invoice) -> None:
    one = desk(events=["given"], language="en")
    one.corridor.outbound(("a.xml", invoice("F-1")))
    data = {"code": "214", "canonical": "VISEE", "reasons": [{"code": "AUTRE", "text": "vu"}], "comment": None}
    with one.corridor.house.journal.writing() as tx:
        document = one.corridor.documents()[0].id
        record(tx, [Event("document.status_given", "document", document, one.sheet.name, data=data)])
    one.tell()
    (answer,) = one.answers()
    assert (answer["event"], answer["status"], answer["label"]) == ("given", "VISEE", "Endorsed")
    assert (answer["motive"], answer["acts"]) == ("vu", "nobody")


def test_a_flow_that_cannot_be_sent_is_told_for_its_invoices(
    desk: Make, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from edid.errors import PermanentError

    one = desk(events=["failed"])
    crash_at(monkeypatch, "edid.exchange.sending.deliver", error=PermanentError("no right."))
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.tell()
    (answer,) = one.answers()
    assert (answer["state"], answer["motive"], answer["number"]) == ("failed", "no right.", "F-1")


def test_only_the_events_that_the_sheet_names_are_told(desk: Make, invoice: Invoice) -> None:
    one = desk(events=["sent"])
    one.corridor.outbound(("a.xml", invoice("F-1")))
    dealt_with = one.tell()
    assert dealt_with > 1
    assert [answer["event"] for answer in one.answers()] == ["sent"]


# --- from when on


def test_what_happened_before_answers_were_wanted_is_not_told(corridor: Any, invoice: Invoice) -> None:
    corridor.outbound(("old.xml", invoice("F-1")))
    one = Desk(corridor, form="json")
    one.tell()
    assert one.names() == []
    corridor.outbound(("new.xml", invoice("F-2")))
    one.tell()
    assert {answer["file"] for answer in one.answers()} == {"new.xml"}


def test_the_whole_history_is_told_where_the_sheet_asks(corridor: Any, invoice: Invoice) -> None:
    corridor.outbound(("old.xml", invoice("F-1")))
    one = Desk(corridor, form="json", from_beginning=True)
    one.tell()
    assert [answer["event"] for answer in one.answers()] == ["taken", "sent"]


def test_another_sheet_is_none_of_its_business(desk: Make, invoice: Invoice) -> None:
    one = desk()
    with one.corridor.house.journal.writing() as tx:
        record(tx, [Event("file.claimed", "file", 1, "other", None, "claimed")])
    assert one.tell() == 0


# --- once


def test_nothing_is_told_twice(desk: Make, invoice: Invoice) -> None:
    one = desk()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    one.tell()
    for path in one.folder.iterdir():
        path.unlink()  # the ERP takes them
    one.corridor.restart()
    assert one.tell() == 0
    assert one.names() == []


def test_a_crash_before_the_cursor_moves_gives_the_same_files_again(
    desk: Make, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = desk()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    crash_at(monkeypatch, "edid.exchange.answers.queue.keep", error=Crash())
    with pytest.raises(Crash):
        one.tell()
    before = one.contents()
    assert before
    one.corridor.restart()
    one.tell()
    assert one.contents() == before


@pytest.mark.parametrize("later", ["packed", "sent", "told"])
def test_what_happens_after_a_crash_does_not_change_what_was_told(
    desk: Make, invoice: Invoice, monkeypatch: pytest.MonkeyPatch, later: str
) -> None:
    one = desk(events=["taken", "valid"])
    one.corridor.drop("a.xml", invoice("F-1"))
    one.corridor.take()
    one.corridor.judge()
    crash_at(monkeypatch, "edid.exchange.answers.queue.keep", error=Crash())
    with pytest.raises(Crash):
        one.tell()
    before = one.contents()
    one.corridor.pack()
    if later != "packed":
        one.corridor.send()
    if later == "told":
        one.corridor.inbound(*statuses_message("07"))
    one.tell()
    assert one.contents() == before


def test_a_crash_between_two_files_leaves_none_out(
    desk: Make, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = desk()
    one.corridor.outbound(*((f"{number}.xml", invoice(f"F-{number}")) for number in range(4)))
    crash_at(monkeypatch, "edid.exchange.answers.folder.sync_filesystem", error=Crash())
    with pytest.raises(Crash):
        one.tell()
    assert one.cursor() == 0
    one.corridor.restart()
    one.start()
    one.tell()
    assert len(one.answers()) == 8
    assert all(name.endswith(".json") and not name.startswith(".") for name in one.names())


def test_batches_join_without_a_gap(desk: Make, invoice: Invoice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    one = desk()
    one.corridor.outbound(*((f"{number}.xml", invoice(f"F-{number}")) for number in range(3)))
    one.tell()
    assert [answer["event"] for answer in one.answers()] == ["taken"] * 3 + ["sent"] * 3


def test_a_flow_of_many_documents_ends_a_batch(
    corridor: Any, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_MOST_DOCUMENTS", 1)
    one = Desk(corridor, form="json", events=["report"])
    corridor.outbound(("a.xml", invoice("F-1")))
    report_of(one, "90")
    report_of(one, "92")
    one.tell()
    assert [answer["status"] for answer in one.answers()] == ["received", "integrated"]


# --- when the folder cannot be used


def test_a_missing_folder_loses_nothing(desk: Make, invoice: Invoice) -> None:
    one = desk()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    shutil.rmtree(one.folder)
    assert one.tell() == 0
    assert one.cursor() == 0
    assert not one.folder.exists(), "a lost mount is not made anew below"
    one.folder.mkdir()
    one.tell()
    assert len(one.answers()) == 2


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES], ids=errno.errorcode.get)
@pytest.mark.parametrize("files", ["each", "daily"])
def test_a_full_or_closed_disk_loses_nothing(
    desk: Make, invoice: Invoice, monkeypatch: pytest.MonkeyPatch, files: str, number: int
) -> None:
    one = desk(files=files, form="csv", columns={"event": "event"})
    one.corridor.outbound(("a.xml", invoice("F-1")))
    place = "folder.drop" if files == "each" else "growing.grow"
    crash_at(monkeypatch, f"edid.exchange.answers.{place}", error=OSError(number, os.strerror(number)), times=10)
    for _ in range(10):
        assert one.tell() == 0
    assert one.cursor() == 0
    one.tell()
    text = b"".join(one.contents().values())
    assert text.count(b"taken") == text.count(b"sent") == 1


def test_the_step_rests_after_a_failure(desk: Make, invoice: Invoice) -> None:
    from edid.exchange.setbacks import Setbacks

    one = desk()
    one.corridor.outbound(("a.xml", invoice("F-1")))
    shutil.rmtree(one.folder)
    house = one.corridor.house
    object.__setattr__(house, "setbacks", Setbacks(first=3600))
    assert tell(house, one.sheet) == 0
    one.folder.mkdir()
    assert tell(house, one.sheet) == 0
    assert one.names() == []


def test_an_event_that_cannot_be_told_keeps_no_other_back(
    desk: Make, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = desk(events=["taken"])
    whole = telling.whole

    def failing(answer: Any, settings: Any) -> bytes:
        if answer.facts["file"] == "1.xml":
            raise ValueError("odd")
        return whole(answer, settings)

    monkeypatch.setattr(telling, "whole", failing)
    for number in range(3):
        one.corridor.drop(f"{number}.xml", invoice(f"F-{number}"))
    one.corridor.take()
    for _ in range(20):
        tell(one.corridor.house, one.sheet)
    assert [answer["file"] for answer in one.answers()] == ["0.xml", "2.xml"]


def test_an_unreachable_journal_is_said(desk: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    one = desk()
    with one.corridor.house.journal.writing() as tx:
        record(tx, [Event("file.claimed", "file", 1, one.sheet.name, None, "claimed")])
    crash_at(monkeypatch, "edid.exchange.answers.telling.answers", error=OperationalError("select", {}, Exception()))
    with pytest.raises(OperationalError):
        tell(one.corridor.house, one.sheet)


def test_the_cursor_of_one_sheet_is_its_own(desk: Make) -> None:
    one = desk()
    journal = one.corridor.house.journal
    with journal.writing() as tx:
        queue.keep(tx, "other", {queue.CURSOR: 7})
        queue.keep(tx, "other", {queue.CURSOR: 8})
    with journal.reading() as view:
        assert (queue.position(view, "other"), queue.position(view, one.sheet.name)) == (8, 0)
