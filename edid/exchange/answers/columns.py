"""The values of an answer under the names and in the order that the ERP wants, and as texts that it can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from edid.clock import iso
from edid.config.answers import FIELDS, Answers, FieldName, constant
from edid.exchange.answers.answer import Answer, Item, Value

_BETWEEN: Final = " | "


def named(answer: Answer, settings: Answers) -> list[tuple[str, Value]]:
    """Return names and values: the columns of the sheet, or every fact under its own name."""
    if not settings.columns:
        return [(name, answer.facts.get(name)) for name in FIELDS]
    return [(name, _value(answer.facts, column)) for name, column in settings.columns.items()]


def names(settings: Answers) -> Sequence[str]:
    """Return the names alone."""
    return tuple(settings.columns) or FIELDS


def written(value: Value, settings: Answers) -> str:
    """Return one value as text; what is absent is the empty text."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", settings.decimal)
    if isinstance(value, datetime):
        return iso(value) if settings.time_format is None else _formatted(value, settings.time_format)
    if isinstance(value, date):
        return _formatted(datetime(value.year, value.month, value.day), settings.date_format)  # noqa: DTZ001
    if isinstance(value, tuple):
        return _BETWEEN.join(_item(item) for item in value)
    return str(value)


def _value(facts: Mapping[FieldName, Value], column: str) -> Value:
    fixed = constant(column)
    return fixed if fixed is not None else facts.get(column)  # type: ignore[call-overload]


def _item(item: Item) -> str:
    first = item.get("rule") or item.get("code") or ""
    rest = item.get("message") or item.get("text") or item.get("meaning") or item.get("notes") or ""
    return ": ".join(part for part in (first, rest) if part)


def _formatted(moment: datetime, form: str) -> str:
    """Return `moment` by a format of the sheet. The directives are few, and written the same on every machine."""
    parts = {
        "%Y": f"{moment.year:04d}",
        "%y": f"{moment.year % 100:02d}",
        "%m": f"{moment.month:02d}",
        "%d": f"{moment.day:02d}",
        "%j": f"{moment.timetuple().tm_yday:03d}",
        "%H": f"{moment.hour:02d}",
        "%M": f"{moment.minute:02d}",
        "%S": f"{moment.second:02d}",
        "%%": "%",
    }
    pieces = []
    place = 0
    while place < len(form):
        step = 2 if form[place] == "%" else 1
        piece = form[place : place + step]
        pieces.append(parts[piece] if step == 2 else piece)
        place += step
    return "".join(pieces)
