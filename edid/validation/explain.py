"""A second opinion on a document that the schema refused: xmlschema knows what was missing, misplaced or unknown.

lxml alone decides. Each of its findings keeps its line and place; where xmlschema objects to the same place, its
knowledge of the content model makes the finding clearer. xmlschema is slow and large, so it is imported at the first
refused document, and asked about those that are small enough to be a tree.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, cast

from lxml import etree

from edid.documents.violations import CAP
from edid.documents.xml import Element, Tree
from edid.validation import places
from edid.validation.children import explain_child
from edid.validation.files import schema_file
from edid.validation.packs import Pack
from edid.validation.verdict import Finding
from edid.validation.wording import type_in_words

if TYPE_CHECKING:
    from elementpath.protocols import ElementProtocol
    from xmlschema import XMLSchema
    from xmlschema.validators import XMLSchemaValidationError

_MOST_ELEMENTS = 25_000
_MOST_CHILDREN = 2_000
_MOST_ATTRIBUTES = 10
"""xmlschema takes time that grows with the square of these when they are all wrong: minutes, in a hostile file."""

_building = threading.Lock()


def explained(tree: Tree, pack: Pack, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return `findings` of lxml about `tree`, the same number in the same order, made clearer where possible."""
    if not _bearable(tree):
        return findings
    with _building:
        schema = _schema_of(pack)
    objections = _by_place(tree, schema)
    prefixes = places.prefixes_of(tree.getroot())
    return tuple(_clearer(finding, objections, prefixes) for finding in findings)


def _bearable(tree: Tree) -> bool:
    for number, node in enumerate(tree.iter("*")):
        if number >= _MOST_ELEMENTS or len(node.attrib) > _MOST_ATTRIBUTES or len(node) > _MOST_CHILDREN:
            return False
    return True


@cache
def _schema_of(pack: Pack) -> XMLSchema:
    import xmlschema

    # libxml2 has compiled these very files, so their check against the schema of schemas is skipped: 0.5 s, not 3 s.
    return xmlschema.XMLSchema(str(schema_file(pack)), validation="skip", allow="local", defuse="always")


def _by_place(tree: Tree, schema: XMLSchema) -> dict[str, list[XMLSchemaValidationError]]:
    """Return what xmlschema objects to, by the path of the element that it is about."""
    from xmlschema import XMLSchemaException

    found: dict[str, list[XMLSchemaValidationError]] = defaultdict(list)
    root = cast("ElementProtocol", tree.getroot())
    try:
        for error in islice(schema.iter_errors(root, use_location_hints=False), CAP):
            node = _culprit(error)
            if node is not None:
                found[places.path_of(node)].append(error)
    except (XMLSchemaException, ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        # A hostile document may confuse it (an xsi:type that names nothing): what it said before that still helps.
        return found
    return found


def _culprit(error: XMLSchemaValidationError) -> Element | None:
    # Of a child that cannot stand there lxml names the child, xmlschema the parent.
    child = getattr(error, "invalid_child", None)
    node = child if child is not None else error.elem
    return node if isinstance(node, etree._Element) else None  # noqa: SLF001


def _clearer(
    finding: Finding, objections: dict[str, list[XMLSchemaValidationError]], prefixes: dict[str, str]
) -> Finding:
    from xmlschema.validators import XMLSchemaChildrenValidationError

    path, _, attribute = (finding.path or "").partition("/@")
    waiting = objections.get(path)
    if not waiting or attribute:
        return finding
    error = waiting.pop(0)
    if isinstance(error, XMLSchemaChildrenValidationError):
        told = explain_child(error, prefixes)
        return replace(finding, message=told.message, found=told.found, expected=told.expected, remedy=told.remedy)
    return _with_type(finding, error)


def _with_type(finding: Finding, error: XMLSchemaValidationError) -> Finding:
    """libxml2 does not name the type of a value inside an element with attributes; xmlschema does."""
    if finding.found is None or finding.expected != type_in_words(None):
        return finding
    name = getattr(getattr(error.validator, "primitive_type", None), "prefixed_name", None)
    if name is None:
        return finding
    expected = type_in_words(name)
    message = finding.message.replace(str(finding.expected), expected)
    return replace(finding, message=message, expected=expected, remedy=f"Write {expected}.")
