"""The rows of a decision file: JSON or CSV, as legacy ERPs write them.

JSON: one object or a list of them. CSV: a header, then one decision a line; separated by ; or , or tabulator; in UTF-8
or, where that cannot be, in Windows-1252. The keys and columns are those of `KEYS`, case does not matter, and unknown
ones are refused: a mistyped `reason` must not be lost in silence.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edid.errors import RefusedInputError
from edid.exchange.decisions.decision import Decision
from edid.exchange.decisions.unfit import UnfitDecisionError, unfit
from edid.exchange.decisions.values import ROW, day_of, moment_of, payments_of, reasons_of, text_of

KEYS = (
    "document",
    "number",
    "supplier",
    "issue_date",
    "status",
    "reason",
    "comment",
    "amount",
    "currency",
    "vat_rate",
    "paid_on",
    "payments",
    "payment_order",
    "at",
)
LARGEST = 5 * 1000**2
"""Bytes of a decision file."""
MOST = 10_000
"""Decisions in one file."""
_SEPARATORS = ";,\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a decision, or why it is none."""

    place: int
    """1 for the first."""
    decision: Decision | None
    fault: UnfitDecisionError | None = None


def rows(content: bytes) -> list[Row]:
    """Return the decisions in a file. Raises RefusedInputError when it is no decision file at all."""
    if len(content) > LARGEST:
        raise _refused(f"it is larger than {LARGEST // 1000**2} MB")
    text = _text(content)
    listed = list(_json(text) if text.lstrip()[:1] in {"{", "["} else _csv(text))
    if not listed:
        raise _refused("it holds no decision")
    if len(listed) > MOST:
        raise _refused(f"it holds more than {MOST} decisions")
    return [_row(place, each) for place, each in enumerate(listed, 1)]


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _json(text: str) -> Iterator[object]:
    try:
        data = json.loads(text, parse_float=str, parse_int=str)  # what is a number, and one in bounds, each key tells
    except (ValueError, RecursionError) as error:
        raise _refused(f"it is not JSON ({error})") from error
    yield from data if isinstance(data, list) else [data]


def _csv(text: str) -> Iterator[object]:
    header = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=header.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restkey="(more)", strict=True)
        for each in reader:
            if any(value for value in each.values()):
                yield {key: value for key, value in each.items() if value not in (None, "")}
    except csv.Error as error:
        raise _refused(f"it is not CSV ({error})") from error


def _row(place: int, data: object) -> Row:
    try:
        return Row(place, _decision(data))
    except UnfitDecisionError as error:
        return Row(place, None, error)


def _decision(data: object) -> Decision:
    if not isinstance(data, Mapping):
        raise unfit(ROW, "not an object")
    named = {str(key).strip().casefold(): value for key, value in data.items()}
    if unknown := sorted(named.keys() - set(KEYS)):
        raise unfit(ROW, "unknown key", what=", ".join(name[:50] for name in unknown[:5]), known=", ".join(KEYS))
    status, document = text_of(named, "status"), text_of(named, "document")
    if status is None:
        raise unfit(ROW, "missing", key="status")
    number = text_of(named, "number")
    if document is None and number is None:
        raise unfit(ROW, "no document")
    if document is not None and not (document.isascii() and document.isdigit() and len(document) < 19):
        raise unfit(ROW, "document")
    return Decision(
        status,
        int(document) if document else None,
        number,
        text_of(named, "supplier"),
        day_of(text_of(named, "issue_date"), "issue_date"),
        reasons_of(named.get("reason")),
        text_of(named, "comment"),
        payments_of(named),
        text_of(named, "payment_order"),
        moment_of(text_of(named, "at")),
    )


def _refused(why: str) -> RefusedInputError:
    return RefusedInputError(
        f"this is no decision file: {why}.",
        code="EDID_DECISION_FILE",
        remedy=f"Write JSON objects or CSV with a header; known: {', '.join(KEYS)}.",
    )
