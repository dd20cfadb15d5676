"""Flow sequence numbers: durable, never reused, one counter per (application code, interface digits)."""

from __future__ import annotations

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from edid.errors import PermanentError
from edid.journal.tables import sequences

LAST = 10**15 - 1
"""The sequence is a number on 15 digits (AIFE, Le mode EDI - Annexe, 2017, p. 3)."""


def reserve(tx: Connection, application_code: str, digits: str, count: int) -> int:
    """Take `count` numbers and return the first; they are used or lost, never given again.

    The caller commits before it uses them; other processes wait until then. Raises PermanentError when the counter is
    exhausted.
    """
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    new = dialect.insert(sequences).values(application_code=application_code, digits=digits, last=0)
    tx.execute(new.on_conflict_do_nothing())
    last = tx.execute(
        update(sequences)
        .where(
            sequences.c.application_code == application_code,
            sequences.c.digits == digits,
            sequences.c.last <= LAST - count,
        )
        .values(last=sequences.c.last + count)
        .returning(sequences.c.last)
    ).scalar_one_or_none()
    if last is None:
        raise PermanentError(
            f"the flow sequence of {application_code} for interface {digits} is exhausted.",
            remedy="Ask the platform for a new application code.",
        )
    return int(last) - count + 1
