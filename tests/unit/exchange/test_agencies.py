"""Invoices of media agencies never reach the advertiser's ERP, however they came."""

from __future__ import annotations

from pathlib import Path

import pytest

from edid.config.sheet import ReceiverSheet
from edid.errors import PermanentError
from edid.exchange.forcing import force
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.pivots import PJ, Unit, pivot_with
from tests.unit.exchange.returned import flow_name

SECRET = b"%PDF-1.7 the invoice of the agency"
OURS = Unit("R-1", "1", attachments=(PJ("a.pdf", b"%PDF-1.7 ours"),))
AGENCY = Unit("R-2", "2", service="AG-01", attachments=(PJ("b.pdf", SECRET),))


@pytest.fixture
def receiver(corridor: Corridor) -> ReceiverSheet:
    return corridor.receiver(routing={"agencies": [{"name": "Alpha", "service_codes": ["AG-01"], "folder": "alpha"}]})


def readable_by_the_erp(corridor: Corridor, receiver: ReceiverSheet) -> dict[str, bytes]:
    root = corridor.house.folders(receiver).incoming
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def root_of(corridor: Corridor, receiver: ReceiverSheet) -> Path:
    return corridor.house.folders(receiver).root


def test_of_a_mixed_flow_the_erp_gets_its_own_invoices_and_nothing_of_the_others(corridor, receiver):
    name = str(flow_name("FEN0036A"))
    content = pivot_with(OURS, AGENCY)
    assert corridor.inbound(name, content, receiver).state == "filed"
    seen = readable_by_the_erp(corridor, receiver)
    assert any(path.endswith("a.pdf") for path in seen)
    assert not [path for path, content in seen.items() if SECRET in content or b"R-2" in content or b"AG-01" in content]
    rows = {row.number: row for row in corridor.documents("in")}
    assert (rows["R-1"].routed_by, rows["R-2"].routed_by) == (None, "Alpha")
    kept = root_of(corridor, receiver) / "excluded" / "alpha"
    assert [path.read_bytes() for path in kept.rglob("b.pdf")] == [SECRET]
    (flow_copy,) = (root_of(corridor, receiver) / "excluded").glob("*/flows/FEN0036A_*[0-9]")
    assert flow_copy.read_bytes() == content
    assert corridor.flows()[0].document_count == 2
    assert [row.entity_id for row in corridor.events("document.excluded")] == [rows["R-2"].id]


def test_a_flow_without_agencies_stands_in_in(corridor, receiver):
    corridor.inbound(str(flow_name("FEN0036A")), pivot_with(OURS), receiver)
    assert any("/flows/" in path for path in readable_by_the_erp(corridor, receiver))


def test_a_received_duplicate_cannot_be_sent(corridor, receiver):
    corridor.inbound(str(flow_name("FEN0036A", 1)), pivot_with(OURS), receiver)
    corridor.inbound(str(flow_name("FEN0036A", 2)), pivot_with(OURS), receiver)
    assert [row.state for row in corridor.documents("in")] == ["filed", "duplicate"]
    with pytest.raises(PermanentError, match="was received"):
        force(corridor.house.journal, corridor.house.settings.spool, 2)
