"""Flow sequence numbers: durable, never reused, one counter per (application code, interface digits)."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from edid.errors import PermanentError
from edid.journal.tables import sequences

LAST = 10**15 - 1
"""The sequence is a number on 15 digits (AIFE, Le mode EDI - Annexe, 2017, p. 3)."""


def reserve(tx: Connection, application_code: str, digits: str, count: int) -> int:
    """Take `count` numbers and return the first; they are used or lost, never given again.

    The caller commits before it uses them. Raises PermanentError when the counter is exhausted.
    """
    key = (sequences.c.application_code == application_code) & (sequences.c.digits == digits)
    last = tx.execute(select(sequences.c.last).where(key).with_for_update()).scalar_one_or_none()
    if last is None:
        tx.execute(insert(sequences).values(application_code=application_code, digits=digits, last=count))
        return 1
    if last + count > LAST:
        raise PermanentError(
            f"the flow sequence of {application_code} for interface {digits} is exhausted.",
            remedy="Ask the platform for a new application code.",
        )
    tx.execute(update(sequences).where(key).values(last=last + count))
    return int(last) + 1
