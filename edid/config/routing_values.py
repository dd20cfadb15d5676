"""The value types of routing: identifiers, service codes, frames, document types, folders, amounts.

Codes are texts: YAML makes a number of what stands without quotes, drops its leading zeros, and the rule would fit
nothing. Such a value is refused, never repaired.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema
from stdnum import ean

from edid.config.values import Allowed

QUOTES = "YAML read this as a number or a yes/no, and codes are texts: put the value between quotes"
_EMPTY = "the list is empty: give a value or remove the key"
_FRAME = re.compile(r"([A-Z])([0-9]{1,2})(?:-([A-Z]?)([0-9]{1,2}))?")
_TYPE = re.compile(r"[0-9]{1,3}|invoice|credit-note")
_PART = re.compile(r"[^\W_](?:[\w .-]{0,58}[\w-])?")
_MOST_PARTS = 5
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_gln(value: str) -> bool:
    """Tell whether `value` has the shape of a GLN: 13 digits, the last one a valid check digit (GS1)."""
    return len(value) == 13 and value.isascii() and value.isdigit() and bool(ean.is_valid(value))


def frames(written: Iterable[str]) -> frozenset[str]:
    """Return the frames that `written` names: `A4-A6` is A4, A5 and A6."""
    return frozenset(frame for one in written for frame in _span(one))


def _span(written: str) -> list[str]:
    match = _FRAME.fullmatch(written)
    if match is None:
        return []
    letter, first, other, last = match.groups()
    if last is None:
        return [f"{letter}{int(first)}"]
    if other and other != letter:
        return []
    return [f"{letter}{number}" for number in range(int(first), int(last) + 1)]


def _text(value: str) -> str:
    if not value.strip() or value != value.strip() or not value.isprintable() or len(value) > 200:
        raise ValueError("not a usable text: empty, longer than 200, or with blanks at an end")
    return value


def _code(value: str) -> str:
    if not any(sign.isalnum() for sign in _text(value)):
        raise ValueError("a code has at least one letter or digit")
    return value


def _siret(value: str) -> str:
    if not re.fullmatch(r"[0-9]{14}", value):
        raise ValueError("not a SIRET: 14 digits between quotes")
    return value


def _frame(value: str) -> str:
    if not _span(value):
        raise ValueError("not a frame (cadre de facturation) such as A9, or a span such as A4-A8")
    return value


def _type(value: str) -> str:
    if not _TYPE.fullmatch(value):
        raise ValueError("not a document type: 380, 381, ... between quotes, or invoice, or credit-note")
    return value


def _folder(value: str) -> str:
    parts = value.split("/")
    if not all(_PART.fullmatch(part) and not _WINDOWS.fullmatch(part) for part in parts) or len(parts) > _MOST_PARTS:
        raise ValueError(
            "not a usable folder: a relative path such as achats or erp/sap, of letters, digits, blanks, . _ and -; "
            "no leading / or dot, no .., no \\"
        )
    if _DAY.fullmatch(parts[0]):
        raise ValueError("edid itself makes the folders of days: choose another name")
    return value


def _amount(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    text = value.strip() if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount: digits, and a point before the cents, such as 1000 or 1000.50")
    return Decimal(text)


def _one_or_more(check: Callable[[str], str]) -> BeforeValidator:
    """Let a single text stand for a list of it. It is checked here, so that an error is told where it stands."""

    def before(value: object) -> object:
        if isinstance(value, str):
            return (check(value),)
        if isinstance(value, (bool, int, float)):
            raise ValueError(QUOTES)  # noqa: TRY004 - pydantic turns a ValueError into a located problem
        if isinstance(value, (list, tuple)) and not value:
            raise ValueError(_EMPTY)
        return value

    return BeforeValidator(before)


def _schema(pattern: str | None = None) -> WithJsonSchema:
    item: dict[str, Any] = {"type": "string", **({"pattern": pattern} if pattern else {})}
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]})


Texts = Annotated[
    tuple[Annotated[str, AfterValidator(_code)], ...],
    _one_or_more(_code),
    _schema(),
    Allowed("a text between quotes, or a list of them"),
]
"""Codes, prefixes or identifiers."""
Sirets = Annotated[
    tuple[Annotated[str, AfterValidator(_siret)], ...],
    _one_or_more(_siret),
    _schema(r"^[0-9]{14}$"),
    Allowed("14 digits between quotes, or a list of such"),
]
Frame = Annotated[str, AfterValidator(_frame), Allowed("a frame such as A9, or a span such as A4-A8")]
Frames = Annotated[
    tuple[Frame, ...],
    _one_or_more(_frame),
    _schema(r"^[A-Z][0-9]{1,2}(-[A-Z]?[0-9]{1,2})?$"),
    Allowed("a frame such as A9, a span such as A4-A8, or a list of them"),
]
DocumentTypes = Annotated[
    tuple[Annotated[str, AfterValidator(_type)], ...],
    _one_or_more(_type),
    _schema(r"^([0-9]{1,3}|invoice|credit-note)$"),
    Allowed("a type such as '380' between quotes, invoice, credit-note, or a list of them"),
]
Folder = Annotated[str, AfterValidator(_folder), Allowed("a relative folder such as achats or erp/sap")]
Money = Annotated[
    Decimal,
    BeforeValidator(_amount),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": ["number", "string"], "examples": ["1000.50"]}),
    Allowed("an amount such as 1000 or 1000.50"),
]
Title = Annotated[str, AfterValidator(_text), Allowed("a text of at most 200 characters")]
"""A name or a reason, for people."""
