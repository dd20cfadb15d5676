r"""The hash chain of the events: each carries the hash of the one before, so that no change goes unseen.

The rule, which never changes (old events must stay verifiable):

    digest   = SHA-256 of the event, written as canonical JSON
    hash     = SHA-256 of the 64 characters of `previous` followed by the 64 characters of `digest`
    previous = the hash of the event before, in the order of their ids; 64 zeros for the first event

Hashes are written as 64 lower-case hexadecimal digits and hashed as that text. Canonical JSON is one object with the
keys `at`, `data`, `entity`, `entity_id`, `from_state`, `id`, `name`, `sheet`, `to_state`; keys sorted at every depth,
no blanks, UTF-8; what is outside printable ASCII is written as `\uXXXX` (lower-case, UTF-16 pairs); absent values are
null. `at` is UTC, always with six decimals: `2026-11-23T08:00:00.000000Z`. `data` is what its JSON text says.
In Python: `json.dumps(event, sort_keys=True, separators=(",", ":"))`.

Two steps, so that an extract can prove its place: between two events that are shown, the others need only their digest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from edid.errors import EdidError
from edid.journal.tables import chain_head

GENESIS = "0" * 64
"""What stands before the first event."""
FIELDS = ("id", "at", "sheet", "entity", "entity_id", "name", "from_state", "to_state", "data")
"""What an event's digest is about: all of it but the chain itself."""
EVENTS = "events"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
LOCK = select(chain_head.c.event_id, chain_head.c.hash).where(chain_head.c.name == EVENTS).with_for_update()
"""Reads the head and keeps other writers from it until the transaction ends (SQLite has one writer anyway)."""
_ADVANCE = (
    update(chain_head).where(chain_head.c.name == EVENTS).values(event_id=bindparam("to_id"), hash=bindparam("to_hash"))
)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event of the chain: its id and its hash."""

    event_id: int = 0
    hash: str = GENESIS


class BrokenChainError(EdidError):
    """The journal has no chain to append to."""


def canonical(value: object) -> str:
    """Return `value` as canonical JSON, in ASCII characters only."""
    return _CANONICAL.encode(value)


@lru_cache(maxsize=8)  # the events of one transaction have one time
def written(at: datetime) -> str:
    """Return `at` as the chain writes it; without a zone it is UTC."""
    moment = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def content(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the digest of `event` (a row with FIELDS, `at` a datetime, `data` as JSON gives it) is about."""
    found = {name: event[name] for name in FIELDS}
    found["at"] = written(event["at"])
    return found


def digest(event: Mapping[str, Any]) -> str:
    """Return the digest of a row. Raises TypeError or ValueError for values that no event has."""
    return digest_of(content(event))


def digest_of(value: object) -> str:
    """Return the SHA-256 of `value` as canonical JSON. Raises TypeError or ValueError for what JSON cannot say."""
    return sha256(canonical(value).encode("ascii")).hexdigest()


def link(previous: str, digested: str) -> str:
    """Return the hash of the event with the digest `digested` that follows the hash `previous`."""
    return sha256((previous + digested).encode()).hexdigest()


def head(tx: Connection) -> Head:
    """Return the newest event of the chain and, in a writing transaction, keep others from appending.

    Raises BrokenChainError when the journal does not say.
    """
    row = tx.execute(LOCK).first()
    if row is None:
        raise BrokenChainError(
            "the journal has lost the head of its chain of events.",
            remedy="Restore the journal from its backup; see: edid journal verify.",
        )
    return Head(row.event_id, row.hash)


def standing(view: Connection) -> Head | None:
    """Return the newest event of the chain as the journal says it is, without any lock; None when it does not say."""
    row = view.execute(select(chain_head.c.event_id, chain_head.c.hash).where(chain_head.c.name == EVENTS)).first()
    return None if row is None else Head(row.event_id, row.hash)


def append(before: Head, rows: list[dict[str, Any]]) -> Head:
    """Give each of `rows` (FIELDS but `id`) its id, `previous` and `hash`, in their order; return the new head."""
    number, newest = before.event_id, before.hash
    for row in rows:
        number += 1
        row["id"], row["previous"] = number, newest
        newest = row["hash"] = link(newest, digest(row))
    return Head(number, newest)


def advance(tx: Connection, to: Head) -> None:
    """Journal that the chain ends at `to` now."""
    tx.execute(_ADVANCE, {"to_id": to.event_id, "to_hash": to.hash})
