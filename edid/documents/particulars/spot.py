"""An element and the way to it: paths grow on the way down, so that reading never counts siblings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from edid.documents.particulars.model import Datum
from edid.documents.values import content, text
from edid.documents.xml import Element

_BEFORE = etree.XPath("count(preceding-sibling::*[name() = $name])")
_AFTER = etree.XPath("boolean(following-sibling::*[name() = $name])")


class Spot(NamedTuple):
    """An element, its XPath with the prefixes of the document, and the prefixes that routes are written with."""

    element: Element
    path: str
    names: Mapping[str, str]

    def every(self, route: str) -> Iterator[Spot]:
        """Yield the elements below that `route` (`cac:Party/cbc:ID`) leads to, in the order of the document."""
        step, _, rest = route.partition("/")
        for child in self._children(step):
            if rest:
                yield from child.every(rest)
            else:
                yield child

    def first(self, route: str) -> Spot | None:
        """Return the first element that `route` leads to."""
        return next(self.every(route), None)

    def value(self, route: str, *attributes: str) -> Datum | None:
        """Return the datum of the first element that `route` leads to; None when it is absent or blank."""
        spot = self.first(route)
        return None if spot is None else spot.datum(*attributes)

    def values(self, route: str, *attributes: str) -> Iterator[Datum]:
        """Yield the data of all elements that `route` leads to, blank ones left out."""
        for spot in self.every(route):
            if (datum := spot.datum(*attributes)) is not None:
                yield datum

    def datum(self, *attributes: str) -> Datum | None:
        """Return the text of this element, qualified by the first of `attributes` it has; None when blank."""
        value = content(self.element)
        if value is None:
            return None
        schemes = (text(self.element.get(each)) for each in attributes)
        return Datum(value, self.element.sourceline, self.path, next((each for each in schemes if each), None))

    def attribute(self, name: str) -> Datum | None:
        """Return the attribute called `name`; None when absent or blank."""
        value = text(self.element.get(name))
        return None if value is None else Datum(value, self.element.sourceline, f"{self.path}/@{name}")

    def itself(self) -> Datum:
        """Return the place of this element, without a value."""
        return Datum("", self.element.sourceline, self.path)

    def _children(self, step: str) -> Iterator[Spot]:
        """Yield the children called `step`; `[n]` in their paths where there are several."""
        prefix, _, local = step.rpartition(":")
        tag = f"{{{self.names[prefix]}}}{local}" if prefix else local
        number, held = 0, None
        for child in self.element.iterchildren(tag):
            if held is not None:
                yield self._child(held, f"[{number}]")
            number, held = number + 1, child
        if held is not None:
            yield self._child(held, f"[{number}]" if number > 1 else "")

    def _child(self, child: Element, number: str) -> Spot:
        return Spot(child, f"{self.path}/{_name(child)}{number}", self.names)


def top(root: Element, names: Mapping[str, str]) -> Spot:
    """Return the spot of a document's root."""
    return Spot(root, f"/{_name(root)}", names)


def found(element: Element, names: Mapping[str, str]) -> Spot:
    """Return the spot of an element found by other means; siblings are counted, so only for a few of them."""
    line = [*reversed(list(element.iterancestors())), element]
    return Spot(element, "".join(f"/{_numbered(each)}" for each in line), names)


def _name(element: Element) -> str:
    local = str(element.tag).rpartition("}")[2]  # `etree.QName` raises for names that libxml2 lets pass
    return f"{element.prefix}:{local}" if element.prefix else local


def _numbered(element: Element) -> str:
    name = _name(element)
    before = int(float(str(_BEFORE(element, name=name))))
    return f"{name}[{before + 1}]" if before or _AFTER(element, name=name) else name
