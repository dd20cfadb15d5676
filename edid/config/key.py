"""One key of the configuration, and everything the models say about it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from edid.config.allowed import allowed, choices, sections
from edid.config.base import Section
from edid.config.transport import SecretRef

Loc = tuple[str | int, ...]
"""Keys and list positions from the root of a file to a value."""


@dataclass(frozen=True, slots=True)
class Key:
    """What the models say about one key of one section."""

    name: str
    description: str
    required: bool
    default: object
    """As it would be written in YAML; None when the key is required."""
    examples: tuple[object, ...]
    allowed: str
    choices: tuple[str, ...]
    """The words of a closed list, else ()."""
    sections: tuple[type[Section], ...]
    """The sections it may hold: several for a tagged union, () for a scalar."""
    tag: str
    """The key that chooses between several sections, else empty."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an error of pydantic stands: its place in the file and in the models."""

    path: Loc
    """Without the tags that pydantic adds for tagged unions."""
    section: type[Section]
    """The section that holds the last key, or the value itself at the root."""
    key: Key | None
    """None for an unknown key and for the root."""
    secret: bool
    """True where a secret is referred to: a value found there is never shown."""


@cache
def keys(section: type[Section]) -> dict[str, Key]:
    """Return the keys of `section`, in the order of the model."""
    return {name: _key(name, info) for name, info in section.model_fields.items()}


def spot(root: type[Section], loc: Loc) -> Spot:
    """Return what stands at pydantic's `loc` below `root`."""
    path: list[str | int] = []
    candidates: tuple[type[Section], ...] = (root,)
    holder, key, secret = root, None, False
    for part in loc:
        if isinstance(part, str) and len(candidates) > 1:
            candidates = tuple(one for one in candidates if part in tags(one, key))
            continue
        path.append(part)
        if isinstance(part, str):
            holder = candidates[0] if candidates else holder
            key = keys(holder).get(part) if candidates else None
            candidates = key.sections if key else ()
            secret = secret or SecretRef in candidates
    return Spot(tuple(path), holder, key, secret)


def tags(section: type[Section], key: Key | None) -> tuple[str, ...]:
    """Return the values of the tag that choose `section` among the sections of `key`."""
    return keys(section)[key.tag].choices if key and key.tag else ()


def described(section: type[Section]) -> str:
    """Return the documentation of a section in one line."""
    return " ".join((inspect.getdoc(section) or "").split())


def _key(name: str, info: FieldInfo) -> Key:
    held = sections(info.annotation)
    tag = info.discriminator if isinstance(info.discriminator, str) else ""
    return Key(
        name=name,
        description=" ".join((info.description or "").split()) or (described(held[0]) if held else ""),
        required=info.is_required(),
        default=None if info.is_required() else _written(info),
        examples=tuple(info.examples or ()),
        allowed=allowed(info.annotation, info.metadata),
        choices=choices(info.annotation),
        sections=held,
        tag=tag,
    )


def _written(info: FieldInfo) -> Any:  # noqa: ANN401 - JSON-ready data of any shape
    adapter: TypeAdapter[Any] = TypeAdapter(info.rebuild_annotation())
    return adapter.dump_python(info.get_default(call_default_factory=True, validated_data={}), mode="json")
