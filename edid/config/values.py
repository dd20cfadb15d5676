"""The small value types of the configuration: durations, sizes, identifiers."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from stdnum.fr import siret as stdnum_siret

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZE = re.compile(r"(\d+)\s?(B|kB|KB|MB|GB)")
_BYTES = {"B": 1, "kB": 1000, "KB": 1000, "MB": 1000**2, "GB": 1000**3}


def _duration(value: object) -> object:
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        if match is None:
            raise ValueError("a duration is a number and a unit: 500ms, 2s, 5m, 1h or 7d")
        return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])
    if isinstance(value, timedelta):
        return value
    raise ValueError("a duration is a number and a unit: 500ms, 2s, 5m, 1h or 7d")


def write_duration(value: timedelta) -> str:
    """Return `value` in the largest unit that shows it exactly: `90s`, `5m`, `1h`."""
    milliseconds = round(value.total_seconds() * 1000)
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


def _size(value: object) -> object:
    if isinstance(value, str):
        match = _SIZE.fullmatch(value.strip())
        if match is None:
            raise ValueError("a size is a whole number and a unit: 500kB, 100MB or 1GB (1 kB = 1000 bytes)")
        return int(match[1]) * _BYTES[match[2]]
    return value


def write_size(value: int) -> str:
    """Return `value` bytes in the largest unit that shows it exactly: `100MB`."""
    for unit, size in (("GB", 1000**3), ("MB", 1000**2), ("kB", 1000)):
        if value and value % size == 0:
            return f"{value // size}{unit}"
    return f"{value}B"


def _siret(value: str) -> str:
    if not re.fullmatch(r"\d{14}", value):
        raise ValueError("a SIRET is 14 digits, written between quotes")
    return value


def siret_is_plausible(value: str) -> bool:
    """Tell whether `value` passes the SIRET check digit. Qualification data often does not."""
    return bool(stdnum_siret.is_valid(value))


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(write_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?(ms|s|m|h|d)$", "examples": ["2s", "5m"]}),
]
Size = Annotated[
    int,
    BeforeValidator(_size),
    Field(gt=0),
    PlainSerializer(write_size, return_type=str),
    WithJsonSchema(
        {"type": ["string", "integer"], "pattern": r"^\d+\s?(B|kB|KB|MB|GB)$", "examples": ["100MB"]}
    ),
]
Siret = Annotated[str, AfterValidator(_siret), Field(json_schema_extra={"pattern": r"^\d{14}$"})]
ApplicationCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{6}$")]
InterfaceCode = Annotated[str, Field(pattern=r"^[A-Z]{3}\d{4}[A-Z]$")]
