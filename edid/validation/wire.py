"""What the judge process may say to its parent: data of a few known classes, nothing that runs code.

The process reads untrusted files. Were it ever taken over, what it sends back must not take the parent over too. So
the language of pickles is cut down to what `packed` writes: the rest of it can set attributes of classes, for the whole
parent, and ask for gigabytes in a few bytes. And every field must hold what it declares.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import PosixPath
from typing import Any

from edid.documents import kinds
from edid.validation import judging, shapes, verdict

LARGEST = 64 * 1000**2
"""Most bytes of one message."""

_CLASSES: dict[tuple[str, str], type] = {
    (each.__module__, each.__qualname__): each
    for each in (
        *(date, datetime, time, timedelta, timezone, Decimal, PosixPath),
        *(kinds.Kind, kinds.Facts, kinds.FlowStatus, kinds.InvoiceStatus, kinds.Attachment, kinds.PivotInvoice),
        *(kinds.Characteristic, kinds.Reason, kinds.ValidationStep),
        *(kinds.Member, kinds.Reading, judging.Judgement),
        *(verdict.Outcome, verdict.Severity, verdict.Finding, verdict.PackUsed, verdict.Verdict),
    )
}
_FIELDS: dict[type, tuple[str, ...]] = {
    each: tuple(field.name for field in fields(each)) for each in _CLASSES.values() if is_dataclass(each)
}


_PLAIN: Mapping[int, tuple[int, int]] = {
    code[0]: (length, counted)
    for length, counted, codes in (
        (0, 0, (pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.MARK, pickle.MEMOIZE, pickle.REDUCE)),
        (0, 0, (pickle.EMPTY_TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3, pickle.TUPLE, pickle.STACK_GLOBAL)),
        (0, 0, (pickle.EMPTY_LIST, pickle.APPEND, pickle.APPENDS)),
        (0, 0, (pickle.EMPTY_DICT, pickle.SETITEM, pickle.SETITEMS)),
        (1, 0, (pickle.PROTO, pickle.BININT1, pickle.BINGET)),
        (2, 0, (pickle.BININT2,)),
        (4, 0, (pickle.BININT, pickle.LONG_BINGET)),
        (8, 0, (pickle.BINFLOAT, pickle.FRAME)),
        (1, 1, (pickle.SHORT_BINUNICODE, pickle.SHORT_BINBYTES, pickle.LONG1)),
        (4, 4, (pickle.BINUNICODE, pickle.BINBYTES)),
    )
    for code in codes
}
"""By instruction: the bytes that follow it, and how many of these count further bytes."""
_STOP = pickle.STOP[0]
_BROKEN = (EOFError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, MemoryError)
"""What known instructions raise in an order without sense, or known classes for values that are none of theirs."""


class _Known(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> type:
        try:
            return _CLASSES[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place in an answer") from None


class _Plain(pickle.Pickler):
    """Writes an enumeration as its class and value; some Pythons would write a call of `getattr`.

    A dataclass is written as its class and the values of its fields, which costs a third less, on both sides, than
    what dataclasses do by themselves.
    """

    def reducer_override(self, item: object, /) -> Any:  # noqa: ANN401 - as in the base class
        if isinstance(item, Enum):
            return type(item), (item.value,)
        names = _FIELDS.get(type(item))
        return NotImplemented if names is None else (type(item), tuple([getattr(item, name) for name in names]))


def packed(message: object) -> bytes:
    """Return `message` as bytes."""
    buffer = io.BytesIO()
    _Plain(buffer, protocol=5).dump(message)
    return buffer.getvalue()


def unpacked(data: bytes) -> object:
    """Return the message in `data`. Raises pickle.UnpicklingError when it is none, or names an unknown class."""
    _must_be_plain(data)
    try:
        message: object = _Known(io.BytesIO(data)).load()
    except _BROKEN as error:
        raise pickle.UnpicklingError("no message") from error
    if not shapes.is_sound(message):
        raise pickle.UnpicklingError("a message of other values than its class has")
    return message


def _must_be_plain(data: bytes) -> None:
    """Raise pickle.UnpicklingError when `data` holds an instruction that `packed` does not write."""
    at, end = 0, len(data)
    while at < end:
        code = data[at]
        if code == _STOP:
            return
        if code not in _PLAIN:
            raise pickle.UnpicklingError(f"the instruction {code} has no place in an answer")
        length, counted = _PLAIN[code]
        at += 1 + length
        if counted:
            at += int.from_bytes(data[at - counted : at], "little")
    raise pickle.UnpicklingError("a message without an end")
