"""What is not added, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from edid.validation.added.copies import RefusedPackError
from edid.validation.added.displacing import displaced
from edid.validation.added.record import AddedEntry, Record
from edid.validation.added.rules import AddedRules
from edid.validation.added.switching import put_first


def refuse_another(known: AddedEntry, entry: AddedEntry, said: Mapping[str, Any]) -> None:
    """Refuse `entry` when it is not the `known` one of the same version: in its files, or in what was `said` of it."""
    if (known.xsd, known.stylesheet) != (entry.xsd, entry.stylesheet):
        raise RefusedPackError(
            f"{known.name} {known.version} was added on {known.added} with other files.",
            remedy="A version is never changed: give these another one.",
        )
    if other := [key for key, value in said.items() if key != "source" and getattr(known, key) != value]:
        raise RefusedPackError(
            f"{known.name} {known.version} was added on {known.added} with other settings ({', '.join(other)}).",
            remedy=f"Remove it first: edid rules remove {known.name} {known.version}.",
        )


def refuse_shipped(rules: AddedRules, entry: AddedEntry) -> None:
    """Refuse a version that edid has itself: a pin could not tell them apart."""
    if rules.shipped().named(f"{entry.name}@{entry.version}"):
        raise RefusedPackError(
            f"{entry.name} {entry.version} is part of this edid.",
            remedy="Give these files another version, such as one that ends with your own name.",
        )


def refuse_dates_with_versions(entry: AddedEntry) -> None:
    """Refuse dates for a schema of one of several versions."""
    if entry.versions and (entry.since or entry.until):
        raise RefusedPackError(
            "documents of this kind state the version of their schema, which decides, not a date.",
            remedy="Leave --since and --until out.",
        )


def refuse_to_displace(rules: AddedRules, held: Record, entry: AddedEntry, allowed: tuple[str, ...], day: date) -> None:
    """Refuse a pack that would judge, on `day`, what packs of other names than `allowed` judge now."""
    after = rules.arranged(put_first(rules, held, entry))
    gone = displaced(rules.arranged(held), after, rules.pack(entry), day)
    unexpected = {name: kinds for name, kinds in gone.items() if name not in allowed}
    if unexpected:
        what = "; ".join(f"{name} for {', '.join(kinds)}" for name, kinds in unexpected.items())
        options = " ".join(f"--instead-of {name}" for name in unexpected)
        raise RefusedPackError(
            f"{entry.name} would take the place of {what}: a stage is judged by one pack.",
            remedy=f"Name the documents it is for by --guideline or --kind, add it under the name of the pack that it "
            f"is a newer version of, or say that it is meant: {options}.",
        )
