"""The values of a decision file: texts, sums, days and times, as people and ERPs write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from edid.exchange.decisions.decision import Payment
from edid.exchange.decisions.unfit import unfit

ROW = "DECISION-ROW"
"""Code of what is wrong with a row as such."""
_LONGEST = 2_000
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""Signs that JSON can write, and neither a database nor UTF-8 can."""


def text_of(named: Mapping[str, Any], key: str) -> str | None:
    """Return one value as text without outer blanks, or None.

    Raises UnfitDecisionError for lists, for long texts and for those that cannot be stored.
    """
    value = named.get(key)
    if value is None or isinstance(value, (Mapping, list, bool)):
        if value is None:
            return None
        raise unfit(ROW, "one value", key=key)
    text = str(value).strip()
    if len(text) > _LONGEST:
        raise unfit(ROW, "too long", key=key, most=_LONGEST)
    if _UNSTORABLE.search(text):
        raise unfit(ROW, "signs", key=key)
    return text or None


def reasons_of(value: object) -> tuple[str, ...]:
    """Return the codes of motives in a list, or in a text with blanks or | between them. Raises UnfitDecisionError."""
    written = (
        value if isinstance(value, list) else (text_of({"reason": value}, "reason") or "").replace("|", " ").split()
    )
    if len(written) > _LONGEST or any(isinstance(each, (Mapping, list, bool)) for each in written):
        raise unfit(ROW, "reasons")
    codes = (text_of({"reason": each}, "reason") for each in written)
    return tuple(code for code in codes if code)


def payments_of(named: Mapping[str, Any]) -> tuple[Payment, ...]:
    """Return the sums of `payments`, or the one that stands in the row itself. Raises UnfitDecisionError."""
    listed = named.get("payments")
    if listed is None:
        return (_payment(named),) if named.get("amount") is not None else ()
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise unfit(ROW, "payments")
    if len(listed) > _LONGEST:
        raise unfit(ROW, "payments")
    return tuple(_payment(each) for each in listed)


def _payment(data: Mapping[str, Any]) -> Payment:
    amount, rate = _amount(data, "amount"), _amount(data, "vat_rate")
    if amount is None:
        raise unfit(ROW, "missing", key="amount")
    return Payment(amount, text_of(data, "currency") or "EUR", rate, day_of(text_of(data, "paid_on"), "paid_on"))


def _amount(data: Mapping[str, Any], key: str) -> Decimal | None:
    text = text_of(data, key)
    if text is None:
        return None
    try:
        value = Decimal(text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise unfit(ROW, "number", key=key, what=text[:40]) from None
    if not value.is_finite() or abs(value.adjusted()) > 15:
        raise unfit(ROW, "amount", key=key, what=text[:40])
    return value


def day_of(text: str | None, key: str) -> date | None:
    """Return a day written as 2026-11-23, 23/11/2026 or 20261123. Raises UnfitDecisionError."""
    if text is None:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise unfit(ROW, "date", key=key, what=text[:40])


def moment_of(text: str | None) -> datetime | None:
    """Return a time in ISO 8601; without a zone it is UTC. Raises UnfitDecisionError."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        aware.astimezone(UTC)  # which the first and the last hours of the calendar do not have
    except (ValueError, OverflowError):
        raise unfit(ROW, "time", what=text[:40]) from None
    return aware
