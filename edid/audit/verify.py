"""Is the audit trail as it was written? Chain, rows, stored bytes, anchors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from edid.audit.blobs import blob_faults, take_rows
from edid.audit.fault import Fault, Wrong
from edid.audit.mentions import Mentions, is_sha256
from edid.audit.present import contradictions
from edid.audit.told import Told
from edid.audit.walk import Read, Unreadable, walk
from edid.journal import chain
from edid.journal.database import Journal

MOST = 1000
"""So many faults are told; the others are counted."""


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
    """The first of them: along the chain, then along the rows, then in the store."""

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
    with ExitStack() as stack:
        told = stack.enter_context(Told())
        mentions = None if store is None else stack.enter_context(Mentions())
        with journal.reading() as view:
            _chain(view, done, told, mentions, anchored or {}, beat)
            done.wrong(contradictions(view, told))
            if mentions is not None:
                take_rows(view, mentions)
        if store is not None and mentions is not None:
            for mention in mentions.wanted():
                done.blobs += 1
                done.wrong(blob_faults(store, mention))
                beat(done.events + done.blobs)
    return done


def _chain(
    view: Connection,
    done: Verification,
    told: Told,
    mentions: Mentions | None,
    anchored: Mapping[int, tuple[str, str]],
    beat: Callable[[int], object],
) -> None:
    said = chain.standing(view)
    previous: str | None = chain.GENESIS
    waiting = set(anchored)
    for page in walk(view):
        for event in page:
            if isinstance(event, Unreadable) or not _holds(event, previous):
                done.wrong(_faults(event, previous))
            previous = event.hash if isinstance(event, Read) else None
            if event.id in waiting:
                waiting.discard(event.id)
                done.wrong(_anchor(event.id, previous, *anchored[event.id]))
        read = [event for event in page if isinstance(event, Read)]
        told.take(read)
        if mentions is not None:
            mentions.take(read)
        done.events += len(page)
        done.head = chain.Head(page[-1].id, previous or "")
        beat(done.events)
    if said != done.head:
        ends = "nowhere" if said is None else f"{said.event_id} ({said.hash[:12]})"
        done.wrong([Fault(Wrong.HEAD, done.head.event_id, detail=ends)])
    for number in sorted(waiting):
        done.wrong([Fault(Wrong.ANCHOR, number, detail=anchored[number][1])])


def _holds(event: Read, previous: str | None) -> bool:
    """Tell whether an event is as it was written and follows the hash `previous`: so do nearly all."""
    follows = previous is not None and event.previous == previous and is_sha256(previous)
    return follows and not event.respelled and chain.link(event.previous, event.digest) == event.hash


def _faults(event: Read | Unreadable, previous: str | None) -> Iterator[Fault]:
    """Say what is wrong with one event; `previous` is the hash before it, None where that cannot be read."""
    if isinstance(event, Unreadable):
        yield Fault(Wrong.UNREADABLE, event.id, detail=event.because)
        return
    if previous is not None and event.previous != previous:
        yield Fault(Wrong.BROKEN, event.id)
    intact = is_sha256(event.previous) and chain.link(event.previous, event.digest) == event.hash
    if not intact or event.respelled:
        yield Fault(Wrong.ALTERED, event.id)


def _anchor(number: int, found: str | None, known: str, name: str) -> Iterator[Fault]:
    if found != known:
        yield Fault(Wrong.ANCHOR, number, detail=name)
