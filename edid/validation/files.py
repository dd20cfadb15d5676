"""The files of a rule pack are the ones that the catalogue recorded, or nothing is judged with them.

Before a schema or a stylesheet is used, it and every file that it takes in are read and compared with the hashes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from edid.errors import PermanentError
from edid.validation.packs import Files, Pack

_XS = "{http://www.w3.org/2001/XMLSchema}"
_REFERENCES = (f"{_XS}include", f"{_XS}import", f"{_XS}redefine")


class BrokenPackError(PermanentError):
    """A file of a rule pack is missing or is not the one recorded: nothing may be judged with it."""


def schema_file(pack: Pack) -> Path:
    """Return the main XSD of `pack`, every hash checked.

    Raises BrokenPackError that names the file, the hash expected and the hash found.
    """
    path, _ = checked(pack)
    return path


def checked(pack: Pack) -> tuple[Path, dict[Path, bytes]]:
    """Return the main file of `pack`, and the bytes of all its files by path, every hash checked.

    Raises BrokenPackError that names the file, the hash expected and the hash found.
    """
    files = _files(pack)
    path = place(pack)
    held = reached(pack, path)
    main = hashlib.sha256(held[path]).hexdigest()
    if main != files.sha256:
        raise _broken(pack, f"{path} is not the recorded file", files.sha256, main)
    found = digest(held)
    if found != files.files_sha256:
        names = ", ".join(sorted(each.name for each in held if each != path))
        what = f"a file that {path} takes in is not the recorded one ({names})"
        raise _broken(pack, what, files.files_sha256, found)
    return path, held


def digest(files: dict[Path, bytes]) -> str:
    """Return the sha256 over the lines `<sha256 of the file>  <file name>`, sorted by file name."""
    lines = sorted((path.name, hashlib.sha256(content).hexdigest()) for path, content in files.items())
    return hashlib.sha256("".join(f"{value}  {name}\n" for name, value in lines).encode()).hexdigest()


def reached(pack: Pack, main: Path) -> dict[Path, bytes]:
    """Return the bytes of `main` and of all that it takes in: by include, import and redefine; the companions.

    Raises BrokenPackError when one of them cannot be read.
    """
    files: dict[Path, bytes] = {}
    waiting = [main, *(main.parent / name for name in _files(pack).companions)]
    while waiting:
        path = waiting.pop()
        if path in files:
            continue
        try:
            files[path] = path.read_bytes()
        except OSError as error:
            raise _broken(pack, f"{path} cannot be read ({error.strerror})", _files(pack).sha256, "none") from error
        if pack.xsd is not None:
            waiting += _references(pack, path, files[path])
    return files


def place(pack: Pack) -> Path:
    """Return where the main file of `pack` is. Raises BrokenPackError when its package is not installed."""
    files = _files(pack)
    if files.file is not None:
        return files.file
    package, path = str(files.package), str(files.path)
    spec = importlib.util.find_spec(package)  # finds the folder without running the package
    if spec is None or not spec.submodule_search_locations:
        raise _broken(pack, f"the package '{package}' is not installed", files.sha256, "none")
    return Path(spec.submodule_search_locations[0]).joinpath(path).resolve()


def _files(pack: Pack) -> Files:
    assert pack.files is not None, f"{pack.name} is a pack without files"
    return pack.files


def _references(pack: Pack, path: Path, content: bytes) -> list[Path]:
    try:
        places = list(_schema_locations(content))
    except etree.XMLSyntaxError as error:
        found = hashlib.sha256(content).hexdigest()
        raise _broken(pack, f"{path} is not XML ({error})", _files(pack).sha256, found) from error
    return [(path.parent / place).resolve() for place in places if place]


def _schema_locations(content: bytes) -> Iterator[str | None]:
    # References stand before every definition: reading stops at the first one, the rest may be megabytes.
    events = etree.iterparse(
        io.BytesIO(content), events=("start",), resolve_entities=False, no_network=True, load_dtd=False
    )
    root = None
    for _, node in events:
        if root is None:
            root = node
        elif node.getparent() is root and node.tag in _REFERENCES:
            yield node.get("schemaLocation")
        elif node.getparent() is root and node.tag != f"{_XS}annotation":
            return


def _broken(pack: Pack, what: str, expected: str, found: str) -> BrokenPackError:
    again = (
        "Install edid and its packages again (pip install --force-reinstall)"
        if _files(pack).package
        else "Restore the file, or add it again (edid rules add)"
    )
    return BrokenPackError(
        f"the rule pack {pack.name} {pack.version} cannot be trusted: {what}; "
        f"sha256 expected {expected}, found {found}.",
        remedy=f"{again}, then send the document again.",
    )
