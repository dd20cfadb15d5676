"""Every rule pack that a command can speak of, as rows for people and programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edid.cli.output import Format
from edid.validation.added import AddedRules
from edid.validation.added.order import use_of
from edid.validation.added.record import AddedEntry
from edid.validation.files import BrokenPackError, checked, place
from edid.validation.packs import Catalogue, Pack
from edid.validation.standard import Standard


@dataclass(frozen=True, slots=True)
class Known:
    """A pack, and the entry that it has when it was added."""

    pack: Pack
    entry: AddedEntry | None = None


def known_packs(rules: AddedRules, catalogue: Catalogue) -> Iterator[Known]:
    """Yield every pack once: those of `catalogue`, that of `rules`, in its order; then what nothing can choose."""
    known = {_key(pack): Known(pack) for pack in rules.shipped().packs}
    known |= {_key(pack): Known(pack, each) for each in rules.record().packs if (pack := rules.pack(each))}
    yield from (known[key] for key in dict.fromkeys([*map(_key, catalogue.packs), *known]))


def row(known: Known, catalogue: Catalogue, form: Format) -> dict[str, Any]:
    """Return what a list says of one pack."""
    pack, entry = known.pack, known.entry
    told: dict[str, Any] = {
        "name": pack.name,
        "version": pack.version,
        "stage": pack.stage,
        "kinds": ", ".join(pack.kinds),
        "since": pack.since,
        "until": pack.until,
        "used": use_of(catalogue, pack, Standard().on),
        "origin": "added" if entry else "shipped",
        "mode": pack.mode,
        "source": pack.source,
    }
    if form is Format.JSON:
        told |= {"kinds": pack.kinds, "added": entry.added if entry else None}
    return told


def details(pack: Pack) -> dict[str, Any]:
    """Return the rest of what is known of a pack; its files are read and compared with what was recorded."""
    told: dict[str, Any] = {
        "guidelines": pack.guidelines,
        "fallback": pack.fallback,
        "versions": pack.versions,
        "severities": [
            {"rules": each.rules, "severity": each.severity or "off", "unflagged_only": each.unflagged_only}
            for each in pack.weighings
        ],
        "engine": "edid" if pack.own else "xsd" if pack.xsd else "xslt",
    }
    if pack.files is None:
        return told
    files = {"package": pack.files.package, "sha256": pack.files.sha256, "files_sha256": pack.files.files_sha256}
    path, others, fault = None, [], None
    try:
        path = place(pack)
        _, held = checked(pack)
        others = sorted(each for each in held if each != path)
    except BrokenPackError as error:
        fault = str(error)
    return told | {"path": path, "takes_in": others, "files": files, "as_recorded": fault is None, "fault": fault}


def _key(pack: Pack) -> tuple[object, ...]:
    return pack.name, pack.version, pack.files
