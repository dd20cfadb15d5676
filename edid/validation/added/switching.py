"""Which version of a pack is used: switched by name, back to the shipped one as well."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress

from edid.config.settings import Limits
from edid.errors import PermanentError
from edid.store.durable import fsync_folder
from edid.validation.added import record
from edid.validation.added.compiling import fault
from edid.validation.added.copies import RefusedPackError
from edid.validation.added.lock import changing
from edid.validation.added.order import covers
from edid.validation.added.record import AddedEntry, Record
from edid.validation.added.rules import AddedRules
from edid.validation.packs import Pack


def use(rules: AddedRules, name: str, version: str, limits: Limits) -> Pack:
    """Let `version` of `name` be used from now on, an added or a shipped one; return it.

    Versions of the name that stood before it are switched off. Raises PermanentError when there is none,
    RefusedPackError when its files are altered or do not compile, and as `adding` does.
    """
    with changing(rules.folder):
        held = rules.record()
        shipped = rules.shipped().named(f"{name}@{version}")
        entry = held.entry(name, version)
        if shipped:
            record.write(rules.folder, _off(rules, held.packs, held, shipped[0]))
            return shipped[0]
        if entry is None:
            raise unknown(f"{name} {version}")
        pack = rules.pack(entry)
        if (why := fault(pack, limits)) is not None:
            raise RefusedPackError(f"nothing was switched: {why}")
        before = held.packs[: held.packs.index(entry)]
        record.write(rules.folder, put_first(rules, _off(rules, before, held, pack), entry))
        return pack


def off(rules: AddedRules, name: str, version: str) -> None:
    """Let an added pack rest: what stood behind it is used again. Raises PermanentError when there is none."""
    with changing(rules.folder):
        held = rules.record()
        entry = _entry(rules, held, name, version)
        resting = entry.model_copy(update={"active": False})
        record.write(rules.folder, Record(packs=tuple(resting if each is entry else each for each in held.packs)))


def remove(rules: AddedRules, name: str, version: str, pinned_by: Iterable[str] = ()) -> None:
    """Forget an added pack and delete its files. `pinned_by`: names of sheets that pin it.

    Raises PermanentError when there is none, or it is in use.
    """
    with changing(rules.folder):
        held = rules.record()
        entry = _entry(rules, held, name, version)
        if entry.active:
            raise RefusedPackError(
                f"{name} {version} is in use.",
                remedy=f"Switch it off first: edid rules off {name} {version}.",
            )
        if sheets := ", ".join(pinned_by):
            raise RefusedPackError(f"{name} {version} is pinned by {sheets}.", remedy="Take it out of the sheet first.")
        record.write(rules.folder, held.without(name, version))
        folder = rules.folder / "files" / name / version
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # other versions of it are there
            folder.parent.rmdir()
        fsync_folder(rules.folder / "files")


def put_first(rules: AddedRules, held: Record, entry: AddedEntry) -> Record:
    """Return `held` with `entry` in use, before all others; those that it leaves nothing to judge are switched off."""
    shipped = tuple(pack.version for pack in rules.shipped().named(entry.name))
    first = entry.model_copy(update={"active": True, "shipped": shipped})
    pack = rules.pack(first)
    others = [
        each.model_copy(update={"active": each.active and not covers(pack, rules.pack(each))})
        for each in held.without(entry.name, entry.version).packs
    ]
    return Record(packs=(first, *others))


def unknown(what: str) -> PermanentError:
    """Return the refusal of a pack that does not exist."""
    return PermanentError(f"there is no rule pack {what}.", remedy="See: edid rules list.")


def _entry(rules: AddedRules, held: Record, name: str, version: str) -> AddedEntry:
    entry = held.entry(name, version)
    if entry is None:
        if rules.shipped().named(f"{name}@{version}"):
            raise RefusedPackError(f"{name} {version} is part of edid.", remedy="Only what was added can be taken out.")
        raise unknown(f"{name} {version}")
    return entry


def _off(rules: AddedRules, entries: Iterable[AddedEntry], held: Record, pack: Pack) -> Record:
    """Return `held` with those of `entries` switched off that are in the way of `pack`."""
    off = [each for each in entries if _in_the_way(rules.pack(each), pack)]
    return Record(
        packs=tuple(each.model_copy(update={"active": False}) if each in off else each for each in held.packs)
    )


def _in_the_way(one: Pack, pack: Pack) -> bool:
    """Schemas for other versions of a format stand side by side."""
    return one.name == pack.name and (not pack.versions or not one.versions or bool({*one.versions} & {*pack.versions}))
