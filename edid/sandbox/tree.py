"""Writing XML element by element, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from lxml import etree


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
        child = etree.SubElement(self._element, _clark(name, self._prefixes), attributes)
        return Branch(child, self._prefixes)

    def leaf(self, name: str, text: object | None, **attributes: str) -> None:
        """Add an element that holds `text`; nothing is added when `text` is None."""
        if text is not None:
            child = etree.SubElement(self._element, _clark(name, self._prefixes), attributes)
            child.text = str(text)

    def document(self, *, stylesheet: str | None = None) -> bytes:
        """Return the whole document as indented UTF-8, with an xml-stylesheet instruction where asked."""
        if stylesheet is not None:
            instruction = f'type="text/xsl" href="{stylesheet}"'
            self._element.addprevious(etree.ProcessingInstruction("xml-stylesheet", instruction))
        tree = self._element.getroottree()
        return etree.tostring(tree, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _clark(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = name.rpartition(":")
    space = prefixes.get(prefix)
    return f"{{{space}}}{local}" if space else local
