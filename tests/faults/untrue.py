"""Promise 3: what the journal says is so, at any instant, and the ERP is told nothing that it does not say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

from edid.audit.verify import verify
from edid.journal.database import default_url, open_journal
from tests.faults.seen import Row, Seen
from tests.faults.world import digest

_MARKS = {".accepted": "sent", ".rejected": "rejected", ".err": "rejected"}


def untrue(seen: Seen) -> Iterator[str]:
    """Yield what is said and is not so."""
    if seen.damage is not None:
        yield f"false: the journal is damaged: {seen.damage}"
    for flow in seen.rows("flows"):
        if flow["direction"] == "out" and flow["state"] == "sent":
            there = seen.world.partner / "in" / flow["name"]
            if not there.is_file() or digest(there.read_bytes()) != flow["sha256"]:
                yield f"false: {flow['name']} is said to be sent and the partner does not hold its bytes"
        if seen.stored(flow["sha256"]) is None and flow["sha256"] not in seen.purged:
            yield f"false: the bytes of the flow {flow['name']} are not in the store"
    for row in seen.rows("documents"):
        yield from _of_document(seen, row)
    yield from _of_answers(seen)
    yield from _of_marks(seen)


def broken_chain(seen: Seen) -> Iterator[str]:
    """Yield what `edid journal verify` finds in the journal and the store. For the end only: it takes a moment."""
    world = seen.world
    with world.looking() as look, closing(open_journal(default_url(look))) as journal:
        done = verify(journal, world.company.state / "store")
    if done.count:
        yield f"false: the events do not verify: {[str(fault) for fault in done.faults]}"
    if done.events != len(seen.tables["events"]):
        yield f"false: {done.events} events were verified of {len(seen.tables['events'])}"


def _of_document(seen: Seen, row: Row) -> Iterator[str]:
    content = seen.stored(row["sha256"])
    if content is None:
        if row["sha256"] not in seen.purged:
            yield f"false: the bytes of document {row['id']} are not in the store"
    elif row["state"] == "rejected" and not seen.stands("rejected", content):
        yield f"false: document {row['id']} is said to be rejected and is not in rejected/"
    elif row["state"] == "filed" and not seen.stands(f"in/{row['filed_as']}", content):
        yield f"false: document {row['id']} is said to be filed and is not in {row['filed_as']}"


def _of_answers(seen: Seen) -> Iterator[str]:
    """Every answer speaks of an event that the journal has, and no two of the same."""
    names = {str(row["id"]) for row in seen.rows("events")}
    spoken = [data["event_id"] for data in seen.answers.values() if isinstance(data, dict)]
    for word, count in Counter(spoken).items():
        if word.partition("-")[0].lstrip("0") not in names:
            yield f"false: the ERP was told of the event {word}, which the journal does not have"
        if count > 1:
            yield f"not once: the ERP was told of the event {word} {count} times"
    told = Counter(seen.told)
    for state in ("sent", "rejected"):
        if told[state] > len(seen.rows("documents", state=state)) and not seen.rows("files", state="rejected"):
            yield f"false: the ERP was told {state} more often than it is true"


def _of_marks(seen: Seen) -> Iterator[str]:
    for name in seen.below("status"):
        for mark, state in _MARKS.items():
            if name.endswith(mark) and not _is(seen, name.removesuffix(mark), state):
                yield f"false: the ERP was told by {name} what the journal does not say"


def _is(seen: Seen, name: str, state: str) -> bool:
    files = {row["id"] for row in seen.rows("files", name=name)}
    return any(row["file_id"] in files for row in seen.rows("documents", state=state))
