"""Is the audit trail as it was written? Chain, rows, stored bytes, anchors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Table, select

from edid.audit.fault import Fault, Wrong
from edid.audit.mentions import Mention, Mentions, is_sha256
from edid.audit.originals import as_named, place
from edid.audit.walk import Read, Unreadable, walk
from edid.journal import chain
from edid.journal.database import Journal
from edid.journal.tables import documents, files, flows

MOST = 1000
"""So many faults are told; the others are counted."""
_TABLES: Mapping[str, Table] = {"file": files, "document": documents, "flow": flows}
_PAGE = 1000


@dataclass(slots=True)
class Verification:
    """What was looked at, and what is wrong with it."""

    events: int = 0
    blobs: int = 0
    anchors: int = 0
    head: chain.Head = field(default_factory=chain.Head)
    """The last event that was read, and its hash."""
    count: int = 0
    faults: list[Fault] = field(default_factory=list)
    """The first of them, in the order of the chain, then of the store."""

    @property
    def sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.count == 0

    def wrong(self, found: Iterable[Fault]) -> None:
        """Add faults."""
        for fault in found:
            self.count += 1
            if len(self.faults) < MOST:
                self.faults.append(fault)


def verify(
    journal: Journal,
    store: Path | None,
    anchored: Mapping[int, tuple[str, str]] | None = None,
    beat: Callable[[int], object] = lambda _: None,
) -> Verification:
    """Look at every event, row and stored byte; `store` None leaves the bytes out.

    `anchored` is what anchors know: the hash of an event, and the anchor's name. `beat` is told how many events and
    blobs were looked at. Memory does not grow with the journal. What is written meanwhile is left for the next time.
    """
    done = Verification(anchors=len(anchored or {}))
    with Mentions() as mentions:
        with journal.reading() as view:
            _chain(view, done, mentions, anchored or {}, beat)
            if store is not None:
                _take_rows(view, mentions)
        if store is not None:
            _blobs(done, mentions, store, beat)
    return done


def _chain(
    view: Connection,
    done: Verification,
    mentions: Mentions,
    anchored: Mapping[int, tuple[str, str]],
    beat: Callable[[int], object],
) -> None:
    said = chain.standing(view)
    previous: str | None = chain.GENESIS
    page: list[Read] = []
    waiting = set(anchored)
    for event in walk(view):
        done.events += 1
        done.wrong(_faults(event, previous))
        previous = event.row["hash"] if isinstance(event, Read) else None
        done.head = chain.Head(event.id, previous or "")
        if event.id in waiting:
            waiting.discard(event.id)
            done.wrong(_anchor(event.id, previous, *anchored[event.id]))
        if isinstance(event, Read):
            mentions.event(event.id, event.row["name"], event.row["data"])
            page.append(event)
        if len(page) >= _PAGE:
            done.wrong(_rows(view, page))
            page.clear()
            beat(done.events)
    done.wrong(_rows(view, page))
    if said != done.head:
        ends = "nowhere" if said is None else f"{said.event_id} ({said.hash[:12]})"
        done.wrong([Fault(Wrong.HEAD, done.head.event_id, detail=ends)])
    for number in sorted(waiting):
        done.wrong([Fault(Wrong.ANCHOR, number, detail=anchored[number][1])])


def _faults(event: Read | Unreadable, previous: str | None) -> Iterator[Fault]:
    """Say what is wrong with one event; `previous` is the hash before it, None where that cannot be read."""
    if isinstance(event, Unreadable):
        yield Fault(Wrong.UNREADABLE, event.id, detail=event.because)
        return
    row = event.row
    if previous is not None and row["previous"] != previous:
        yield Fault(Wrong.BROKEN, event.id)
    intact = is_sha256(row["previous"]) and chain.link(row["previous"], event.digest) == row["hash"]
    if not intact or event.respelled:
        yield Fault(Wrong.ALTERED, event.id)


def _anchor(number: int, found: str | None, known: str, name: str) -> Iterator[Fault]:
    if found != known:
        yield Fault(Wrong.ANCHOR, number, detail=name)


def _rows(view: Connection, page: Iterable[Read]) -> Iterator[Fault]:
    """Compare the bytes that events name with those that the rows of the same file, document or flow name."""
    for entity, table in _TABLES.items():
        named = {
            event.row["entity_id"]: (event.id, event.row["data"]["sha256"])
            for event in page
            if event.row["entity"] == entity
            and isinstance(event.row["entity_id"], int)
            and is_sha256(event.row["data"].get("sha256"))
        }
        ids = sorted(named)
        for start in range(0, len(ids), 500):
            query = select(table.c.id, table.c.sha256).where(table.c.id.in_(ids[start : start + 500]))
            stands: dict[int, str | None] = {row.id: row.sha256 for row in view.execute(query)}
            for number in ids[start : start + 500]:
                event, sha256 = named[number]
                if stands.get(number) != sha256:
                    yield Fault(Wrong.ROW, event, sha256, f"{entity} {number}")


def _take_rows(view: Connection, mentions: Mentions) -> None:
    for entity, table in _TABLES.items():
        after = 0
        while True:
            query = select(table.c.id, table.c.sha256).where(table.c.id > after).order_by(table.c.id).limit(_PAGE)
            rows = view.execute(query).all()
            for row in rows:
                if row.sha256 is not None:
                    mentions.row(str(row.sha256), f"{entity} {row.id}")
            if len(rows) < _PAGE:
                break
            after = rows[-1].id


def _blobs(done: Verification, mentions: Mentions, store: Path, beat: Callable[[int], object]) -> None:
    for mention in mentions.wanted():
        done.blobs += 1
        done.wrong(_blob(store, mention))
        beat(done.events + done.blobs)


def _blob(store: Path, mention: Mention) -> Iterator[Fault]:
    if not is_sha256(mention.sha256):
        yield Fault(Wrong.BLOB_MISSING, mention.event or None, mention.sha256[:64], mention.place)
        return
    path = place(store, mention.sha256)
    if not path.is_file():
        yield Fault(Wrong.BLOB_MISSING, mention.event or None, mention.sha256, mention.place)
        return
    try:
        intact = as_named(path, mention.sha256)
    except OSError as error:
        yield Fault(
            Wrong.BLOB_MISSING, mention.event or None, mention.sha256, f"{mention.place}, {error.strerror or error}"
        )
        return
    if not intact:
        yield Fault(Wrong.BLOB_ALTERED, mention.event or None, mention.sha256, mention.place)
