from __future__ import annotations

from sqlalchemy import select

from edid.exchange.poll_history import PollHistory
from edid.journal import queries
from edid.journal.tables import events
from tests.unit.exchange.corridor import Corridor


def test_only_changes_are_written_and_the_newest_holds(corridor: Corridor) -> None:
    history = PollHistory(corridor.house.journal, "emetteur")
    for error in (None, None, "no route", "no route", "wrong key"):
        history.tell(error)
    with corridor.house.journal.reading() as view:
        assert queries.failing_polls(view) == {"emetteur": "wrong key"}
        names = list(view.execute(select(events.c.name).where(events.c.entity == "sheet")).scalars())
    assert names == ["poll.healed", "poll.failed", "poll.failed"]
    history.tell(None)
    with corridor.house.journal.reading() as view:
        assert queries.failing_polls(view) == {}
