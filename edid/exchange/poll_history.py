"""Whether a partner could be read lately, for those who look at the journal: only changes are written."""

from __future__ import annotations

from dataclasses import dataclass

from edid.journal.database import Journal
from edid.journal.events import POLL_FAILED, POLL_HEALED, Event, record


@dataclass(slots=True)
class PollHistory:
    """The polls of one sheet, as one process sees them."""

    journal: Journal
    sheet: str
    _newest: str | None = ""
    """The empty text: not known yet, so the first poll is always news."""

    def tell(self, error: str | None) -> None:
        """Journal how the newest poll ended, if that is news; `error` is None when it went well."""
        if error == self._newest:
            return
        self._newest = error
        event = Event(POLL_HEALED, "sheet", sheet=self.sheet)
        if error is not None:
            event = Event(POLL_FAILED, "sheet", sheet=self.sheet, data={"error": error})
        with self.journal.writing() as tx:
            record(tx, [event])
