"""What the judge process may say to its parent: data of a few known classes, nothing that runs code.

The process reads untrusted files. Were it ever taken over, what it sends back must not take the parent over too.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import PosixPath
from typing import Any

from edid.documents import kinds
from edid.validation import judging, verdict

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
    """Return the message in `data`. Raises pickle.UnpicklingError when it names an unknown class."""
    return _Known(io.BytesIO(data)).load()
