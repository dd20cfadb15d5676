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
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from edid.errors import RefusedInputError
from edid.exchange.decisions.decision import Decision, Payment

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
_LONGEST = 2_000
_SEPARATORS = ";,\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a decision, or why it is none."""

    place: int
    """1 for the first."""
    decision: Decision | None
    fault: str | None = None


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
        data = json.loads(text, parse_float=Decimal, parse_int=str)
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
    except ValueError as error:
        return Row(place, None, str(error))


def _decision(data: object) -> Decision:
    if not isinstance(data, Mapping):
        raise ValueError("a decision is an object with named values")  # noqa: TRY004 - a row, not a call, is wrong
    named = {str(key).strip().casefold(): value for key, value in data.items()}
    if unknown := sorted(named.keys() - set(KEYS)):
        raise ValueError(f"unknown: {', '.join(name[:50] for name in unknown[:5])}; known: {', '.join(KEYS)}")
    status, document = _string(named, "status"), _string(named, "document")
    if status is None:
        raise ValueError("'status' is missing")
    number = _string(named, "number")
    if document is None and number is None:
        raise ValueError("'document' or 'number' is missing")
    if document is not None and not (document.isascii() and document.isdigit() and len(document) < 19):
        raise ValueError("'document' is the number of a document in edid's journal")
    return Decision(
        status,
        int(document) if document else None,
        number,
        _string(named, "supplier"),
        _day(_string(named, "issue_date"), "issue_date"),
        _reasons(named.get("reason")),
        _string(named, "comment"),
        _payments(named),
        _string(named, "payment_order"),
        _moment(_string(named, "at")),
    )


def _string(named: Mapping[str, Any], key: str) -> str | None:
    value = named.get(key)
    if value is None or isinstance(value, (Mapping, list, bool)):
        if value is None:
            return None
        raise ValueError(f"'{key}' is one value")
    text = str(value).strip()
    if len(text) > _LONGEST:
        raise ValueError(f"'{key}' is longer than {_LONGEST} characters")
    return text or None


def _reasons(value: object) -> tuple[str, ...]:
    written = value if isinstance(value, list) else str(value or "").replace("|", " ").split()
    return tuple(str(each).strip()[:_LONGEST] for each in written if str(each).strip())


def _payments(named: Mapping[str, Any]) -> tuple[Payment, ...]:
    listed = named.get("payments")
    if listed is None:
        return (_payment(named),) if named.get("amount") is not None else ()
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise ValueError("'payments' is a list of objects with amount, currency and vat_rate")
    if len(listed) > _LONGEST:
        raise ValueError(f"more than {_LONGEST} payments")
    return tuple(_payment(each) for each in listed)


def _payment(data: Mapping[str, Any]) -> Payment:
    amount, rate = _amount(data, "amount"), _amount(data, "vat_rate")
    if amount is None:
        raise ValueError("'amount' is missing")
    return Payment(amount, _string(data, "currency") or "EUR", rate, _day(_string(data, "paid_on"), "paid_on"))


def _amount(data: Mapping[str, Any], key: str) -> Decimal | None:
    text = _string(data, key)
    if text is None:
        return None
    try:
        value = Decimal(text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise ValueError(f"'{key}' is no number: {text[:40]}") from None
    if not value.is_finite() or abs(value.adjusted()) > 15:
        raise ValueError(f"'{key}' is no amount: {text[:40]}")
    return value


def _day(text: str | None, key: str) -> date | None:
    if text is None:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise ValueError(f"'{key}' is no date such as 2026-11-23: {text[:40]}")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'at' is no time such as 2026-11-23T10:00:00+01:00: {text[:40]}") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _refused(why: str) -> RefusedInputError:
    return RefusedInputError(
        f"this is no decision file: {why}.",
        code="EDID_DECISION_FILE",
        remedy=f"Write JSON objects or CSV with a header; known: {', '.join(KEYS)}.",
    )
