"""Reads `schemas/catalogue.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from edid import resources
from edid.config.base import Section
from edid.documents.kinds import Kind
from edid.errors import ConfigError
from edid.validation.packs import Catalogue, Pack, Xsd

_SHA256 = r"^[0-9a-f]{64}$"


class _Xsd(Section):
    package: str | None = None
    path: str | None = None
    file: Path | None = None
    sha256: str = Field(pattern=_SHA256)
    files_sha256: str = Field(pattern=_SHA256)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.file is None) == (self.package is None) or (self.package is None) != (self.path is None):
            raise ValueError("give either 'file', or 'package' and 'path'")
        return self


class _Pack(Section):
    name: str = Field(min_length=1)
    kinds: tuple[Kind, ...] = Field(min_length=1)
    version: str = Field(min_length=1)
    versions: tuple[str, ...] = ()
    xsd: _Xsd
    source: str = Field(min_length=1)


class _Catalogue(Section):
    packs: tuple[_Pack, ...]


@cache
def shipped() -> Catalogue:
    """Return the catalogue of this installation. Raises ConfigError when it cannot be read."""
    return load(resources.folder("schemas") / "catalogue.yaml")


def load(path: Path) -> Catalogue:
    """Read a catalogue; its `file` entries are relative to its folder.

    Raises ConfigError that names the file and what is wrong in it.
    """
    try:
        data = _Catalogue.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, YAMLError, ValidationError) as error:
        raise ConfigError(
            f"the catalogue of rule packs {path} cannot be used: {error}",
            remedy="Restore the file of this version of edid.",
        ) from error
    return Catalogue(tuple(_pack(each, path.parent) for each in data.packs))


def _pack(read: _Pack, folder: Path) -> Pack:
    xsd = Xsd(
        sha256=read.xsd.sha256,
        files_sha256=read.xsd.files_sha256,
        package=read.xsd.package,
        path=read.xsd.path,
        file=read.xsd.file and (folder / read.xsd.file).resolve(),
    )
    return Pack(read.name, read.kinds, read.version, xsd, read.source, read.versions)
