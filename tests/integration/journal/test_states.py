from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from edid.clock import now
from edid.journal.database import Journal
from edid.journal.states import (
    DOCUMENT_MOVES,
    FILE_MOVES,
    FLOW_MOVES,
    DocumentState,
    FileState,
    FlowState,
    IllegalMoveError,
    move,
)
from edid.journal.tables import events, flows


def _flow(journal: Journal, state: FlowState, name: str = "F") -> int:
    row = {
        "sheet": "s",
        "direction": "out",
        "name": name,
        "sha256": "0" * 64,
        "size": 1,
        "document_count": 1,
        "state": state,
        "created_at": now(),
    }
    with journal.writing() as tx:
        return int(tx.execute(insert(flows).values(row).returning(flows.c.id)).scalar_one())


def test_every_state_has_a_line_in_its_table() -> None:
    assert set(FILE_MOVES) == set(FileState)
    assert set(DOCUMENT_MOVES) == set(DocumentState)
    assert set(FLOW_MOVES) == set(FlowState)


def test_a_legal_move_changes_the_state_and_leaves_an_event(journal: Journal) -> None:
    flow_id = _flow(journal, FlowState.READY)
    with journal.writing() as tx:
        move(tx, flows, [flow_id], FlowState.SENDING, event="flow.attempt", data={"n": 1})
    with journal.reading() as view:
        assert view.execute(select(flows.c.state)).scalar_one() == "sending"
        event = view.execute(select(events)).one()
    assert (event.name, event.entity, event.entity_id, event.sheet) == ("flow.attempt", "flow", flow_id, "s")
    assert (event.from_state, event.to_state, event.data) == ("ready", "sending", {"n": 1})


def test_an_illegal_move_changes_nothing_at_all(journal: Journal) -> None:
    good, bad = _flow(journal, FlowState.SENDING, "A"), _flow(journal, FlowState.SENT, "B")
    with pytest.raises(IllegalMoveError, match=rf"{bad} \(sent\)"), journal.writing() as tx:
        move(tx, flows, [good, bad], FlowState.SENT, event="flow.sent")
    with journal.reading() as view:
        assert set(view.execute(select(flows.c.state)).scalars()) == {"sending", "sent"}
        assert view.execute(select(events)).first() is None


def test_a_row_that_does_not_exist_cannot_move(journal: Journal) -> None:
    with pytest.raises(IllegalMoveError, match="missing"), journal.writing() as tx:
        move(tx, flows, [42], FlowState.SENDING, event="flow.attempt")


def test_an_error_in_a_transaction_leaves_nothing_behind(journal: Journal) -> None:
    flow_id = _flow(journal, FlowState.READY)

    def interrupted() -> None:
        with journal.writing() as tx:
            move(tx, flows, [flow_id], FlowState.SENDING, event="flow.attempt")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    with journal.reading() as view:
        assert view.execute(select(flows.c.state)).scalar_one() == "ready"
