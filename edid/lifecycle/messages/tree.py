"""Writing XML element by element, in the order in which it is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Self

from lxml import etree

_KEPT = "\t\n"
_NEVER = "\ufffe\uffff"


class Branch:
    """An element being written. Names are `prefix:local`, or `local` where there is no namespace."""

    def __init__(self, element: etree._Element, prefixes: Mapping[str, str]) -> None:
        self._element = element
        self._prefixes = prefixes

    @classmethod
    def root(cls, name: str, nsmap: Mapping[str | None, str] | None = None, **attributes: str) -> Self:
        """Begin a document whose root is `name`; `nsmap` declares its namespaces (None: the default one)."""
        spaces = dict(nsmap or {})
        prefixes = {prefix or "": uri for prefix, uri in spaces.items()}
        return cls(etree.Element(_clark(name, prefixes), attributes, nsmap=spaces), prefixes)

    def branch(self, name: str, **attributes: str) -> Branch:
        """Add an element that will hold others, and return it."""
        return Branch(self._added(name, attributes), self._prefixes)

    def leaf(self, name: str, text: object | None, **attributes: str) -> None:
        """Add an element that holds `text` as XML can hold it; nothing is added when `text` is None."""
        if text is not None:
            self._added(name, attributes).text = writable(str(text))

    def document(self, *, stylesheet: str | None = None) -> bytes:
        """Return the whole document as indented UTF-8 without byte order mark.

        `stylesheet` names what an xml-stylesheet instruction before the root points to.
        """
        if stylesheet is not None:
            instruction = f'type="text/xsl" href="{stylesheet}"'
            self._element.addprevious(etree.ProcessingInstruction("xml-stylesheet", instruction))
        tree = self._element.getroottree()
        return etree.tostring(tree, encoding="UTF-8", xml_declaration=True, pretty_print=True)

    def _added(self, name: str, attributes: Mapping[str, str]) -> etree._Element:
        clean = {key: writable(value) for key, value in attributes.items()}
        return etree.SubElement(self._element, _clark(name, self._prefixes), clean)


def writable(text: str) -> str:
    """Return `text` without what XML 1.0 cannot hold or a reader cannot see: control characters, lone surrogates."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        each
        for each in lines
        if each in _KEPT or (each not in _NEVER and unicodedata.category(each) not in {"Cc", "Cs"})
    )


def words(text: str | None, longest: int | None = None) -> str | None:
    """Return a free text as it is written: trimmed, of at most `longest` characters; None when nothing is left."""
    clean = writable(text or "").strip()
    if longest is not None and len(clean) > longest:
        clean = clean[: longest - 1].rstrip() + "…"
    return clean or None


def _clark(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = name.rpartition(":")
    space = prefixes.get(prefix)
    return f"{{{space}}}{local}" if space else local
