"""What edid could not judge waits for a person: it is judged again, sent all the same, or given up."""

from __future__ import annotations

import pytest

from edid.errors import PermanentError
from edid.exchange import held
from edid.journal.chain import digest_of
from edid.sandbox.invoices import ubl_invoice
from edid.validation.verdict import Outcome
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.returned import DAY

UNKNOWN_PIN = {"profile": "en16931", "pins": ["EN16931-UBL@0.0.1"]}


@pytest.fixture
def corridor(open_corridor) -> Corridor:
    corridor = open_corridor(validation=UNKNOWN_PIN)
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY)))
    assert corridor.states() == ["held"]
    return corridor


def release(corridor: Corridor, *, mended: bool, anyway: str | None = None) -> Outcome:
    sheet = corridor.sender(validation={"profile": "xsd-only"} if mended else UNKNOWN_PIN)
    house = corridor.house
    return held.release(house.journal, house.store, house.judges, sheet, 1, anyway=anyway).outcome


def leave(corridor: Corridor) -> None:
    corridor.pack()
    corridor.send()


def test_once_its_cause_is_gone_it_leaves(corridor):
    assert release(corridor, mended=True) is Outcome.VALID
    leave(corridor)
    (row,) = corridor.documents()
    assert (row.state, row.number, row.acts) == ("sent", "F-1", None)
    assert list(corridor.delivered().values()) == [ubl_invoice("F-1", DAY)]


def test_while_it_cannot_be_judged_it_stays(corridor):
    assert release(corridor, mended=False) is Outcome.NOT_JUDGED
    assert corridor.states() == ["held"]
    assert corridor.documents()[0].acts == "us"


def test_a_person_may_send_it_all_the_same_and_says_why(corridor):
    release(corridor, mended=False, anyway="agreed with the platform")
    leave(corridor)
    assert corridor.states() == ["sent"]
    (event,) = corridor.events("document.released")
    assert event.data == {
        "verdict": "not judged",
        "verdict_sha256": digest_of(corridor.documents()[0].verdict),
        "anyway": "agreed with the platform",
    }


def test_its_copy_that_left_meanwhile_makes_it_a_duplicate(corridor):
    corridor.sheet = corridor.sender(validation={"profile": "xsd-only"})
    corridor.outbound(("f1-again.xml", ubl_invoice("F-1", DAY)))
    assert corridor.states() == ["held", "sent"]
    with pytest.raises(PermanentError, match="the same as document 2"):
        release(corridor, mended=True)
    assert corridor.states() == ["held", "sent"]


def test_what_is_given_up_waits_for_nobody(corridor):
    held.drop(corridor.house.journal, 1, "sent on paper")
    assert corridor.states() == ["rejected"]
    assert corridor.events("document.dropped")[0].data == {"reason": "sent on paper"}
    assert corridor.documents()[0].acts is None


def test_only_what_is_held_can_be_released_or_dropped(corridor):
    release(corridor, mended=True)
    for act in (lambda: release(corridor, mended=True), lambda: held.drop(corridor.house.journal, 1, "")):
        with pytest.raises(PermanentError, match="is valid, not held"):
            act()
    with pytest.raises(PermanentError, match="no document 7"):
        held.held(corridor.house.journal, 7)
