"""Values as documents write them; what is missing or ill-formed is None, never an error."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lxml import etree

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d|T.*)?", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{4}|\d{6})?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_AMOUNT = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})", re.ASCII)
_PLATFORM_ZONE = "Europe/Paris"


def text(value: str | None) -> str | None:
    """Return `value` without the blanks around it; None when nothing is left."""
    return (value or "").strip() or None


def content(node: etree._Element | None) -> str | None:
    """Return the whole text of a leaf element: a comment inside `F20<!-- -->26` does not cut the number short."""
    if node is None:
        return None
    if not len(node):
        return text(node.text)
    after_asides = (child.tail or "" for child in node if not isinstance(child.tag, str))
    return text("".join((node.text or "", *after_asides)))


def day(value: str | None) -> date | None:
    """Return the date of an xs:date or xs:dateTime such as `2026-11-23`; a time zone is not applied."""
    return _date(_DAY.fullmatch((value or "").strip()))


def compact_day(value: str | None) -> date | None:
    """Return the date of a CII DateTimeString in format 102, 203 or 204 (`20261123`...), or of an xs:date."""
    return _date(_COMPACT_DAY.fullmatch((value or "").strip())) or day(value)


def moment(value: str | None) -> datetime | None:
    """Return the UTC moment of an xs:dateTime; one without zone is taken as French time, the platform's own."""
    written = (value or "").strip()
    if not _MOMENT.fullmatch(written):
        return None
    try:
        read = datetime.fromisoformat(written)
        return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(_PLATFORM_ZONE))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def amount(value: str | None) -> Decimal | None:
    """Return the number of an xs:decimal; a comma, an exponent, NaN or Infinity is no decimal: None."""
    written = (value or "").strip()
    return Decimal(written) if _AMOUNT.fullmatch(written) else None


def _date(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
