"""Where a streamed document breaks its schema.

A schema that validates while the parser reads knows neither line nor path. So the file is fed tag by tag, and
what the schema says after a tag is said about that tag.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

CAP = 50
"""Most violations listed for one file."""


class Violation(NamedTuple):
    """One thing that the schema objects to."""

    line: int
    path: str
    """XPath with the prefixes of the document; `[n]` from the second of its name on."""
    message: str


def located(parser: etree.XMLPullParser, blocks: Iterator[bytes]) -> tuple[tuple[Violation, ...], bool]:
    """Return the first violations, at most `CAP`, and whether reading stopped there.

    `parser` tells of all starts and ends and holds the schema; `blocks` are the file, known to be well-formed.
    """
    found: list[Violation] = []
    trail = _Trail()
    line = 1
    for piece in _tags(blocks):
        parser.feed(piece)
        line += piece.count(b"\n")
        place = trail.follow(parser)
        fresh = list(parser.feed_error_log)[len(found) :]
        found.extend(Violation(line, place, entry.message.strip()) for entry in fresh)
        if len(found) > CAP:
            return tuple(found[:CAP]), True
    return tuple(found), False


class _Trail:
    """The elements open at this point, each with how often it occurred below its parent."""

    def __init__(self) -> None:
        self._steps: list[str] = []
        self._counts: list[Counter[str]] = [Counter()]

    def follow(self, parser: etree.XMLPullParser) -> str:
        """Take in what the parser just read; return the path of the last element it told of."""
        place = "/" + "/".join(self._steps)
        for event, element in parser.read_events():
            if event == "start":
                self._enter(element)
                place = "/" + "/".join(self._steps)
            else:
                place = "/" + "/".join(self._steps)
                self._leave(element)
        return place

    def _enter(self, element: etree._Element) -> None:
        local = str(element.tag).rpartition("}")[2]
        name = f"{element.prefix}:{local}" if element.prefix else local
        self._counts[-1][name] += 1
        count = self._counts[-1][name]
        self._steps.append(f"{name}[{count}]" if count > 1 else name)
        self._counts.append(Counter())

    def _leave(self, element: etree._Element) -> None:
        self._steps.pop()
        self._counts.pop()
        element.clear(keep_tail=True)
        parent = element.getparent()
        while parent is not None and (before := element.getprevious()) is not None:
            parent.remove(before)


def _tags(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut the blocks after each `>`."""
    for block in blocks:
        *whole, rest = block.split(b">")
        for piece in whole:
            yield piece + b">"
        if rest:
            yield rest
