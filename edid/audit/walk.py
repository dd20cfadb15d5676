"""Reading the whole chain, a page at a time, whatever somebody did to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Text, cast, select, type_coerce
from sqlalchemy.exc import DBAPIError

from edid.journal import chain
from edid.journal.rows import AnyRow
from edid.journal.tables import events

PAGE = 1000
_UNREADABLE = (ValueError, TypeError, KeyError, OverflowError, RecursionError, DBAPIError)
_COLUMNS = (
    events.c.id,
    type_coerce(events.c.at, Text).label("at"),  # as the driver gives it: half of the work would be reading dates
    *(events.c[name] for name in ("sheet", "entity", "entity_id", "name", "from_state", "to_state")),
    cast(events.c.data, Text).label("data"),
    events.c.previous,
    events.c.hash,
)


class Read(NamedTuple):
    """One event as it stands. What it says may have been changed: its columns hold anything that JSON can say."""

    id: int
    at: str
    """As the chain writes it."""
    sheet: Any
    entity: Any
    entity_id: Any
    name: Any
    from_state: Any
    to_state: Any
    data: dict[str, Any]
    previous: Any
    hash: Any
    digest: str
    """What the event comes to now."""
    respelled: bool
    """It says what it says, but not in the spelling that edid writes."""
    names_bytes: bool
    """Its data may name stored bytes."""

    def content(self) -> dict[str, Any]:
        """Return what the digest is about."""
        return {name: getattr(self, name) for name in chain.FIELDS}


class Unreadable(NamedTuple):
    """An event whose columns do not hold what they must."""

    id: int
    because: str


def walk(view: Connection, since: int | None = None, until: int | None = None) -> Iterator[Sequence[Read | Unreadable]]:
    """Yield pages of the events from the id `since` to the id `until`, both included, in their order."""
    after = None if since is None else since - 1
    while True:
        page = _page(view, after, until)
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1].id


def _page(view: Connection, after: int | None, until: int | None) -> Sequence[Read | Unreadable]:
    query = select(*_COLUMNS)
    try:
        return [_read(row) for row in view.execute(_between(query, after, until)).all()]
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
    return query.order_by(events.c.id).limit(PAGE)


def _read(row: AnyRow) -> Read:
    number, moment, sheet, entity, entity_id, name, from_state, to_state, text, previous, hash_ = row
    at, respelled = _written(moment)
    data: dict[str, Any] = {}
    if text != "{}":
        data = json.loads(text)
        if not isinstance(data, dict):
            raise TypeError("data are no object")
        respelled = respelled or text != json.dumps(data)
    # chain.canonical of all of it, by hand: the few words that all events share are quoted once, not a million times.
    said = (
        f'{{"at":"{at}","data":{chain.canonical(data) if data else "{}"},"entity":{_quoted(entity)},'
        f'"entity_id":{_quoted(entity_id)},"from_state":{_quoted(from_state)},"id":{number},'
        f'"name":{_quoted(name)},"sheet":{_quoted(sheet)},"to_state":{_quoted(to_state)}}}'
    )
    digest = sha256(said.encode("ascii")).hexdigest()
    what = (number, at, sheet, entity, entity_id, name, from_state, to_state, data)
    return Read(*what, previous, hash_, digest, respelled, '"sha256"' in text)


@lru_cache(maxsize=1024, typed=True)
def _quoted(word: object) -> str:
    return chain.canonical(word)


@lru_cache(maxsize=64)  # the events of one transaction have one time
def _written(moment: object) -> tuple[str, bool]:
    """Return a moment as the chain writes it, and whether the database has it in another spelling than edid's."""
    if isinstance(moment, datetime):
        return chain.written(moment), False
    if not isinstance(moment, str):
        raise TypeError("no moment")
    read = datetime.fromisoformat(moment)
    at = chain.written(read)
    return at, moment != at[:-1].replace("T", " ")
