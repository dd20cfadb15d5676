"""Values as a CDAR message writes them; what is missing or ill-formed is None, never an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from lxml import etree

from edid.documents import values
from edid.documents.cdar.names import RAM
from edid.documents.values import compact_day, content

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?", re.ASCII)


def text(parent: etree._Element | None, name: str) -> str | None:
    """Return the text of the first child `name` that has one."""
    if parent is not None:
        for node in parent.iterchildren(RAM + name):
            value = content(node)
            if value is not None:
                return value
    return None


def texts(parent: etree._Element | None, name: str) -> Iterator[str]:
    """Yield the texts of the children called `name`, without the empty ones."""
    if parent is not None:
        yield from filter(None, map(content, parent.iterchildren(RAM + name)))


def moment(parent: etree._Element | None, name: str) -> datetime | None:
    """Return the UTC moment in the child `name`: format 204, 203 or 102, or an xs:dateTime.

    The compact formats have no time zone: they are taken as French time, as `edid.documents.values.moment` does.
    A day alone is its first instant.
    """
    written = _date_text(parent, name)
    match = _COMPACT.fullmatch(written)
    if match is None:
        return values.moment(written)
    year, month, day, hour, minute, second = match.groups("00")
    return values.moment(f"{year}-{month}-{day}T{hour}:{minute}:{second}")


def day(parent: etree._Element | None, name: str) -> date | None:
    """Return the day in the child `name`: format 102 or 204, or an xs:date."""
    return compact_day(_date_text(parent, name))


def _date_text(parent: etree._Element | None, name: str) -> str:
    """Return what the date element `name` holds, whichever of its types it has."""
    holder = None if parent is None else parent.find(RAM + name)
    if holder is None:
        return ""
    return next(filter(None, map(content, holder.iterchildren("{*}DateTimeString", "{*}DateTime"))), "")
