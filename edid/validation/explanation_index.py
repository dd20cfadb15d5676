"""Which rule is explained where: an index of the ids and patterns in `schemas/explanations/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from edid import resources
from edid.validation import pieces

_NO_RULES = "business-terms.yaml"
_RULE = re.compile(r"""- rule: *["']?([^\s"'#]+)""")
_ALSO = re.compile(r"^  also:(.*?)(?=^  \w|\Z)", re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"""^    ["']?([\w*][\w*.-]*)["']?:""", re.MULTILINE)
_ITEM = re.compile(r"[\w*][\w*.-]*")
_COMMENT = re.compile(r"(?:^|\s)#.*$", re.MULTILINE)


class Found(NamedTuple):
    """Where a rule is explained."""

    piece: str
    """The entry, as YAML."""
    name: str
    """The id or pattern of the entry that led there, as the entry writes it."""
    exact: bool
    """True when the entry names the rule itself, False for a family or a pattern."""


@dataclass(frozen=True, slots=True)
class Index:
    """Every entry by what leads to it, in capitals."""

    exact: Mapping[str, Found]
    patterns: Sequence[tuple[str, Found]]
    """The longest first."""
    shapes: Sequence[tuple[str, Found]]
    """The same of the entries that only know a shape; the last one fits every id."""

    def find(self, rule: str) -> Found:
        """Return the entry of `rule`, in whatever case that is written."""
        family = wanted = rule.upper()
        while family not in self.exact and "_" in family:
            family = family.rpartition("_")[0]
        if family in self.exact:
            return self.exact[family]._replace(exact=family == wanted)
        return next(
            found for each in (self.patterns, self.shapes) for pattern, found in each if fnmatchcase(wanted, pattern)
        )

    def shape_of(self, rule: str) -> str:
        """Return the entry that knows only the shape of `rule`."""
        return next(found.piece for pattern, found in self.shapes if fnmatchcase(rule.upper(), pattern))


@cache
def index() -> Index:
    """Return the index of this installation. An id that two entries claim belongs to the first."""
    exact: dict[str, Found] = {}
    patterns: list[tuple[str, Found]] = []
    shapes: list[tuple[str, Found]] = []
    for piece in _pieces():
        generic = "\n  known: false" in piece
        for name in names(piece):
            found = Found(piece, name, exact=False)
            if generic:
                shapes.append((name.upper(), found))
            elif "*" in name:
                patterns.append((name.upper(), found))
            else:
                exact.setdefault(name.upper(), found)
    return Index(exact, _longest_first(patterns), _longest_first(shapes))


def names(piece: str) -> tuple[str, ...]:
    """Return the ids and patterns that lead to an entry, its own first, without reading all of it as YAML."""
    rule = _RULE.match(piece)
    if rule is None:
        return (piece.partition(":")[0],)
    also = _ALSO.search(piece)
    text = "" if also is None else _COMMENT.sub("", also.group(1))
    return (rule.group(1), *(_KEY.findall(text) or _ITEM.findall(text)))


def _pieces() -> Iterator[str]:
    schemas = resources.folder("schemas")
    files = sorted(path for path in (schemas / "explanations").glob("*.yaml") if path.name != _NO_RULES)
    for path in (*files, schemas / "irr.yaml"):
        yield from pieces.cut(path.read_text("utf-8"))


def _longest_first(patterns: list[tuple[str, Found]]) -> tuple[tuple[str, Found], ...]:
    return tuple(sorted(patterns, key=lambda each: len(each[0]), reverse=True))
