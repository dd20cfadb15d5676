"""From the path() that a rule answers to the element it stands for."""

from __future__ import annotations

import re
from typing import NamedTuple

from edid.documents.values import content
from edid.documents.xml import Element
from edid.validation import places
from edid.validation.wording import shortened

_STEP = re.compile(r"/Q\{([^}]*)\}([^/\[]+)\[(\d+)\]")
_ATTRIBUTE = re.compile(r"/@(?:Q\{([^}]*)\})?([^/\[@]+)$")


class Place(NamedTuple):
    """Where a rule is broken."""

    line: int | None = None
    path: str | None = None
    found: str | None = None


def place(root: Element, location: str) -> Place:
    """Return line, path with the document's prefixes, and value of the place that `location` names.

    `location`: XPath 3.1 path() of an element or attribute: `/Q{urn:...}Invoice[1]/Q{urn:...}ID[1]`.
    """
    node: Element | None = None
    for namespace, name, number in _STEP.findall(location):
        tag = f"{{{namespace}}}{name}" if namespace else name
        if node is None:
            node = root if root.tag == tag else None
        else:
            node = next((child for n, child in enumerate(node.iterchildren(tag), 1) if n == int(number)), None)
        if node is None:
            return Place()
    if node is None:
        return Place(root.sourceline, "/") if location == "/" else Place()
    path, value = places.path_of(node), content(node)
    if attribute := _ATTRIBUTE.search(location):
        uri, name = attribute.groups()
        value = node.get(f"{{{uri}}}{name}" if uri else name)
        path = f"{path}/@{name}"
    elif len(node):
        value = None  # a group: its own text is only the blanks between its members
    return Place(node.sourceline, path, shortened(value) if value else None)
