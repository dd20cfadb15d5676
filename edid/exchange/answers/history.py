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
    """Return what was said of each of `ids` up to the event `until`, oldest first.

    Statuses and their events are appended in the same order, one for one: the first event of a document told its first
    status.
    """
    found: dict[int, list[Heard]] = defaultdict(list)
    column = statuses.c.flow_id if subject == "flow" else statuses.c.document_id
    for part in chunks(sorted(set(ids))):
        told: dict[int, list[AnyRow]] = defaultdict(list)
        names = (f"{subject}.status", GIVEN)
        where = (events.c.entity == subject, events.c.entity_id.in_(part), events.c.name.in_(names))
        query = select(events.c.id, events.c.entity_id, events.c.name).where(*where, events.c.id <= until)
        for event in view.execute(query.order_by(events.c.id)):
            told[event.entity_id].append(event)
        if not told:
            continue
        rows = view.execute(select(statuses).where(column.in_(list(told))).order_by(statuses.c.id)).all()
        said: dict[int, list[AnyRow]] = defaultdict(list)
        for row in rows:
            said[row.flow_id if subject == "flow" else row.document_id].append(row)
        for each, tellers in told.items():
            pairs = zip(tellers, said[each], strict=False)
            found[each] = [Heard(event.id, row, given=event.name == GIVEN) for event, row in pairs]
    return found
