"""What was said about a document or a flow, and which word of it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from edid.journal import tables
from edid.journal.chunks import chunks
from edid.journal.rows import AnyRow
from edid.lifecycle.current import current

DOUBLE = "double"
"""Why a word is disregarded: it refuses a repeated delivery, and says nothing about the first."""
REFUSED = "refused"
"""Why a word of ours is disregarded: the message that said it was refused."""
_TRANSMISSION = ("200", "201", "202", "203")
SAYS_DOUBLE = frozenset({"DOUBLON", "DOUBLE_FACT", "REJ_UNI", "IRR_UNCITE", "IRR_UNICITE"})
"""Motives of a refusal that only says: it was here already."""


@dataclass(frozen=True, slots=True)
class Word:
    """One status, as far as the order of the history needs it."""

    row: AnyRow

    @property
    def code(self) -> str:
        """As written."""
        return str(self.row.code)

    @property
    def at(self) -> datetime | None:
        """Its own timestamp."""
        at: datetime | None = self.row.status_at
        return at

    @property
    def rank(self) -> int:
        """Its place among words of the same second: transmission (200 to 203) comes in that order, before treatment.

        CDAR times have whole seconds, and platforms say 202 and 203 in one.
        """
        code = str(self.row.code)
        return _TRANSMISSION.index(code) - len(_TRANSMISSION) if code in _TRANSMISSION else 0

    @property
    def arrival(self) -> int:
        """Its place in the journal."""
        return int(self.row.id)


def newest_word(rows: Iterable[AnyRow]) -> AnyRow | None:
    """Return the status that holds among `rows`, all about one thing."""
    listed = list(rows)
    void = doubles(listed)
    newest = current(Word(row) for row in listed if row.disregarded != REFUSED and row.id not in void)
    return None if newest is None else newest.row


def doubles(rows: Iterable[AnyRow]) -> frozenset[int]:
    """Return which of `rows`, all about one thing, do not count: they only say twice, and the partner said more."""
    listed = [row for row in rows if row.disregarded != REFUSED]
    twice = frozenset(row.id for row in listed if only_says_double(row))
    said_more = any(row.message_id is None and row.id not in twice for row in listed)
    return twice if said_more else frozenset()


def only_says_double(row: AnyRow) -> bool:
    """Tell whether a status refuses for nothing but the flow's or the invoice's being there already.

    An unsure delivery is repeated under the same name; the answer to the repeat says nothing about the first.
    """
    codes = {error[1] for error in row.about.get("errors", ())}
    codes |= set(codes_of(row.reasons))
    return bool(codes) and codes <= SAYS_DOUBLE


def words_about(
    view: Connection, *, documents_: Sequence[int] = (), flows_: Sequence[int] = ()
) -> dict[int, list[AnyRow]]:
    """Return what was said about documents or about flows, by their ids; those of which nothing was said have none."""
    statuses = tables.statuses.c
    key, ids = (statuses.document_id, documents_) if documents_ else (statuses.flow_id, flows_)
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for part in chunks(ids):
        query = select(
            key.label("about_row"),
            statuses.id,
            statuses.dialect,
            statuses.version,
            statuses.interface_code,
            statuses.code,
            statuses.canonical,
            statuses.label,
            statuses.comment,
            statuses.status_at,
            statuses.received_at,
            statuses.about,
            statuses.reasons,
            statuses.disregarded,
            statuses.message_id,
        ).where(key.in_(part))
        for row in view.execute(query):
            found[row.about_row].append(row)
    return found


def codes_of(reasons: Sequence[Mapping[str, Any]] | None) -> list[str]:
    """Return the codes of the motives of a status, as the journal keeps them."""
    return [reason["code"] for reason in reasons or () if reason.get("code")]
