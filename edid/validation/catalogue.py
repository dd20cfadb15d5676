"""`schemas/catalogue.yaml`: which rule pack judges which kind of document, and the hashes of its files.

A pack names its schema either in an installed package or in the folder of the catalogue. Before a schema is
used, it and every schema it includes or imports are read and compared with the recorded hashes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Self

from lxml import etree
from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from edid import resources
from edid.config.base import Section
from edid.documents.kinds import Kind
from edid.errors import ConfigError, PermanentError

_SHA256 = r"^[0-9a-f]{64}$"
_XS = "{http://www.w3.org/2001/XMLSchema}"
_REFERENCES = (f"{_XS}include", f"{_XS}import", f"{_XS}redefine")


class BrokenPackError(PermanentError):
    """A file of a rule pack is missing or is not the one recorded: nothing may be judged with it."""


class Xsd(Section):
    """Where a schema is, and what it must hash to."""

    package: str | None = None
    """Installed Python package that ships the file; `path` is then relative to it."""
    path: str | None = None
    file: Path | None = None
    """File beside the catalogue, instead of `package` and `path`; absolute once the catalogue is loaded."""
    sha256: str = Field(pattern=_SHA256)
    """Of the main file."""
    files_sha256: str = Field(pattern=_SHA256)
    """Digest over the main file and everything it includes or imports; see `digest`."""

    @field_validator("file")
    @classmethod
    def _beside_the_catalogue(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        folder = (info.context or {}).get("folder")
        return value if value is None or folder is None else (folder / value).resolve()

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.file is None) == (self.package is None) or (self.package is None) != (self.path is None):
            raise ValueError("give either 'file', or 'package' and 'path'")
        return self


class Pack(Section):
    """XSD of one format. `versions` are the values of @Version that it was written for, where a format has one."""

    name: str = Field(min_length=1)
    kinds: tuple[Kind, ...] = Field(min_length=1)
    version: str = Field(min_length=1)
    versions: tuple[str, ...] = ()
    xsd: Xsd
    source: str = Field(min_length=1)
    """Whose format this is and where the file comes from, in one sentence."""


class Catalogue(Section):
    """All packs, the newest of each kind first."""

    packs: tuple[Pack, ...]

    def for_kind(self, kind: Kind) -> tuple[Pack, ...]:
        """Return the packs that judge `kind`, the newest first; none when edid has no rules for it."""
        return tuple(pack for pack in self.packs if kind in pack.kinds)


@cache
def shipped() -> Catalogue:
    """Return the catalogue of this installation. Raises ConfigError when it cannot be read."""
    return load(resources.folder("schemas") / "catalogue.yaml")


def load(path: Path) -> Catalogue:
    """Read a catalogue. Raises ConfigError that names the file and what is wrong in it."""
    try:
        data = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
        return Catalogue.model_validate(data, context={"folder": path.parent})
    except (OSError, UnicodeDecodeError, YAMLError, ValidationError) as error:
        raise ConfigError(
            f"the catalogue of rule packs {path} cannot be used: {error}",
            remedy="Restore the file of this version of edid.",
        ) from error


def schema_file(pack: Pack) -> Path:
    """Return the main XSD of `pack`, every hash checked.

    Raises BrokenPackError that names the file, the hash expected and the hash found.
    """
    path = _place(pack)
    files = _closure(pack, path)
    main = hashlib.sha256(files[path]).hexdigest()
    if main != pack.xsd.sha256:
        raise _broken(pack, f"{path} is not the recorded file", pack.xsd.sha256, main)
    found = digest(files)
    if found != pack.xsd.files_sha256:
        names = ", ".join(sorted(each.name for each in files if each != path))
        raise _broken(
            pack, f"a schema that {path} takes in is not the recorded one ({names})", pack.xsd.files_sha256, found
        )
    return path


def digest(files: dict[Path, bytes]) -> str:
    """Return the sha256 over the lines `<sha256 of the file>  <file name>`, sorted by file name."""
    lines = sorted((path.name, hashlib.sha256(content).hexdigest()) for path, content in files.items())
    return hashlib.sha256("".join(f"{value}  {name}\n" for name, value in lines).encode()).hexdigest()


def _place(pack: Pack) -> Path:
    if pack.xsd.file is not None:
        return pack.xsd.file
    package, path = str(pack.xsd.package), str(pack.xsd.path)
    spec = importlib.util.find_spec(package)  # finds the folder without running the package
    if spec is None or not spec.submodule_search_locations:
        raise _broken(pack, f"the package '{package}' is not installed", pack.xsd.sha256, "none")
    return Path(spec.submodule_search_locations[0]).joinpath(path).resolve()


def _closure(pack: Pack, main: Path) -> dict[Path, bytes]:
    """Return the main file and all that it reaches by include, import and redefine, with their bytes."""
    files: dict[Path, bytes] = {}
    waiting = [main]
    while waiting:
        path = waiting.pop()
        if path in files:
            continue
        try:
            files[path] = path.read_bytes()
        except OSError as error:
            raise _broken(pack, f"{path} cannot be read ({error.strerror})", pack.xsd.sha256, "none") from error
        waiting += _references(pack, path, files[path])
    return files


def _references(pack: Pack, path: Path, content: bytes) -> list[Path]:
    try:
        places = list(_schema_locations(content))
    except etree.XMLSyntaxError as error:
        found = hashlib.sha256(content).hexdigest()
        raise _broken(pack, f"{path} is not XML ({error})", pack.xsd.sha256, found) from error
    return [(path.parent / place).resolve() for place in places if place]


def _schema_locations(content: bytes) -> Iterator[str | None]:
    # References stand before every definition: reading stops at the first one, the rest may be megabytes.
    events = etree.iterparse(
        io.BytesIO(content), events=("start",), resolve_entities=False, no_network=True, load_dtd=False
    )
    depth_one: etree._Element | None = None
    for _, node in events:
        parent = node.getparent()
        if parent is None:
            depth_one = node
        elif parent is depth_one and node.tag in _REFERENCES:
            yield node.get("schemaLocation")
        elif parent is depth_one and node.tag != f"{_XS}annotation":
            return


def _broken(pack: Pack, what: str, expected: str, found: str) -> BrokenPackError:
    return BrokenPackError(
        f"the rule pack {pack.name} {pack.version} cannot be trusted: {what}; "
        f"sha256 expected {expected}, found {found}.",
        remedy="Install edid and its packages again (pip install --force-reinstall), then send the document again.",
    )
