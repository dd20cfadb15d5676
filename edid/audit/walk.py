"""Reading the whole chain, a page at a time, whatever somebody did to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Text, cast, select
from sqlalchemy.exc import DBAPIError

from edid.journal import chain
from edid.journal.rows import AnyRow
from edid.journal.tables import events

_PAGE = 1000
_UNREADABLE = (ValueError, TypeError, KeyError, OverflowError, RecursionError, DBAPIError)


@dataclass(frozen=True, slots=True)
class Read:
    """One event as it stands: `row` has FIELDS, `previous` and `hash`; `digest` is what the row comes to now."""

    id: int
    row: dict[str, Any]
    digest: str
    respelled: bool = False
    """Its data say what they say, but not in the spelling that edid writes."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event whose columns do not hold what they must."""

    id: int
    because: str


def walk(view: Connection, since: int | None = None, until: int | None = None) -> Iterator[Read | Unreadable]:
    """Yield the events from the id `since` to the id `until`, both included, in their order."""
    after = None if since is None else since - 1
    while True:
        page = _page(view, after, until)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _page(view: Connection, after: int | None, until: int | None) -> Sequence[Read | Unreadable]:
    query = select(
        *(events.c[name] for name in chain.FIELDS if name != "data"),
        cast(events.c.data, Text).label("data"),
        events.c.previous,
        events.c.hash,
    )
    try:
        return [_read(row) for row in view.execute(_between(query, after, until))]
    except _UNREADABLE as error:
        if isinstance(error, DBAPIError) and view.dialect.name != "sqlite":
            raise  # the server failed, not a row: it lets no column hold what it must not
    found: list[Read | Unreadable] = []
    for number in view.execute(_between(select(events.c.id), after, until)).scalars().all():
        try:
            found.append(_read(view.execute(query.where(events.c.id == number)).one()))
        except _UNREADABLE as error:
            found.append(Unreadable(number, type(error).__name__))
    return found


def _between(query: Select[Any], after: int | None, until: int | None) -> Select[Any]:
    if after is not None:
        query = query.where(events.c.id > after)
    if until is not None:
        query = query.where(events.c.id <= until)
    return query.order_by(events.c.id).limit(_PAGE)


def _read(row: AnyRow) -> Read:
    values = dict(row._mapping)  # noqa: SLF001 - public by SQLAlchemy's own documentation
    text = values["data"]
    values["data"] = json.loads(text)
    if not isinstance(values["data"], dict):
        raise TypeError("data are no object")
    return Read(row.id, values, chain.digest(values), text != json.dumps(values["data"]))
