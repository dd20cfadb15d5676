"""What a key may hold, in words for people, read from the types of the models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MinLen
from pydantic.fields import FieldInfo

from edid.config.base import Section
from edid.config.values import Allowed

_PLAIN = {bool: "true or false", date: "a date, YYYY-MM-DD", Path: "a path"}


def allowed(annotation: object, metadata: Iterable[object] = ()) -> str:
    """Return what a value of this type may be: `a whole number from 1 to 65535`."""
    facts = list(_flat(metadata))
    told = [fact.words for fact in facts if isinstance(fact, Allowed)]
    if told:
        return told[-1]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return allowed(arguments[0], (*arguments[1:], *facts))
    if origin is Literal:
        return _either([str(value) for value in arguments])
    if origin in {Union, UnionType}:
        return _union(arguments)
    if origin in {tuple, dict}:
        what = "list, each item" if origin is tuple else "mapping, each value"
        return f"a {what}: {allowed(arguments[0 if origin is tuple else 1])}"
    return _scalar(annotation, facts)


def sections(annotation: object) -> tuple[type[Section], ...]:
    """Return the sections that a value of this type, or an item of it, may be: several for a tagged union."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return (annotation,)
    if get_origin(annotation) in {Union, UnionType, Annotated, tuple}:
        return tuple(found for part in get_args(annotation) for found in sections(part))
    return ()


def choices(annotation: object) -> tuple[str, ...]:
    """Return the words of a Literal, else ()."""
    return tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()


def _flat(metadata: Iterable[object]) -> Iterator[object]:
    for fact in metadata:
        if isinstance(fact, FieldInfo):
            yield from _flat(fact.metadata)
        else:
            yield fact


def _union(members: tuple[object, ...]) -> str:
    # The members of a tagged union say the same of themselves: "a mapping".
    words = dict.fromkeys(allowed(member) for member in members if member is not NoneType)
    return _either(list(words)) + (", or null" if NoneType in members else "")


def _scalar(annotation: object, facts: list[object]) -> str:
    if annotation is int or annotation is float:
        return ("a whole number" if annotation is int else "a number") + _bounds(facts)
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return "a mapping"
    if annotation is str:
        return "a text, not empty" if any(isinstance(fact, MinLen) for fact in facts) else "a text"
    return next(words for kind, words in _PLAIN.items() if kind is annotation)


def _bounds(facts: list[object]) -> str:
    low = [f" from {fact.ge}" for fact in facts if isinstance(fact, Ge)]
    high = [f" to {fact.le}" for fact in facts if isinstance(fact, Le)]
    return "".join(low + high)


def _either(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
