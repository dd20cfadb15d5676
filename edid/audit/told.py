"""What the newest events say of each file, document, flow and status; kept on disk, not in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from edid.audit.aside import Aside
from edid.audit.mentions import is_sha256
from edid.audit.walk import Read
from edid.journal import chain
from edid.journal.states import DocumentState

ENTITIES = ("file", "document", "flow")
SAID = ("code", "canonical", "dialect", "comment", "reasons")
"""What an event of a status says of it, among other things."""
_UNKNOWN = ""
_TABLE = """CREATE TABLE told (entity TEXT, id INTEGER, event INTEGER, state TEXT, sha256 TEXT, said TEXT,
PRIMARY KEY (entity, id)) WITHOUT ROWID"""
_TELL = """INSERT INTO told VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (entity, id) DO UPDATE SET
event = excluded.event, state = coalesce(excluded.state, state),
sha256 = coalesce(excluded.sha256, sha256), said = coalesce(excluded.said, said)"""
_IN_ORDER = "SELECT id, event, state, sha256, said FROM told WHERE entity = ? ORDER BY id"


class Line(NamedTuple):
    """What is told of one row."""

    id: int
    event: int
    """The newest event about it."""
    state: str | None
    sha256: str | None
    """Of its bytes."""
    said: str | None
    """The digest of its verdict, or of what a status says; None or empty: the events do not tell."""


class Told(Aside):
    """A ledger, as a context manager."""

    TABLE = _TABLE

    def take(self, page: Iterable[Read]) -> None:
        """Take what events say, in their order."""
        self._database.executemany(_TELL, _lines(page))

    def lines(self, entity: str) -> Iterator[Line]:
        """Yield what is told of file, document, flow or status, by their ids."""
        return map(Line._make, self._database.execute(_IN_ORDER, (entity,)))


def _lines(page: Iterable[Read]) -> Iterator[tuple[Any, ...]]:
    for event in page:
        number, data = event.entity_id, event.data
        if event.entity in ENTITIES and isinstance(number, int):
            state = event.to_state if isinstance(event.to_state, str) else None
            sha256, verdict = data.get("sha256"), data.get("verdict_sha256")
            if verdict is None and event.from_state == DocumentState.HELD:
                verdict = _UNKNOWN  # it may have been judged anew
            kept = sha256 if is_sha256(sha256) else None
            yield event.entity, number, event.id, state, kept, verdict if isinstance(verdict, str) else None
        status = data.get("status")
        if isinstance(status, int) and abs(status) < 1 << 63 and all(name in data for name in SAID):
            yield "status", status, event.id, None, None, chain.digest_of({name: data[name] for name in SAID})
