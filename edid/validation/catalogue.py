"""Reads `schemas/catalogue.yaml`, and catalogues of the same form."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from edid import resources
from edid.config.base import Section
from edid.documents.kinds import Kind
from edid.errors import ConfigError
from edid.validation.packs import Catalogue, Files, Pack, Profile, Stage, Step, Weighing
from edid.validation.verdict import Severity

_SHA256 = r"^[0-9a-f]{64}$"


class FilesEntry(Section):
    """A schema or stylesheet: where it is, what it hashes to."""

    package: str | None = None
    path: str | None = None
    file: Path | None = None
    sha256: str = Field(pattern=_SHA256)
    files_sha256: str | None = Field(default=None, pattern=_SHA256)
    """None: the same file alone."""
    companions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.file is None) == (self.package is None) or (self.package is None) != (self.path is None):
            raise ValueError("give either 'file', or 'package' and 'path'")
        return self


class WeighingEntry(Section):
    """A severity that replaces the one a rule came with."""

    rules: str = Field(min_length=1)
    severity: Severity | Literal["off"]
    unflagged_only: bool = False


class PackEntry(Section):
    """One pack."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    stage: Stage
    kinds: tuple[Kind, ...] = Field(min_length=1)
    version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$")
    source: str = Field(min_length=1)
    xsd: FilesEntry | None = None
    stylesheet: FilesEntry | None = None
    own: str | None = None
    versions: tuple[str, ...] = ()
    guidelines: tuple[str, ...] = ()
    fallback: bool = False
    since: date | None = None
    until: date | None = None
    mode: Severity = Severity.FATAL
    severities: tuple[WeighingEntry, ...] = ()

    @model_validator(mode="after")
    def _one_engine(self) -> Self:
        if sum(each is not None for each in (self.xsd, self.stylesheet, self.own)) != 1:
            raise ValueError("give exactly one of 'xsd', 'stylesheet' and 'own'")
        return self


class _StepEntry(Section):
    stage: Stage
    mode: Severity = Severity.FATAL


class CatalogueFile(Section):
    """A whole catalogue."""

    packs: tuple[PackEntry, ...] = ()
    profiles: dict[str, tuple[_StepEntry, ...]] = Field(default_factory=dict)


@cache
def shipped() -> Catalogue:
    """Return the catalogue of this installation. Raises ConfigError when it cannot be read."""
    return load(resources.folder("schemas") / "catalogue.yaml")


def load(path: Path) -> Catalogue:
    """Read a catalogue; its `file` entries are relative to its folder.

    Raises ConfigError that names the file and what is wrong in it.
    """
    data = read(path)
    packs = tuple(pack_of(each, path.parent) for each in data.packs)
    return Catalogue(packs, tuple(_profile(name, steps) for name, steps in data.profiles.items()))


def read(path: Path) -> CatalogueFile:
    """Return what a catalogue file says, as written. Raises ConfigError that names the file and what is wrong."""
    try:
        return CatalogueFile.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")) or {})
    except (OSError, UnicodeDecodeError, YAMLError, ValidationError) as error:
        raise ConfigError(
            f"the catalogue of rule packs {path} cannot be used: {error}",
            remedy="Restore the file of this version of edid, or of the last backup of the state folder.",
        ) from error


def pack_of(entry: PackEntry, folder: Path) -> Pack:
    """Return the pack that `entry` of a catalogue in `folder` describes."""
    return Pack(
        name=entry.name,
        stage=entry.stage,
        kinds=entry.kinds,
        version=entry.version,
        source=entry.source,
        xsd=_files(entry.xsd, folder),
        stylesheet=_files(entry.stylesheet, folder),
        own=entry.own,
        versions=entry.versions,
        guidelines=entry.guidelines,
        fallback=entry.fallback,
        since=entry.since,
        until=entry.until,
        mode=entry.mode,
        weighings=tuple(_weighing(each) for each in entry.severities),
    )


def _files(entry: FilesEntry | None, folder: Path) -> Files | None:
    if entry is None:
        return None
    file = entry.file and (folder / entry.file).resolve()
    return Files(entry.sha256, entry.files_sha256 or _alone(entry), entry.package, entry.path, file, entry.companions)


def _alone(entry: FilesEntry) -> str:
    """Return the digest over a main file that takes nothing in."""
    name = Path(str(entry.file or entry.path)).name
    return hashlib.sha256(f"{entry.sha256}  {name}\n".encode()).hexdigest()


def _weighing(entry: WeighingEntry) -> Weighing:
    severity = None if entry.severity == "off" else Severity(entry.severity)
    return Weighing(entry.rules, severity, entry.unflagged_only)


def _profile(name: str, steps: tuple[_StepEntry, ...]) -> Profile:
    return Profile(name, tuple(Step(step.stage, step.mode) for step in steps))
