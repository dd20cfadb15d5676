"""The small value types of the configuration: durations, sizes, paths, identifiers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)
from stdnum.fr import siret as stdnum_siret

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = timedelta(days=3650)
_SIZE = re.compile(r"(\d{1,15})\s?(B|kB|KB|MB|GB)")
_BYTES = {"B": 1, "kB": 1000, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Allowed:
    """Metadata of a type: what a value may be, in words for people."""

    words: str


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("not a duration")
    seconds = float(match[1]) * _SECONDS[match[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError("longer than ten years")
    return timedelta(seconds=seconds)


def write_duration(value: timedelta) -> str:
    """Return `value` in the largest unit that shows it exactly: `90s`, `5m`, `1h`."""
    milliseconds = round(value.total_seconds() * 1000)
    if milliseconds == 0:
        return "0s"
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


def _size(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("not a size")
    return int(match[1]) * _BYTES[match[2]]


def write_size(value: int) -> str:
    """Return `value` bytes in the largest unit that shows it exactly: `100MB`."""
    for unit, size in (("GB", 1000**3), ("MB", 1000**2), ("kB", 1000)):
        if value and value % size == 0:
            return f"{value // size}{unit}"
    return f"{value}B"


def _siret(value: str) -> str:
    if not re.fullmatch(r"[0-9]{14}", value):
        raise ValueError("not a SIRET")
    return value


def siret_is_plausible(value: str) -> bool:
    """Tell whether `value` passes the SIRET check digit. Qualification data often does not."""
    return bool(stdnum_siret.is_valid(value))


def _not_a_deposit(value: str) -> str:
    if value.startswith("FSO"):
        raise ValueError("an FSO code is a flow that we send: it belongs in 'emission'")
    return value


def _file_name(value: Path, info: ValidationInfo) -> Path:
    text = str(value)
    if text == "." or not text.isprintable():
        raise ValueError("not a usable path")
    return info.context["folder"] / value if info.context else value


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(write_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?(ms|s|m|h|d)$", "examples": ["2s", "5m"]}),
    Allowed("a duration such as 0s, 500ms, 2s, 5m, 1h or 7d"),
]
"""Zero or more."""
Period = Annotated[
    Duration,
    Field(gt=timedelta(0)),
    Allowed("a duration above zero such as 500ms, 2s, 5m, 1h or 7d"),
]
"""More than zero: how often, how long at most."""
Size = Annotated[
    int,
    BeforeValidator(_size),
    Field(gt=0, le=_LARGEST),
    PlainSerializer(write_size, return_type=str),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\d+\s?(B|kB|KB|MB|GB)$", "examples": ["100MB"]}),
    Allowed("a size such as 500kB, 100MB or 1GB, or a number of bytes"),
]
"""Bytes."""
ConfigPath = Annotated[Path, AfterValidator(_file_name), Allowed("a path")]
"""Resolved against `context["folder"]` of the validation, the folder of the YAML file."""
Siret = Annotated[
    str,
    AfterValidator(_siret),
    Field(json_schema_extra={"pattern": r"^\d{14}$"}),
    Allowed("14 digits between quotes"),
]
ApplicationCode = Annotated[
    str,
    Field(pattern=r"^[A-Z0-9]{6}$"),
    Allowed("6 capital letters or digits, such as AAA123 (between quotes if all are digits)"),
]
EmissionCode = Annotated[
    str,
    Field(pattern=r"^FSO[0-9]{4}[A-Z]$"),
    Allowed("FSO, 4 digits and a capital letter, such as FSO1100A"),
]
ReceptionCode = Annotated[
    str,
    Field(pattern=r"^[A-Z]{3}[0-9]{4}[A-Z]$"),
    AfterValidator(_not_a_deposit),
    Allowed("3 capital letters (not FSO), 4 digits and a capital letter, such as FEN0036A"),
]
