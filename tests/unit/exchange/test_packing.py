from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from edid.clock import now
from edid.exchange import packing
from edid.exchange.pulse import Pulse
from edid.exchange.setbacks import MOST_TRIES
from edid.flows.names import parse_strict
from edid.journal.tables import sequences
from edid.sandbox.invoices import factur_x
from tests.unit.exchange.corridor import Corridor, Crash, crash_at

Invoice = Callable[..., bytes]
Open = Callable[..., Corridor]


def _judged(corridor: Corridor, invoice: Invoice, count: int, first: int = 1) -> Corridor:
    for number in range(first, first + count):
        corridor.drop(f"{number}.xml", invoice(f"F-{number}"))
    corridor.take()
    while corridor.judge():
        pass
    return corridor


def _sequences(corridor: Corridor) -> list[int]:
    return [int(parse_strict(flow.name).sequence) for flow in corridor.flows()]


def _last(corridor: Corridor) -> int:
    with corridor.house.journal.reading() as view:
        return int(view.execute(select(sequences.c.last)).scalar_one())


def _members(corridor: Corridor, flow: Any) -> dict[str, bytes]:
    content = corridor.house.store.require(flow.sha256).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]


def test_one_document_is_a_flow_of_its_own_bytes(corridor: Corridor, invoice: Invoice) -> None:
    _judged(corridor, invoice, 1)
    assert corridor.pack() == 1
    (flow,), (document,) = corridor.flows(), corridor.documents()
    assert flow.name == "FSO1100A_ABC123_ABC1231100000000000000001"
    assert (flow.identifier, flow.state, flow.document_count) == ("ABC1231100000000000000001", "ready", 1)
    assert flow.sha256 == document.sha256
    assert (document.state, document.flow_id, document.wire_member) == ("packed", flow.id, None)
    assert corridor.pack() == 0


def test_the_extension_is_kept_where_the_sheet_says_so(open_corridor: Open, invoice: Invoice) -> None:
    corridor = _judged(open_corridor(strip_extension=False), invoice, 1)
    corridor.pack()
    assert corridor.flows()[0].name.endswith("000000000000001.xml")


def test_several_documents_share_an_archive_under_names_of_their_own(open_corridor: Open, invoice: Invoice) -> None:
    corridor = _judged(open_corridor(batch={"max_documents": 3}), invoice, 3)
    assert corridor.pack() == 1
    (flow,) = corridor.flows()
    members = _members(corridor, flow)
    assert list(members) == [f"FSO1100A_ABC123_ABC12311000000000000000{number:02d}.xml" for number in (2, 3, 4)]
    assert [row.wire_member for row in corridor.documents()] == list(members)
    for row in corridor.documents():
        assert members[row.wire_member] == corridor.house.store.require(row.sha256).read_bytes()
    assert [row.position for row in corridor.documents()] == [0, 1, 2]


def test_a_long_queue_is_split_and_keeps_its_order(open_corridor: Open, invoice: Invoice) -> None:
    corridor = _judged(open_corridor(batch={"max_documents": 2}), invoice, 5)
    assert corridor.pack() == 3
    by_flow = {flow.id: flow for flow in corridor.flows()}
    carried = sorted((by_flow[row.flow_id].identifier, row.position, row.number) for row in corridor.documents())
    assert [number for _, _, number in carried].count("F-5") == 1
    assert sorted(flow.document_count for flow in corridor.flows()) == [1, 2, 2]
    assert len(set(_sequences(corridor))) == 3


def test_each_interface_has_its_own_flows_and_its_own_sequence(corridor: Corridor, invoice: Invoice) -> None:
    corridor.drop("a.pdf", factur_x("X-1", now().date()))
    _judged(corridor, invoice, 1)
    corridor.pack()
    assert sorted(flow.identifier for flow in corridor.flows()) == [
        "ABC1231100000000000000001",
        "ABC1231117000000000000001",
    ]


def test_a_document_waits_for_company_no_longer_than_the_sheet_says(open_corridor: Open, invoice: Invoice) -> None:
    corridor = _judged(open_corridor(batch={"max_documents": 3, "wait": "1h"}), invoice, 2)
    made, due = packing.pack_waiting(corridor.house, corridor.sheet, Pulse())
    assert made == 0
    assert due is not None
    assert timedelta(minutes=59) < due - now() <= timedelta(hours=1)
    _judged(corridor, invoice, 1, first=3)
    assert corridor.pack() == 1


def test_while_files_are_still_being_taken_only_full_batches_leave(open_corridor: Open, invoice: Invoice) -> None:
    corridor = _judged(open_corridor(batch={"max_documents": 2}), invoice, 3)
    assert corridor.pack(only_full=True) == 1
    assert sorted(corridor.states()) == ["packed", "packed", "valid"]
    assert corridor.pack() == 1


@pytest.mark.parametrize("place", ["_build", "_journal"])
def test_a_crash_after_the_numbers_were_reserved_leaves_a_gap_and_reuses_none(
    corridor: Corridor, invoice: Invoice, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    _judged(corridor, invoice, 2)
    crash_at(monkeypatch, f"edid.exchange.packing.{place}")
    with pytest.raises(Crash):
        corridor.pack()
    assert _last(corridor) == 2, "reserved before they are used"
    assert corridor.flows() == []
    corridor.restart()
    assert corridor.pack() == 2
    assert _sequences(corridor) == [3, 4]
    assert corridor.states() == ["packed", "packed"]


def test_a_document_whose_bytes_are_lost_is_held_and_its_company_leaves(open_corridor: Open, invoice: Invoice) -> None:
    corridor = _judged(open_corridor(batch={"max_documents": 3}), invoice, 3)
    lost = corridor.documents()[1]
    original = corridor.house.store.path(lost.sha256).read_bytes()
    corridor.house.store.path(lost.sha256).unlink()
    assert corridor.pack() == 0
    assert corridor.pack() == 1
    assert corridor.states() == ["packed", "held", "packed"]
    assert "the store has lost" in corridor.events("document.held")[0].data["error"]
    corridor.drop("again.xml", original)
    corridor.take()
    corridor.judge()
    assert corridor.states()[-1] == "valid", "dropped again, it is no duplicate of what never left"


def test_one_group_that_cannot_be_packed_keeps_back_no_other_and_is_held_at_last(
    open_corridor: Open, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    corridor = _judged(open_corridor(), invoice, 3)
    poisoned = corridor.documents()[0].sha256
    original = packing._build

    def build(house, sheet, group, first):
        if group[0].sha256 == poisoned:
            raise ValueError("never foreseen")
        return original(house, sheet, group, first)

    monkeypatch.setattr(packing, "_build", build)
    assert corridor.pack() == 2
    for _ in range(MOST_TRIES):
        corridor.pack()
    assert corridor.states() == ["held", "packed", "packed"]
    assert corridor.events("document.held")[0].data == {"error": "ValueError: never foreseen"}


def test_a_stop_leaves_the_rest_waiting(open_corridor: Open, invoice: Invoice) -> None:
    corridor = _judged(open_corridor(batch={"max_documents": 2}), invoice, 4)
    pulse = Pulse()
    pulse.stop(within=10)
    assert packing.pack_waiting(corridor.house, corridor.sheet, pulse)[0] == 0
    assert corridor.states() == ["valid"] * 4
