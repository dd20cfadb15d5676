"""One answer: what happened to one document or file, as facts that a form can write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from edid.config.answers import FieldName, Told

Item = Mapping[str, str]
"""One finding (rule, severity, message) or one reason (code, text, action)."""
Value = str | int | Decimal | date | datetime | tuple[Item, ...] | None
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. It is made of what cannot change any more, so that making it again gives the same."""

    event: int
    """Number of the event in the journal."""
    word: Told
    at: datetime
    facts: Mapping[FieldName, Value]
    file_id: int | None = None
    """The dropped file, if it is about one."""
    document: int | None = None

    @property
    def told_as(self) -> str:
        """What the name of a file says of it: the platform's word where there is one, else edid's."""
        status = self.facts.get("status")
        return status if isinstance(status, str) and status else self.word


def event_id(event: int, document: int | None) -> str:
    """Return what names an answer: the event's number, with that of the document where the event is about a flow."""
    return f"{event:0{_DIGITS}d}" + ("" if document is None else f"-{document}")
