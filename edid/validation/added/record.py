"""The catalogue of added packs: the entries of `schemas/catalogue.yaml`, and which of them are in use."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from edid.config.base import Section
from edid.errors import ConfigError
from edid.store.durable import durable_write
from edid.validation.catalogue import PackEntry

NAME = "catalogue.yaml"
_HEAD = "# Rule packs that were added. Written by 'edid rules': use its commands, so that what they check is checked.\n"


class AddedEntry(PackEntry):
    """One added pack. Its `file` is relative to the folder of the catalogue."""

    added: date
    """Day on which it was added, UTC."""
    active: bool = False
    """In use: a profile chooses it before the shipped packs of its name, and before those that stand below it here."""
    shipped: tuple[str, ...] = ()
    """Versions that edid itself had of its name when it was last put to use."""

    @model_validator(mode="after")
    def _own_copy(self) -> Self:
        files = self.xsd or self.stylesheet
        if files is None or files.file is None:
            raise ValueError("an added pack has a 'file' of its own")
        return self


class Record(Section):
    """All added packs, those to be preferred first."""

    packs: tuple[AddedEntry, ...] = ()

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        counted = Counter((each.name, each.version) for each in self.packs)
        if twice := [f"{name} {version}" for (name, version), count in counted.items() if count > 1]:
            raise ValueError(f"listed more than once: {', '.join(twice)}")
        return self

    def entry(self, name: str, version: str) -> AddedEntry | None:
        """Return the entry of `name` `version`, or None."""
        return next((each for each in self.packs if (each.name, each.version) == (name, version)), None)

    def without(self, name: str, version: str) -> Record:
        """Return the record without that entry."""
        return Record(packs=tuple(each for each in self.packs if (each.name, each.version) != (name, version)))


def read(folder: Path) -> Record:
    """Return the record in `folder`; an empty one where nothing was ever added.

    Raises ConfigError when it cannot be read, makes no sense, or is missing although there are files of packs: other
    rules than those that were added are never used instead.
    """
    path = folder / NAME
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        if _holds_files(folder):
            raise _unusable(path, "it is missing, but files of added packs are there") from None
        return Record()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, str(error)) from error
    try:
        return Record.model_validate(YAML(typ="safe", pure=True).load(text))
    except (YAMLError, ValidationError, ValueError) as error:
        raise _unusable(path, str(error)) from error


def write(folder: Path, record: Record) -> None:
    """Put `record` in the place of the one in `folder`, durably."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.width = 4096  # a hash stays on the line of its key
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    buffer = io.StringIO(_HEAD)
    buffer.seek(0, io.SEEK_END)
    yaml.dump(record.model_dump(mode="json", exclude_defaults=True) or {"packs": []}, buffer)
    durable_write(folder / NAME, buffer.getvalue().encode())


def _holds_files(folder: Path) -> bool:
    try:
        return any((folder / "files").iterdir())
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unusable(folder / NAME, str(error)) from error


def _unusable(path: Path, why: str) -> ConfigError:
    return ConfigError(
        f"the catalogue of added rule packs {path} cannot be used: {why}.",
        remedy=f"Nothing is judged until it is mended: restore it from the last backup of the state folder, or move "
        f"{path.parent} away to do without the added packs.",
    )
