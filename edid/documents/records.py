"""The repeated parts of an XML file, one small tree at a time; the file itself is never a tree.

Messages of the platform hold thousands of records, or one record whose text nodes are tens of megabytes long: such
texts are handed over piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, cast

from lxml import etree

from edid.documents import xml
from edid.documents.malformed import badly_named, doctype_refused, malformed, refuse_bad_names
from edid.errors import RefusedInputError

_HEAVIEST = 10 * 1000**2
"""Characters that one record may hold, an element counting for `_ELEMENT`."""
_ELEMENT = 100
_MOST = 50_000
"""Records in one file: far above the 500 invoices of a flow, far below what fills the memory."""


class Diverted(Protocol):
    """Where the text of one element goes instead of into the tree."""

    def write(self, piece: str) -> None:
        """Take the next piece of the text."""

    def close(self) -> str:
        """Say that the text is over; return what the tree shall hold in its place."""


def records(
    path: Path,
    *,
    limit: int,
    tags: frozenset[str],
    skip: frozenset[str] = frozenset(),
    divert: Mapping[str, Callable[[], Diverted]] | None = None,
) -> Iterator[etree._Element]:
    """Yield the root element, empty but with its attributes, then each element of `tags` in document order.

    Elements of `skip` are left out of what is yielded; the text of those in `divert` goes where its value says.
    Raises RefusedInputError: `IRR_VIDE_F`, `IRR_TAILLE_F` above `limit` bytes or for too many or too heavy records,
    `IRR_SYNTAX` malformed or with a document type.
    """
    collector = _Collector(tags, skip, divert or {})
    parser = etree.XMLParser(target=cast("Any", collector), **xml.hardened(huge=True, streamed=True))
    try:
        for block in xml.chunks(path, limit=limit):
            parser.feed(block)
            yield from collector.take()
        parser.close()
    except etree.XMLSyntaxError as error:
        raise malformed(error) from error
    refuse_bad_names(parser.feed_error_log)
    yield from collector.take()


class _Collector:
    """What lxml tells of the file, made into small trees."""

    def __init__(
        self, tags: frozenset[str], skip: frozenset[str], divert: Mapping[str, Callable[[], Diverted]]
    ) -> None:
        self._tags = tags
        self._skip = skip
        self._divert = divert
        self._ready: list[etree._Element] = []
        self._count = 0
        self._builder: etree.TreeBuilder | None = None
        self._depth = 0  # inside the record
        self._skipped = 0  # inside an element left out
        self._diverted: Diverted | None = None
        self._weight = 0

    def take(self) -> list[etree._Element]:
        """Return the records completed since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def doctype(self, *_declared: str | None) -> None:
        raise doctype_refused()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        try:
            self._start(tag, attributes)
        except ValueError as error:  # a name such as `:Id` passes libxml2, and no tree can hold it
            raise badly_named(tag) from error

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._count == 0:
            self._count = 1
            self._ready.append(etree.Element(tag, dict(attributes)))
        elif self._builder is None:
            if tag in self._tags:
                self._open(tag, attributes)
        elif self._skipped or tag in self._skip:
            self._skipped += 1
        elif self._diverted is not None:
            self._diverted.write("<")  # so that a text with an element inside is not taken for a whole one
            self._skipped += 1
        else:
            self._enter(tag, attributes)

    def data(self, piece: str) -> None:
        if self._builder is None or self._skipped:
            return
        if self._diverted is not None:
            self._diverted.write(piece)
            return
        self._weigh(len(piece))
        self._builder.data(piece)

    def end(self, tag: str) -> None:
        if self._builder is None:
            return
        if self._skipped:
            self._skipped -= 1
            return
        if self._diverted is not None:
            self._builder.data(self._diverted.close())
            self._diverted = None
        self._builder.end(tag)
        self._depth -= 1
        if self._depth == 0:
            self._ready.append(self._builder.close())
            self._builder = None

    def close(self) -> None:
        """Do nothing: `take` gives the result."""

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > _MOST:
            raise _too_heavy(f"more than {_MOST} records")
        self._builder = etree.TreeBuilder()
        self._weight = 0
        self._enter(tag, attributes)

    def _enter(self, tag: str, attributes: Mapping[str, str]) -> None:
        assert self._builder is not None
        self._weigh(_ELEMENT + (sum(map(len, chain(*attributes.items()))) if attributes else 0))
        self._builder.start(tag, dict(attributes) if attributes else {})
        self._depth += 1
        if tag in self._divert:
            self._diverted = self._divert[tag]()

    def _weigh(self, more: int) -> None:
        self._weight += more
        if self._weight > _HEAVIEST:
            raise _too_heavy("a record of more than 10 MB beside its attachments")


def _too_heavy(what: str) -> RefusedInputError:
    return RefusedInputError(
        f"the file holds {what}.",
        code="IRR_TAILLE_F",
        remedy="Ask the sender for smaller flows; the file is kept as it came.",
    )
