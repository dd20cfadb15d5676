"""After a backup of the journal was put back: the numbers that were given since it was made must not be given again."""

from __future__ import annotations

from sqlalchemy import select

from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.sequences import reserve
from edid.journal.tables import sequences

RESTORED = "journal.restored"


def skip_numbers(journal: Journal, many: int) -> dict[str, int]:
    """Take `many` numbers of every flow sequence out of use; return the first of them by application code and digits.

    The event journal.restored says so. Raises PermanentError, and skips none, when a sequence has not so many left.
    """
    columns = sequences.c
    with journal.writing() as tx:
        known = tx.execute(select(columns.application_code, columns.digits).order_by(*sequences.primary_key)).all()
        skipped = {f"{code} {digits}": reserve(tx, code, digits, many) for code, digits in known}
        record(tx, [Event(RESTORED, "journal", data={"skipped": many, "from": skipped})])
    return skipped
