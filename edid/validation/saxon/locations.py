"""From the place that a rule answers to the element it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from edid.documents.values import content
from edid.documents.xml import Element
from edid.validation import places
from edid.validation.wording import shortened

_NUMBER = re.compile(r"([0-9]{1,9})(?:/@|$)")
_STEP = re.compile(r"/Q\{([^}]*)\}([^/\[]+)\[(\d+)\]")
_ATTRIBUTE = re.compile(r"/@(?:Q\{([^}]*)\})?([^/\[@]+)$")
_XML = "http://www.w3.org/XML/1998/namespace"


class Place(NamedTuple):
    """Where a rule is broken."""

    line: int | None = None
    path: str | None = None
    found: str | None = None


def place(root: Element, location: str) -> Place:
    """Return line, path with the document's prefixes, and value of the place that `location` names.

    `location`: the number of an element in the document, and perhaps the name of its attribute (`7/@Q{}currencyID`), as
    `edid.validation.saxon.prepare` has it said; or XPath 3.1 path(), `/Q{urn:...}Invoice[1]/Q{urn:...}ID[1]`.
    """
    (found,) = places_of(root, [location])
    return found


def places_of(root: Element, locations: Iterable[str]) -> list[Place]:
    """Return the place of each location, in order; the document is gone through once for all numbers."""
    asked = list(locations)
    numbers = [int(match[1]) if (match := _NUMBER.match(each)) else None for each in asked]
    numbered = _numbered(root, {number for number in numbers if number is not None})
    return [
        _place(root, location, _stepped(root, location) if number is None else numbered.get(number))
        for location, number in zip(asked, numbers, strict=True)
    ]


def _numbered(root: Element, wanted: set[int]) -> dict[int, Element]:
    if not wanted:
        return {}
    last = max(wanted)
    found = {}
    for number, node in enumerate(root.iter("*"), 1):
        if number in wanted:
            found[number] = node
        if number >= last:
            break
    return found


def _stepped(root: Element, location: str) -> Element | None:
    node: Element | None = None
    for namespace, name, number in _STEP.findall(location):
        tag = f"{{{namespace}}}{name}" if namespace else name
        if node is None:
            node = root if (root.tag, number) == (tag, "1") else None
        else:
            node = next((child for n, child in enumerate(node.iterchildren(tag), 1) if n == int(number)), None)
        if node is None:
            return None
    return node


def _place(root: Element, location: str, node: Element | None) -> Place:
    if node is None:
        return Place(root.sourceline, "/") if location == "/" else Place()
    path, value = places.path_of(node), content(node)
    if attribute := _ATTRIBUTE.search(location):
        uri, name = attribute.groups()
        value = node.get(f"{{{uri}}}{name}" if uri else name)
        prefixes = {"xml": _XML, **node.nsmap}
        prefix = next((prefix for prefix, known in prefixes.items() if prefix and known == uri), None)
        path = f"{path}/@{prefix}:{name}" if prefix else f"{path}/@{name}"
    elif next(node.iterchildren("*"), None) is not None:
        value = None  # a group: its own text is only the blanks between its members
    return Place(node.sourceline, path, shortened(value) if value else None)
