"""The schema decides: lxml validates, every objection becomes a finding that a person can use."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from lxml import etree

from edid.documents.violations import CAP, Violation
from edid.documents.xml import Element, Tree
from edid.errors import PermanentError
from edid.validation import places
from edid.validation.files import schema_file
from edid.validation.packs import Pack
from edid.validation.verdict import Finding, Severity
from edid.validation.wording import Words, words

RULE = "XSD"


class Checked(NamedTuple):
    """What a schema said of one document."""

    findings: tuple[Finding, ...] = ()
    """At most `CAP`, in the order of the document."""
    truncated: bool = False


class _Ours(threading.local):
    """A schema object keeps the log of its last document, so no two threads may share one."""

    def __init__(self) -> None:
        self.schemas: dict[Pack, etree.XMLSchema] = {}


_ours = _Ours()
_building = threading.Lock()


def schema_of(pack: Pack) -> etree.XMLSchema:
    """Return the compiled schema of `pack`, this thread's own; its hashes are checked before it is built.

    Raises BrokenPackError when a file is missing or altered, PermanentError when libxml2 cannot build the schema.
    """
    if (known := _ours.schemas.get(pack)) is not None:
        return known
    with _building:  # libxml2 does not build two schemas at once safely
        path = schema_file(pack)
        try:
            schema = etree.XMLSchema(file=str(path))
        except etree.XMLSchemaParseError as error:
            raise PermanentError(f"the rule pack {pack.name} {pack.version} cannot be built: {error}.") from error
    _ours.schemas[pack] = schema
    return schema


def check_tree(tree: Tree, pack: Pack) -> Checked:
    """Validate a parsed document. Raises as `schema_of` does."""
    schema = schema_of(pack)
    if schema.validate(tree):
        return Checked()
    root = tree.getroot()
    prefixes = places.prefixes_of(root)
    entries = list(islice(schema.error_log, CAP + 1))
    return Checked(tuple(_finding(root, entry, prefixes) for entry in entries[:CAP]), len(entries) > CAP)


def check_stream(violations: Iterable[Violation], *, truncated: bool) -> Checked:
    """Return the findings of a document that was validated while it was read."""
    return Checked(tuple(_as_finding(words(each.message, {}), each.line, each.path) for each in violations), truncated)


def _finding(root: Element, entry: etree._LogEntry, prefixes: Mapping[str, str]) -> Finding:
    node = places.at(root, entry.path or "/")
    if node is None:
        return _as_finding(words(entry.message, prefixes), entry.line, entry.path)
    value = node.text if not len(node) else None
    return _as_finding(words(entry.message, prefixes, value), entry.line, places.path_of(node))


def _as_finding(told: Words, line: int, path: str | None) -> Finding:
    where = f"{path}/@{told.attribute}" if path and told.attribute else path
    return Finding(RULE, Severity.FATAL, told.message, line, where, told.found, told.expected, told.remedy)
