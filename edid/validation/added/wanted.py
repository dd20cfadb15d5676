"""What an operator asks to be added, completed from the pack that it supersedes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from edid import clock
from edid.documents.kinds import Kind
from edid.validation.added.copies import RefusedPackError
from edid.validation.packs import Catalogue, Pack, Stage
from edid.validation.standard import Standard
from edid.validation.verdict import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A pack to add. What is None or empty is as in the pack of the same name that is used so far."""

    file: Path
    """A compiled stylesheet; for the stage `schema` an XSD."""
    name: str
    version: str
    companions: tuple[Path, ...] = ()
    """Files that the stylesheet reads with document()."""
    stage: Stage | None = None
    kinds: tuple[Kind, ...] = ()
    guidelines: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    """Values of @Version that a schema is for."""
    mode: Severity | None = None
    since: date | None = None
    """None: in force always, whatever the dates of the pack that is used so far."""
    until: date | None = None
    source: str | None = None
    instead_of: tuple[str, ...] = ()
    """Names of other packs that it may take the place of."""

    @property
    def day(self) -> date:
        """The day from which on it matters which packs it takes the place of."""
        return self.since or Standard().on


def given(wanted: Wanted) -> dict[str, Any]:
    """Return the fields of an entry that `wanted` says itself."""
    said = {
        "stage": wanted.stage,
        "kinds": wanted.kinds,
        "guidelines": wanted.guidelines,
        "versions": tuple(map(_version, wanted.versions)),
        "mode": wanted.mode,
        "since": wanted.since,
        "until": wanted.until,
        "source": wanted.source,
    }
    return {key: value for key, value in said.items() if value}


def completed(wanted: Wanted, catalogue: Catalogue) -> dict[str, Any]:
    """Return the fields of the entry of `wanted`, all but its files.

    Raises RefusedPackError when it is not told what it judges, or is part of edid's own program.
    """
    base = _superseded(wanted, catalogue)
    if base is not None and base.own is not None:
        raise RefusedPackError(
            f"{base.name} is part of the program of edid, no file can stand for it.", remedy="Give another name."
        )
    fields = _taken_over(base) | given(wanted)
    if base is None and not (wanted.stage and wanted.kinds):
        raise RefusedPackError(
            f"no rule pack is called {wanted.name}; what a new one judges must be said.",
            remedy="Give --stage and --kind (and --guideline), or one of the names of: edid rules list.",
        )
    if base is not None and base.versions and not wanted.versions:
        fields["versions"] = (_version(wanted.version),)
    today = clock.now().date()
    fields.setdefault("source", f"Added on {today} from the file {wanted.file.name[:100]}.")
    return fields | {"name": wanted.name, "version": wanted.version, "added": today}


def _superseded(wanted: Wanted, catalogue: Catalogue) -> Pack | None:
    named = [pack for pack in catalogue.packs if pack.name == wanted.name]
    return next((pack for pack in named if pack.in_force(wanted.day)), named[0] if named else None)


def _taken_over(base: Pack | None) -> dict[str, Any]:
    if base is None:
        return {}
    return {
        "stage": base.stage,
        "kinds": base.kinds,
        "guidelines": base.guidelines,
        "fallback": base.fallback,
        "mode": base.mode,
        "severities": [
            {"rules": each.rules, "severity": each.severity or "off", "unflagged_only": each.unflagged_only}
            for each in base.weighings
        ],
    }


def _version(text: str) -> str:
    """Return @Version as `edid.validation.versions` compares it: V1_20."""
    return f"V{text.strip().upper().replace('.', '_').removeprefix('V')}"
