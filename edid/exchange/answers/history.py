"""The words of platforms about flows and documents, each with the event that told it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from edid.journal.chunks import chunks
from edid.journal.rows import AnyRow
from edid.journal.tables import events, statuses

Subject = Literal["flow", "document"]


@dataclass(frozen=True, slots=True)
class Heard:
    """One status, and the event of the journal that told it."""

    event: int
    row: AnyRow


def heard(view: Connection, subject: Subject, ids: Iterable[int], until: int) -> Mapping[int, Sequence[Heard]]:
    """Return what was said of each of `ids` up to the event `until`, oldest first.

    Statuses and their events are appended in the same order, one for one: the first event of a document told its first
    status.
    """
    found: dict[int, list[Heard]] = defaultdict(list)
    column = statuses.c.flow_id if subject == "flow" else statuses.c.document_id
    for part in chunks(sorted(set(ids))):
        told: dict[int, list[int]] = defaultdict(list)
        where = (events.c.entity == subject, events.c.entity_id.in_(part), events.c.name == f"{subject}.status")
        query = select(events.c.id, events.c.entity_id).where(*where, events.c.id <= until).order_by(events.c.id)
        for event in view.execute(query):
            told[event.entity_id].append(event.id)
        if not told:
            continue
        rows = view.execute(select(statuses).where(column.in_(list(told))).order_by(statuses.c.id)).all()
        said: dict[int, list[AnyRow]] = defaultdict(list)
        for row in rows:
            said[row.flow_id if subject == "flow" else row.document_id].append(row)
        for each, numbers in told.items():
            found[each] = [Heard(number, row) for number, row in zip(numbers, said[each], strict=False)]
    return found
