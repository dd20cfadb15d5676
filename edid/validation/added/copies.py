"""Copies of the files of a pack: bounded, and laid out so that what includes what still finds it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lxml import etree

from edid.config.values import write_size
from edid.documents.xml import hardened
from edid.errors import PermanentError
from edid.store.durable import durable_write

LARGEST = 20 * 1000**2
"""Bytes of one file. The largest official rules have 2 MB."""
MOST = 200
"""Files of one pack. The largest official schema has 80."""
_XS = "{http://www.w3.org/2001/XMLSchema}"
_REFERENCES = (f"{_XS}include", f"{_XS}import", f"{_XS}redefine")


class RefusedPackError(PermanentError):
    """A rule pack that is not added, or not used: why stands in the text."""


def stylesheet(main: Path, companions: Sequence[Path]) -> dict[Path, bytes]:
    """Return the bytes of a stylesheet and its companions, by their place in the copy; the stylesheet comes first.

    Raises RefusedPackError when one is too large or two have the same name, OSError when one cannot be read.
    """
    found: dict[Path, bytes] = {}
    for path in (main, *companions):
        if (place := Path(_plain(path.name))) in found:
            raise RefusedPackError(f"two of the files are called {path.name}.", remedy="Rename one of them.")
        found[place] = _bounded(path)
    return found


def schema(main: Path) -> dict[Path, bytes]:
    """Return the bytes of a schema and of all schemas that it takes in, by their place in the copy; it comes first.

    Raises RefusedPackError when it takes in something else than files beside it, or too much; OSError.
    """
    main = main.absolute()
    found: dict[Path, bytes] = {}
    waiting = [main]
    while waiting:
        path = Path(os.path.normpath(waiting.pop()))
        if path in found:
            continue
        if len(found) == MOST:
            raise RefusedPackError(f"the schema takes in more than {MOST} files.")
        found[path] = _bounded(path)
        waiting += [path.parent / reference for reference in _taken_in(path, found[path])]
    root = Path(os.path.commonpath([path.parent for path in found]))
    return {path.relative_to(root): content for path, content in found.items()}


def lay_out(files: Mapping[Path, bytes], folder: Path) -> None:
    """Write `files` into `folder`, which is made, durably. Raises OSError."""
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        durable_write(path, content)


def _bounded(path: Path) -> bytes:
    with path.open("rb") as source:
        content = source.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise RefusedPackError(f"{path} is larger than {write_size(LARGEST)}.")
    return content


def _plain(name: str) -> str:
    if not name.isprintable() or name.startswith("."):
        raise RefusedPackError(f"the file name {name!r} cannot be kept.", remedy="Rename the file.")
    return name


def _taken_in(path: Path, content: bytes) -> Iterator[Path]:
    """Yield what the schema `content` takes in, relative to its folder."""
    for reference in _references(path, content):
        place = Path(reference)
        if "://" in reference or place.is_absolute() or place.suffix.lower() != ".xsd":
            raise RefusedPackError(
                f"the schema {path.name} takes in {reference[:200]!r}, which is no .xsd file beside it.",
                remedy="Put it there, and name it by its relative path.",
            )
        for part in place.parts:
            if part != "..":
                _plain(part)
        yield place


def _references(path: Path, content: bytes) -> Iterator[str]:
    try:
        for _, node in etree.iterparse(io.BytesIO(content), events=("start",), tag=_REFERENCES, **hardened(huge=False)):
            if place := node.get("schemaLocation"):
                yield place
    except etree.XMLSyntaxError as error:
        raise RefusedPackError(f"{path} is not XML ({error}).") from error
