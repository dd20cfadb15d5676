"""A document and the way its size allows to check it: as a tree, or in a stream."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from edid.documents import xml
from edid.documents.xml import Tree
from edid.validation.explain import explained
from edid.validation.packs import Pack
from edid.validation.verdict import Finding
from edid.validation.xsd import Checked, check_stream, check_tree, schema_of

LARGEST_TREE = 2 * 1000**2
"""Bytes above which a file is checked in a stream: ten times less memory, and libxml2 needs time that grows with the
square of the number of errors to say where they are in a tree."""


class Checkable(Protocol):
    """A document that any number of packs can be tried on. `check` raises as `edid.validation.xsd.schema_of` does."""

    def check(self, pack: Pack) -> Checked:
        """Return what the schema of `pack` says."""

    def explain(self, pack: Pack, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return `findings` of `pack`, clearer where that can be had."""


class SmallFile:
    """A document that fits in memory as a tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def check(self, pack: Pack) -> Checked:
        """Validate the tree."""
        return check_tree(self._tree, pack)

    def explain(self, pack: Pack, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Ask the second opinion."""
        return explained(self._tree, pack, findings)


class LargeFile:
    """A document that is validated while it is read, without ever being a whole tree."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = limit
        self.skeleton: Tree | None = None
        """What the last check left of the document: all but lines and attachments."""

    def check(self, pack: Pack) -> Checked:
        """Validate while reading. Raises RefusedInputError when the file is malformed or too large."""
        streamed = xml.stream(self._path, limit=self._limit, schema=schema_of(pack))
        self.skeleton = streamed.tree
        return check_stream(streamed.violations, truncated=streamed.truncated)

    def explain(self, _pack: Pack, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the findings as they are: the second opinion would need the tree."""
        return findings
