"""The append-only events: what happened, to what, when; written in the transaction that made it true."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert

from edid.clock import now
from edid.journal import chain, tables

POLL_FAILED, POLL_HEALED = "poll.failed", "poll.healed"
"""Whether a partner could be read: the newest of the two holds."""
PARTNER_PAUSED, PARTNER_HEALED = "partner.paused", "partner.healed"
"""A partner is left alone after failures, or well again."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    name: str
    entity: str
    entity_id: int | None = None
    sheet: str | None = None
    from_state: str | None = None
    to_state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def record(tx: Connection, events: Sequence[Event]) -> None:
    """Append `events` to the chain, all with the present time.

    Until `tx` ends nobody else appends: the order of the ids is the order of the commits, without gaps.
    Raises BrokenChainError when the journal has lost the end of its chain.
    """
    if not events:
        return
    at = now()
    rows = [
        {
            "at": at,
            "sheet": event.sheet,
            "entity": event.entity,
            "entity_id": event.entity_id,
            "name": event.name,
            "from_state": event.from_state,
            "to_state": event.to_state,
            "data": json.loads(json.dumps(event.data)),  # as it will be read: names of names are strings then
        }
        for event in events
    ]
    head = chain.append(chain.head(tx), rows)
    tx.execute(insert(tables.events), rows)
    chain.advance(tx, head)
