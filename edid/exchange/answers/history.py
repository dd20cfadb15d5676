"""The words of platforms about flows and documents, each with the event that told it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, select

from edid.journal.chunks import chunks
from edid.journal.rows import AnyRow
from edid.journal.tables import events, statuses

Subject = Literal["flow", "document"]
GIVEN: Final = "document.status_given"
"""Event: a status that we give about a document. Its row stands among those that platforms gave."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One status, and the event of the journal that told it."""

    event: int
    row: AnyRow
    given: bool = False
    """True when it is a status that we gave ourselves."""


def heard(view: Connection, subject: Subject, ids: Iterable[int], until: int) -> Mapping[int, Sequence[Heard]]:
    """Return what was said of each of `ids` up to the event `until`, oldest first."""
    found: dict[int, list[Heard]] = defaultdict(list)
    for part in chunks(sorted(set(ids))):
        names = (f"{subject}.status", GIVEN)
        where = (events.c.entity == subject, events.c.entity_id.in_(part), events.c.name.in_(names))
        query = select(events.c.id, events.c.entity_id, events.c.name, events.c.data).where(
            *where, events.c.id <= until
        )
        tellers = [event for event in view.execute(query.order_by(events.c.id)) if "status" in event.data]
        said = _statuses(view, [event.data["status"] for event in tellers])
        for event in tellers:
            found[event.entity_id].append(Heard(event.id, said[event.data["status"]], given=event.name == GIVEN))
    return found


def _statuses(view: Connection, ids: Sequence[int]) -> Mapping[int, AnyRow]:
    rows = (row for part in chunks(ids) for row in view.execute(select(statuses).where(statuses.c.id.in_(part))))
    return {row.id: row for row in rows}
