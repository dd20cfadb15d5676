"""The part of the chain that an archive shows: the events about what it holds, and of the others their digests."""

from __future__ import annotations

from itertools import chain as joined
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, select

from edid.audit.anchor import anchors
from edid.audit.rows import TABLES
from edid.audit.selection import Selection
from edid.audit.walk import Read, Unreadable, walk
from edid.journal import chain
from edid.journal.tables import events


class Links:
    """The links of one archive: from the first event that is shown to the last, or on to the anchor after it."""

    def __init__(self, view: Connection, chosen: Selection, anchor_folder: Path | None) -> None:
        self._view = view
        self._chosen = chosen
        self._bounds = _bounds(view, chosen)
        self.anchored, self.anchor = self._anchor_after(anchor_folder)
        """The first anchor whose event is the last that is shown, or comes after it: the event and the note."""
        self.events = 0
        """How many events were shown."""
        self.broken = False
        """The chain does not hold between the first link and the last."""

    def write(self, file: TextIO) -> None:
        """Write one line of JSON for each event."""
        if self._bounds is None:
            return
        previous: str | None = None
        first, last = self._bounds
        for event in joined.from_iterable(walk(self._view, first, max(last, self.anchored))):
            if isinstance(event, Unreadable):
                self.broken, previous = True, None
                continue
            self.broken |= previous not in {None, event.previous}
            self.broken |= chain.link(str(event.previous), event.digest) != event.hash
            previous = event.hash
            file.write(self._link(event) + "\n")

    def _link(self, event: Read) -> str:
        link: dict[str, Any] = {"id": event.id, "previous": event.previous, "hash": event.hash}
        if (event.entity, event.entity_id) in self._chosen:
            self.events += 1
            return chain.canonical(link | {"event": event.content()})
        return chain.canonical(link | {"digest": event.digest})

    def _anchor_after(self, folder: Path | None) -> tuple[int, Path | None]:
        if folder is None or self._bounds is None:
            return 0, None
        known = anchors(folder, None).known
        later = sorted(number for number in known if number >= self._bounds[1])
        return (later[0], folder / known[later[0]][1]) if later else (0, None)


def _bounds(view: Connection, chosen: Selection) -> tuple[int, int] | None:
    found: list[int] = []
    for entity in TABLES:
        for ids in chosen.pages(entity):
            query = select(events.c.id).where(events.c.entity == entity, events.c.entity_id.in_(ids))
            every = view.execute(query).scalars().all()
            found = [*found[:2], *every]
            found = [min(found), max(found)] if found else []
    return (found[0], found[1]) if found else None
