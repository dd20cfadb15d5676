from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date

import pytest

from edid.exchange import manual
from edid.exchange.polling import poll_once
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.sandbox.invoices import Breakage, broken_invoice, factur_x
from tests.unit.exchange.corridor import Corridor

Invoice = Callable[..., bytes]


def _send(corridor: Corridor, content: bytes, *, force: bool = False, name: str = "a.xml") -> tuple[bool, list[str]]:
    file = corridor.folder / name
    file.write_bytes(content)
    told: list[str] = []
    return manual.send(corridor.house, corridor.sheet, file, told.append, force=force), told


def test_one_file_goes_the_whole_way(corridor: Corridor, invoice: Invoice) -> None:
    done, told = _send(corridor, invoice("F-1"))
    assert done
    assert told == ["document 1 (F-1): sent in flow FSO1100A_ABC123_ABC1231100000000000000001"]
    assert len(corridor.delivered()) == 1
    assert (corridor.folder / "a.xml").exists(), "the file itself stays where it is"


def test_a_batching_sheet_sends_it_at_once(open_corridor: Callable[..., Corridor], invoice: Invoice) -> None:
    done, _ = _send(open_corridor(batch={"max_documents": 50, "wait": "1h"}), invoice())
    assert done


def test_a_refused_file_says_why_and_is_not_sent(corridor: Corridor) -> None:
    assert _send(corridor, broken_invoice(Breakage.BAD_DATE))[0] is False
    done, told = _send(corridor, b"", name="empty.xml")
    assert not done
    assert told == [
        f"the file was refused unread; its reason is beside it in {corridor.house.folders(corridor.sheet).rejected}"
    ]
    assert corridor.delivered() == {}


def test_a_duplicate_is_sent_only_when_forced(corridor: Corridor, invoice: Invoice) -> None:
    _send(corridor, invoice())
    assert _send(corridor, invoice())[0] is False
    assert _send(corridor, invoice(), force=True)[0] is True
    assert len(corridor.delivered()) == 2


def test_a_partner_that_refuses_is_told(corridor: Corridor, invoice: Invoice) -> None:
    shutil.rmtree(corridor.partner / "in")
    done, told = _send(corridor, invoice())
    assert not done
    assert "Create the folder" in told[0]


def test_a_rehearsal_keeps_and_sends_nothing(corridor: Corridor, invoice: Invoice) -> None:
    file, work = corridor.folder / "a.xml", corridor.folder / "work"
    work.mkdir()
    for content, ok, said in (
        (invoice(), True, "would leave as FSO1100A_ABC123_ABC1231100<15 digits> to in/"),
        (broken_invoice(Breakage.BAD_DATE), False, "verdict: invalid"),
    ):
        file.write_bytes(content)
        told: list[str] = []
        assert manual.rehearse(corridor.house.judges, corridor.sheet, file, work, told.append) is ok
        assert told[-1] == said
    file.write_bytes(factur_x("F-1", date(2026, 9, 1)))
    narrow = corridor.sender(interfaces={"emission": ["FSO1100A"]})
    told = []
    assert manual.rehearse(corridor.house.judges, narrow, file, corridor.folder / "work2", told.append) is False
    assert told[-1].startswith("IRR_TYPE: ")
    assert corridor.files() == []
    assert corridor.delivered() == {}


@pytest.mark.parametrize(("intake", "marker"), [({}, False), ({"readiness": "marker", "marker": ".ok"}, True)])
def test_beside_a_daemon_a_file_is_dropped_complete(
    open_corridor: Callable[..., Corridor], invoice: Invoice, intake: dict, marker: bool
) -> None:
    corridor = open_corridor(intake={"settle": "0s", **intake})
    file = corridor.folder / "a.xml"
    file.write_bytes(invoice())
    first = manual.drop(corridor.settings, corridor.sheet, file)
    second = manual.drop(corridor.settings, corridor.sheet, file)
    assert first.name == "a.xml"
    assert second.name.endswith("-a.xml")
    assert first.with_name("a.xml.ok").exists() is marker
    corridor.take()
    assert len(corridor.files()) == 2


def test_a_poll_by_hand_tells_what_it_did(corridor: Corridor) -> None:
    corridor.offer("A", b"what is this?")
    told: list[str] = []
    assert poll_once(corridor.house, corridor.sheet, told.append) is True
    assert told == ["emetteur: 1 listed, 1 new, 0 failed, 1 filed"]


def test_a_poll_of_a_partner_or_a_spool_that_cannot_be_used_is_told_and_stops_no_other(corridor: Corridor) -> None:
    told: list[str] = []
    shutil.rmtree(corridor.partner / "out")
    assert poll_once(corridor.house, corridor.sheet, told.append) is False
    incoming = corridor.house.folders(corridor.sheet).incoming
    incoming.rmdir()
    incoming.write_text("somebody put a file here")
    assert poll_once(corridor.house, corridor.sheet, told.append) is False
    assert "Create the folder" in told[0]
    assert "is not a folder" in told[1]


def test_a_pulse_interrupts_only_after_the_stop_waited_long_enough() -> None:
    pulse = Pulse()
    pulse.beat()
    assert not pulse.stopping
    pulse.stop(within=60)
    pulse.beat()
    assert pulse.stopping
    pulse.stop(within=-1)
    with pytest.raises(StopRequestedError):
        pulse.beat()
