"""Names and places of a document as its author wrote them: prefixes, never `{namespace}name`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from edid.documents.xml import Element

_CLARK = re.compile(r"\{([^{}]*)\}([\w.-]+|\*)")
_STEP = re.compile(r"(?:(?P<prefix>[\w.-]+):)?(?P<name>[\w.-]+|\*)(?:\[(?P<number>\d+)\])?")

USUAL_PREFIXES = {
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext",
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "rsm",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100": "ram",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100": "udt",
    "urn:un:unece:uncefact:data:standard:QualifiedDataType:100": "qdt",
    "http://www.w3.org/2001/XMLSchema": "xs",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
}
"""What everybody calls these namespaces, for names that the document itself does not hold."""


def prefixes_of(root: Element) -> dict[str, str]:
    """Return namespace -> prefix as the document's root declares them; the default namespace has prefix ''."""
    return {uri: prefix or "" for prefix, uri in root.nsmap.items()}


def readable(text: str, prefixes: Mapping[str, str]) -> str:
    """Return `text` with every `{namespace}name` in it written with its prefix."""

    def _name(match: re.Match[str]) -> str:
        prefix = prefixes.get(match[1], USUAL_PREFIXES.get(match[1], ""))
        return f"{prefix}:{match[2]}" if prefix else match[2]

    return _CLARK.sub(_name, text)


def name_of(node: Element) -> str:
    """Return the element's name with its prefix: `cbc:ID`."""
    local = etree.QName(node).localname
    return f"{node.prefix}:{local}" if node.prefix else local


def path_of(node: Element) -> str:
    """Return the XPath of an element with the document's prefixes; `[n]` where siblings have the same name."""
    steps: list[str] = []
    current: Element | None = node
    while current is not None:
        steps.append(_step(current))
        current = current.getparent()
    return "/" + "/".join(reversed(steps))


def at(root: Element, path: str) -> Element | None:
    """Return the element that a path of libxml2 (`/*/cac:InvoiceLine[4]/*[2]`) leads to, or None."""
    first, *steps = path.lstrip("/").split("/")
    node: Element | None = root if _fits(root, first) else None
    for step in steps:
        if node is None:
            return None
        node = _child(node, step)
    return node


def _step(node: Element) -> str:
    name = name_of(node)
    parent = node.getparent()
    if parent is None:
        return name
    same = [each for each in parent.iterchildren("*") if each.tag == node.tag]
    return name if len(same) == 1 else f"{name}[{same.index(node) + 1}]"


def _child(node: Element, step: str) -> Element | None:
    match = _STEP.fullmatch(step)
    if match is None:
        return None
    fitting = [child for child in node.iterchildren("*") if _fits(child, step)]
    number = int(match["number"] or 1)
    return fitting[number - 1] if number <= len(fitting) else None


def _fits(node: Element, step: str) -> bool:
    match = _STEP.fullmatch(step)
    if match is None:
        return False
    # libxml2 writes `*` for every element of a default namespace, and counts all elements then.
    return match["name"] == "*" or (node.prefix, etree.QName(node).localname) == (match["prefix"], match["name"])
