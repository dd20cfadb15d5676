"""Names and places of a document as its author wrote them: prefixes, never `{namespace}name`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from edid.documents.xml import Element

_CLARK = re.compile(r"\{([^{}]*)\}([\w.-]+|\*)")
_STEP = re.compile(r"(?P<name>[\w.:-]+|\*)(?:\[(?P<number>\d+)\])?")

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
    steps = node.getroottree().getpath(node).split("/")[1:]
    line = [*reversed(list(node.iterancestors())), node]
    return "/" + "/".join(_named(element, step) for element, step in zip(line, steps, strict=True))


def at(root: Element, path: str) -> Element | None:
    """Return the element that a path of libxml2 (`/*/cac:InvoiceLine[4]/*[2]`) leads to, or None.

    Names are compared as written, so that no namespace has to be known; libxml2 searches, because a hostile document
    may have millions of siblings.
    """
    steps = [_STEP.fullmatch(step) for step in path.split("/")[1:]]
    if not steps or None in steps:
        return None
    found = root.getroottree().xpath("/" + "/".join(_as_xpath(step) for step in steps if step))
    return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else None  # noqa: SLF001


def _as_xpath(step: re.Match[str]) -> str:
    number = step["number"] or "1"
    return f"*[{number}]" if step["name"] == "*" else f"*[name()='{step['name']}'][{number}]"


def _named(element: Element, step: str) -> str:
    """Return `step` of libxml2, which writes `*[n]` for the nth element when there is a default namespace."""
    if not step.startswith("*"):
        return step
    name = name_of(element)
    number = _count(element, "preceding-sibling", name) + 1
    return f"{name}[{number}]" if number > 1 or _count(element, "following-sibling", name) else name


def _count(element: Element, axis: str, name: str) -> int:
    return int(float(str(element.xpath(f"count({axis}::*[name()=$name])", name=name))))
