"""The words of the rule files themselves about a rule, read from the installed stylesheets when they are asked for."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree

from edid.validation.explanation_index import index, names
from edid.validation.saxon.svrl import ID_IN_TEXT

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_XSL = "{http://www.w3.org/1999/XSL/Transform}"
_SAYINGS = (f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
_VALUE = "…"
_WRITTEN_VALUE = re.compile(r"<[\w:-]*value-of[^>]*>")
_PACKAGES = ("facturx", "pyfrctc")


def official(rule: str, paths: Iterable[Path]) -> tuple[tuple[str, str], ...]:
    """Return what the stylesheets at `paths` say when `rule` is broken: the name of the file, and the message.

    `rule` is an id, in whatever case, or the family of several (BR-FR-08); an id that names another family than the
    one it tests counts where it belongs. A value that is put in at run time shows as an ellipsis. A file that is absent
    or unreadable says nothing.
    """
    wanted = rule.upper()
    clues = {wanted, *(name.upper() for name in names(index().find(rule).piece))}
    said: dict[tuple[str, str], None] = {}
    for path in paths if rule else ():
        said.update(dict.fromkeys((path.name, message) for message in _messages(wanted, clues, path) if message))
    return tuple(said)


def ids(path: Path) -> frozenset[str]:
    """Return the ids of the rules in the stylesheet at `path`, as findings bear them.

    Raises OSError when it cannot be read, etree.XMLSyntaxError when it is no XML.
    """
    found = set()
    for saying in _parsed(path.read_bytes()).iter(*_SAYINGS):
        written = _id_of(saying)
        named = None if written else ID_IN_TEXT.match(_message(saying))
        found.add(named[1] if named else written)
    return frozenset(found - {""})


def installed() -> tuple[Path, ...]:
    """Return the compiled rule files of the packages that edid takes them from, as far as they are installed."""
    return tuple(path for package in _PACKAGES for path in _stylesheets_of(package))


def _stylesheets_of(package: str) -> list[Path]:
    spec = importlib.util.find_spec(package)  # finds the folder without running the package
    folders = spec.submodule_search_locations if spec is not None else None
    return sorted(path for folder in folders or () for path in Path(folder).rglob("*.xslt"))


def _messages(wanted: str, clues: Iterable[str], path: Path) -> Iterator[str]:
    try:
        content = path.read_bytes()
        capitals = content.upper()
        if not any(clue.encode(errors="replace") in capitals for clue in clues):
            return  # looking is much faster than parsing a megabyte
        root = _parsed(content)
    except (OSError, etree.XMLSyntaxError):
        return
    for saying in root.iter(*_SAYINGS):
        name = _id_of(saying).upper()
        if name == wanted or ("_" in name and _is_of(name, wanted)):
            yield _message(saying)


def _parsed(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(content, parser)


def _is_of(name: str, family: str) -> bool:
    """Tell whether the entry that explains `name` is `family`, or one of its members."""
    home = names(index().find(name).piece)[0].upper()
    return home == family or home.startswith(f"{family}_")


def _id_of(saying: etree._Element) -> str:
    # The id is an attribute of the result, or an instruction puts it there.
    for instruction in saying.iterchildren(f"{_XSL}attribute"):
        if instruction.get("name") == "id":
            return "".join(instruction.itertext()).strip()
    return (saying.get("id") or "").strip()


def _message(saying: etree._Element) -> str:
    text = saying.find(f"{_SVRL}text")
    if text is None:
        return ""
    parts = [text.text or ""]
    for node in text.iterdescendants():
        parts += [_VALUE if node.tag == f"{_XSL}value-of" else (node.text or ""), node.tail or ""]
    return " ".join(_WRITTEN_VALUE.sub(_VALUE, "".join(parts)).split())
