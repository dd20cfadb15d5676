"""Which packs come before which: added ones in use, shipped ones, added ones that rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from edid.validation.packs import Catalogue, Pack, Stage


class Use(StrEnum):
    """What becomes of a pack when documents are judged."""

    YES = "yes"
    NOT_IN_FORCE = "not in force"
    """On this day; on others it is used."""
    IF_PINNED = "if pinned"
    """Another version stands before it; a pin or its full name chooses it."""
    NO = "no"


def arranged(active: Sequence[Pack], resting: Sequence[Pack], shipped: Catalogue) -> Catalogue:
    """Return the catalogue: active packs, shipped packs, then what rests and can be pinned without being in the way.

    An active pack stands right before the shipped ones of its name, which is behind more special ones of other names:
    EN 16931 behind the profiles of Factur-X. Those of new names come first.
    """
    front: list[Pack] = []
    for pack in _placed(active, shipped.packs):
        if (left := _unstated(pack, front)) is not None:
            front.append(left)
    behind = [pack for pack in resting if any(covers(other, pack) for other in front)]
    return Catalogue((*front, *behind), shipped.profiles)


def covers(one: Pack, other: Pack) -> bool:
    """Tell whether `other` is never chosen by a profile where `one`, of the same name, stands before it.

    That follows from how `edid.validation.selection` chooses. Never so for schemas: those of several versions are all
    tried on a document that states none.
    """
    return (
        one.name == other.name
        and one.stage == other.stage
        and one.stage is not Stage.SCHEMA
        and set(other.kinds) <= set(one.kinds)
        and bool(other.guidelines) == bool(one.guidelines)
        and set(other.guidelines) <= set(one.guidelines)
        and (one.fallback or not other.fallback)
        and _days_within(other, one)
    )


def use_of(catalogue: Catalogue, pack: Pack, day: date) -> Use:
    """Return what becomes of `pack` by `catalogue` on `day`."""
    place = next((n for n, each in enumerate(catalogue.packs) if _same(each, pack)), None)
    if place is None:
        return Use.NO
    earlier = catalogue.packs[:place]
    if any(covers(other, pack) for other in earlier):
        return Use.IF_PINNED
    if not pack.in_force(day):
        return Use.NOT_IN_FORCE
    hidden = replace(pack, since=day, until=day)
    return Use.IF_PINNED if any(covers(other, hidden) for other in earlier) else Use.YES


def _placed(active: Sequence[Pack], shipped: Sequence[Pack]) -> Iterator[Pack]:
    names = {pack.name for pack in shipped}
    yield from (pack for pack in active if pack.name not in names)
    for pack in shipped:
        if pack.name in names:
            names.remove(pack.name)
            yield from (each for each in active if each.name == pack.name)
        yield pack


def _unstated(pack: Pack, before: Sequence[Pack]) -> Pack | None:
    """Return `pack` for the versions of documents that no schema of its name before it is for; None: none is left."""
    taken = {version for other in before if other.name == pack.name for version in other.versions}
    left = tuple(version for version in pack.versions if version not in taken)
    if pack.versions == left:
        return pack
    return replace(pack, versions=left) if left else None


def _same(one: Pack, other: Pack) -> bool:
    return (one.name, one.version, one.files) == (other.name, other.version, other.files)


def _days_within(inner: Pack, outer: Pack) -> bool:
    since, until = date.min, date.max
    return (outer.since or since) <= (inner.since or since) and (inner.until or until) <= (outer.until or until)
