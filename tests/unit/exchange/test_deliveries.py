"""An invoice that was delivered twice: each word of the platform goes to the delivery that it speaks of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edid.documents.kinds import Reason
from edid.exchange.forcing import force
from edid.exchange.storable import facts_of
from edid.journal import tables
from edid.lifecycle.messages.cdar import CdarToWrite, cdar
from edid.sandbox.invoices import ubl_invoice
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.returned import AT, DAY, flow_name

DOUBLE = (Reason("DOUBLON", "déjà reçue"),)


@pytest.fixture
def twice(open_corridor) -> Corridor:
    corridor = open_corridor(validation={"profile": "xsd-only"})
    corridor.outbound(("f1.xml", ubl_invoice("F-1", DAY)))
    return corridor


def say(corridor: Corridor, code: str, seconds: int, reasons: tuple[Reason, ...] = ()) -> None:
    """Have the platform say `code` about the invoice; CDAR writes what a buyer says, so its codes are put in after."""
    facts = facts_of(corridor.documents()[0].facts)
    written = max(code, "204")
    message = cdar(CdarToWrite(written, facts, AT + timedelta(seconds=seconds), reasons=reasons))
    place = f"<ram:ProcessConditionCode>{written}<".encode()
    assert place in message
    flow = flow_name("FEN1204A", len(corridor.statuses()) + 1)
    corridor.inbound(str(flow), message.replace(place, f"<ram:ProcessConditionCode>{code}<".encode()))


def deliver_again(corridor: Corridor) -> None:
    corridor.drop("again.xml", ubl_invoice("F-1", DAY))
    corridor.take()
    corridor.judge()
    force(corridor.house.journal, corridor.house.settings.spool, 2)
    corridor.pack()
    corridor.send()
    assert corridor.states() == ["sent", "sent"]


def statuses(corridor: Corridor) -> list[str | None]:
    return [row.status for row in corridor.documents()]


def test_a_double_refusal_of_the_only_delivery_never_overwrites_what_was_good(twice):
    say(twice, "203", 1)
    say(twice, "213", 2, DOUBLE)
    assert statuses(twice) == ["MISE_A_DISPOSITION"]
    assert [row.disregarded for row in twice.statuses()] == [None, "double"]


def test_it_holds_while_nothing_else_was_said(twice):
    say(twice, "213", 2, DOUBLE)
    assert statuses(twice) == ["REJETEE_PLATEFORME"]
    say(twice, "203", 1)
    assert statuses(twice) == ["MISE_A_DISPOSITION"]


def test_the_refused_second_delivery_takes_no_later_word_away_from_the_first(twice):
    say(twice, "203", 1)
    deliver_again(twice)
    say(twice, "213", 2, DOUBLE)
    say(twice, "211", 3)
    assert statuses(twice) == ["PAIEMENT_TRANSMIS", "REJETEE_PLATEFORME"]


def test_words_of_the_same_second_stand_in_the_order_of_the_transmission(twice):
    for code in ("203", "202", "200"):
        say(twice, code, 1)
    assert statuses(twice) == ["MISE_A_DISPOSITION"]
    say(twice, "204", 1)
    assert statuses(twice) == ["PRISE_EN_CHARGE"]


def test_a_repeated_word_goes_where_it_went_first(twice):
    say(twice, "203", 1)
    deliver_again(twice)
    say(twice, "203", 1)
    assert statuses(twice) == ["MISE_A_DISPOSITION", None]


def test_a_word_older_than_the_second_delivery_speaks_of_the_first(twice):
    with twice.house.journal.writing() as tx:
        tx.execute(tables.flows.update().values(sent_at=AT))
    deliver_again(twice)
    say(twice, "203", 1)
    assert statuses(twice) == ["MISE_A_DISPOSITION", None]
