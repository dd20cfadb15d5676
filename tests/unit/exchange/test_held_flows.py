"""A flow that cannot be sent, or not be understood, waits for a person: tried again, or given up."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from edid.errors import PermanentError, TransientError
from edid.exchange import outbox
from edid.exchange.held_flows import drop_flow, held_flow, held_flows
from edid.sandbox.invoices import ubl_invoice
from edid.transport.folder import FolderTransport
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.returned import DAY


class TornOnce(FolderTransport):
    """A partner that takes the first file, while its answer is lost."""

    def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        super().rename(source, target)
        if target.name.endswith("1"):
            raise TransientError("the answer is lost.")


@pytest.fixture
def failed(corridor: Corridor) -> Corridor:
    """A flow that the platform would refuse for its interface code, so it was not sent."""
    corridor.drop("f1.xml", ubl_invoice("F-1", DAY))
    corridor.take()
    corridor.judge()
    corridor.pack()
    corridor.send(sheet=corridor.sender(interfaces={"emission": ["FSO1117A"]}))
    assert [flow.state for flow in corridor.flows()] == ["failed"]
    return corridor


def listed(corridor: Corridor, **wanted: str) -> list[int]:
    with corridor.house.journal.reading() as view:
        return [row.id for row in held_flows(view, **wanted)]


def test_what_failed_is_listed_with_its_cause_until_it_leaves(failed: Corridor) -> None:
    assert listed(failed) == listed(failed, sheet="emetteur") == [1]
    assert listed(failed, sheet="other") == []
    with failed.house.journal.reading() as view:
        assert "IRR_TYPE" in held_flow(view, 1).reason
    outbox.retry(failed.house.journal, flow_id=1)
    failed.send()
    assert listed(failed) == []
    with failed.house.journal.reading() as view, pytest.raises(PermanentError, match="flow 1 is sent, not held"):
        held_flow(view, 1)


def test_a_received_flow_that_was_not_understood_is_held_too_and_may_be_given_up(corridor: Corridor) -> None:
    flow = corridor.inbound("WHAT", b"\x00\x01 no known format")
    assert listed(corridor) == [flow.id]
    assert drop_flow(corridor.house.journal, flow.id, "agreed with the partner") == 0
    assert listed(corridor) == []
    assert corridor.flows()[0].state == "dropped"


def test_the_invoices_of_a_flow_that_was_given_up_may_be_dropped_again(failed: Corridor) -> None:
    assert drop_flow(failed.house.journal, 1, "wrong connection") == 1
    assert failed.flows()[0].state == "dropped"
    [document] = failed.documents()
    assert (document.state, document.acts) == ("rejected", None)
    [event] = failed.events("document.dropped")
    assert event.data == {"reason": "wrong connection"}
    failed.outbound(("f1-again.xml", ubl_invoice("F-1", DAY)))
    assert failed.states() == ["rejected", "sent"]
    assert len(failed.delivered()) == 1


def test_what_was_given_up_is_never_sent(failed: Corridor) -> None:
    drop_flow(failed.house.journal, 1, "no")
    assert outbox.retry(failed.house.journal, sheet=failed.sheet.name) == 0
    assert outbox.release(failed.house, failed.sheet) == 0
    failed.send()
    assert failed.delivered() == {}
    with pytest.raises(PermanentError, match="not held"):
        drop_flow(failed.house.journal, 1, "twice")


def test_a_flow_that_the_partner_may_have_is_given_up_only_by_who_looked(corridor: Corridor) -> None:
    corridor.sheet = corridor.sender(retry={"tries": 1})
    for number in ("F-1", "F-2"):
        corridor.drop(f"{number}.xml", ubl_invoice(number, DAY))
    corridor.take()
    corridor.judge()
    corridor.pack()
    corridor.send(transport=TornOnce(corridor.sheet.transport))
    assert [flow.state for flow in corridor.flows()] == ["failed", "sent"]
    with pytest.raises(PermanentError, match="may have got") as refusal:
        drop_flow(corridor.house.journal, 1, "no")
    assert "--not-there" in str(refusal.value)
    assert drop_flow(corridor.house.journal, 1, "no", looked=True) == 1


def test_nothing_is_changed_for_a_flow_that_does_not_exist(corridor: Corridor) -> None:
    with pytest.raises(PermanentError, match="there is no flow 7"):
        drop_flow(corridor.house.journal, 7, "no")
