"""Whether data that came from elsewhere are what their classes declare, and no more than memory can hold.

A pickle may put anything in any field, and let a few bytes stand a million times for what is large: told as JSON, such
an answer would have no end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

MOST = 256 * 1000**2
"""Characters of text that may be told, every value counting for at least one."""

_Check = Callable[[Any, "_Room"], bool]


class _Room:
    """What may still come."""

    def __init__(self, left: int) -> None:
        self.left = left

    def takes(self, size: int) -> bool:
        self.left -= size
        return self.left >= 0


def is_sound(value: object, *, most: int = MOST) -> bool:
    """Tell whether the dataclass `value` holds what its fields declare, all the way down, within `most` characters."""
    declared: Any = type(value)
    return is_dataclass(value) and _check(declared)(value, _Room(most))


@cache
def _check(hint: Any) -> _Check:  # noqa: ANN401 - a type, or what stands for one in annotations
    """Return what tells whether a value is of the type `hint`, or of what it stands for in annotations."""
    if is_dataclass(hint):
        return _fields(hint)
    if (origin := get_origin(hint)) is not None:
        return _compound(origin, get_args(hint))
    if hint is str:
        return lambda value, room: type(value) is str and room.takes(1 + len(value))
    if hint is Path:
        return lambda value, room: isinstance(value, Path) and room.takes(1 + len(str(value)))
    return lambda value, room: type(value) is hint and room.takes(1)


def _compound(origin: object, arguments: tuple[Any, ...]) -> _Check:
    if origin is Literal:
        return lambda value, room: type(value) is str and value in arguments and room.takes(1)
    if origin is tuple and arguments[1:] == (...,):
        return _each(_check(arguments[0]))
    if origin is tuple:
        return _in_order(tuple(map(_check, arguments)))
    assert origin in {Union, UnionType}
    return _any_of(tuple(map(_check, arguments)))


def _fields(declared: Any) -> _Check:  # noqa: ANN401 - a dataclass
    checks = tuple((name, _check(hint)) for name, hint in get_type_hints(declared).items())

    def check(value: Any, room: _Room) -> bool:  # noqa: ANN401
        return (
            type(value) is declared
            and room.takes(1)
            and all(of_field(getattr(value, name), room) for name, of_field in checks)
        )

    return check


def _any_of(checks: tuple[_Check, ...]) -> _Check:
    return lambda value, room: any(check(value, room) for check in checks)


def _each(check: _Check) -> _Check:
    return lambda value, room: (
        type(value) is tuple and room.takes(1 + len(value)) and all(check(one, room) for one in value)
    )


def _in_order(checks: tuple[_Check, ...]) -> _Check:
    return lambda value, room: (
        type(value) is tuple
        and len(value) == len(checks)
        and all(check(one, room) for check, one in zip(checks, value, strict=True))
    )
