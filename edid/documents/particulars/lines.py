"""What rules ask of the lines of an invoice: how many there are, and the few data that are too long.

libxml2 searches, as an invoice may have hundreds of thousands of lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from lxml import etree

from edid.documents.particulars.condition import Condition
from edid.documents.particulars.model import Datum
from edid.documents.particulars.spot import Spot, found
from edid.documents.xml import Element

LONGEST_NUMBER = 20
LONGEST_DESCRIPTION = 1024
FIRST = 20
"""Most data of one sort that are returned."""


class Lines(NamedTuple):
    """As the fields of `Particulars`; `total` is how many there are."""

    total: int | None = None
    preceding_too_long: tuple[Datum, ...] = ()
    descriptions_too_long: tuple[Datum, ...] = ()


class Search:
    """Finds the data of lines. `line` is the XPath of a line from the root, the others go on from there."""

    def __init__(self, names: Mapping[str, str], *, line: str, preceding: str, description: str) -> None:
        self._names = names
        self._count = etree.XPath(f"count({line})", namespaces=dict(names))
        self._preceding = self._longer(f"{line}/{preceding}", LONGEST_NUMBER)
        self._descriptions = self._longer(f"{line}/{description}", LONGEST_DESCRIPTION)

    def lines(self, root: Element, condition: Condition) -> Lines:
        """Return what there is to say of the lines below `root`."""
        if condition.skeleton:
            condition.miss("the lines")
            return Lines()
        try:
            count = int(float(str(self._count(root))))
            numbers = self._data(self._preceding, root, LONGEST_NUMBER)
            return Lines(count, numbers, self._data(self._descriptions, root, LONGEST_DESCRIPTION))
        except etree.XPathError:  # libxml2 sets itself a limit of ten million nodes
            condition.miss("the lines")
            return Lines()

    def _longer(self, route: str, limit: int) -> etree.XPath:
        return etree.XPath(f"{route}[string-length() > {limit}]", namespaces=dict(self._names))

    def _data(self, search: etree.XPath, root: Element, limit: int) -> tuple[Datum, ...]:
        nodes = search(root)
        data = (_datum(node, limit, self._names) for node in nodes) if isinstance(nodes, list) else ()
        return tuple(islice((each for each in data if each), FIRST))


def _datum(node: object, limit: int, names: Mapping[str, str]) -> Datum | None:
    """Return the datum of a node that is too long with the blanks around it, if it is without them."""
    if not isinstance(node, etree._Element):  # noqa: SLF001
        return None
    bare = Spot(node, "", names).datum()
    return found(node, names).datum() if bare and len(bare.value) > limit else None
