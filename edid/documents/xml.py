"""The one place where XML is parsed: no entity, no document type, no network, no more bytes than allowed.

Up to `LARGE` bytes a file becomes a tree (`parse`). Above, it is read in one pass that drops invoice lines
and attachments as it goes (`stream`), so that memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeAlias, cast

from lxml import etree

from edid.documents import blobs
from edid.documents.malformed import malformed, refuse_bad_names, refuse_doctype, rootless
from edid.documents.violations import CAP, Violation, located
from edid.errors import RefusedInputError

LARGE = 10 * 1000**2
"""Bytes above which a file is streamed; also where libxml2 stops without its huge-tree option."""

_CHUNK = 64 * 1024
_SIP = 4 * 1024
_PROLOG = 1024 * 1024
_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
_LINES = frozenset({f"{_CAC}InvoiceLine", f"{_CAC}CreditNoteLine", f"{_RAM}IncludedSupplyChainTradeLineItem"})
_BLOBS = frozenset({f"{_CBC}EmbeddedDocumentBinaryObject", f"{_RAM}AttachmentBinaryObject"})

Tree: TypeAlias = "etree._ElementTree"  # noqa: SLF001  (lxml has no public name for its classes)
Element: TypeAlias = "etree._Element"  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class Streamed:
    """What is left of a large file after one pass."""

    tree: Tree
    """The document without its lines (the last one stays, emptied) and without attachment contents."""
    violations: tuple[Violation, ...] = ()
    """What the schema objects to, first ones first."""
    truncated: bool = False
    """True when there are more violations than listed."""


@dataclass(frozen=True, slots=True)
class Shortened:
    """A document without the inside of long base64 contents."""

    tree: Tree
    taken: Mapping[Element, int]
    """Signs of base64 that were taken out, by the attachment content that lost them: its text, or comments in it."""


def parse(path: Path, *, limit: int) -> Tree:
    """Return the tree of the XML file at `path`, of at most `limit` bytes; processing instructions are kept.

    Raises RefusedInputError: `IRR_VIDE_F` empty, `IRR_TAILLE_F` above the limit, `IRR_SYNTAX` not well-formed
    or with a document type declaration (codes: AIFE, Specifications externes du PPF, 3.4.2 to 3.4.4).
    """
    data = b"".join(chunks(path, limit=limit))
    parser = etree.XMLParser(**hardened(huge=len(data) > LARGE))
    try:
        tree = cast("Tree", etree.fromstring(data, parser).getroottree())
    except etree.XMLSyntaxError as error:
        raise malformed(error) from error
    refuse_bad_names(parser.error_log)
    refuse_doctype(tree)
    return tree


def parse_shortened(path: Path, *, limit: int) -> Shortened | None:
    """Return the well-formed XML file at `path` without the inside of long base64 contents.

    None when what is left is more than `limit` bytes. Lines and places are those of the file. Raises RefusedInputError
    as `parse` does.
    """
    root(path)  # refuses a document type before anything can refer to its entities
    parser = etree.XMLPullParser(events=("start", "end"), tag=sorted(_BLOBS), **hardened(huge=True, streamed=True))
    taken: dict[Element, int] = {}
    content: Element | None = None
    left = 0
    try:
        for block in blobs.counted(chunks(path)):
            left += len(block.left)
            if left > limit:
                return None
            if content is not None and block.taken:  # it began before the block before this one: `content` is true
                taken[content] = taken.get(content, 0) + block.taken
            parser.feed(block.left)
            content = _open_content(parser, content)
        tree = parser.close().getroottree()
    except etree.XMLSyntaxError as error:
        raise malformed(error) from error
    refuse_bad_names(parser.feed_error_log)
    return Shortened(tree, taken)


def stream(path: Path, *, limit: int, schema: etree.XMLSchema | None = None) -> Streamed:
    """Return the skeleton of the XML file at `path`, validated against `schema` in the same pass.

    A file that breaks the schema is not refused: its violations are listed with line and path, which costs two
    more passes, the last one tag by tag. Long runs of base64 reach neither parser nor schema, see
    `edid.documents.blobs`.
    Raises RefusedInputError as `parse` does.
    """
    tag = root(path).tag
    if schema is None:
        return Streamed(_skeleton(tag, None, chunks(path, limit=limit)))
    try:
        return Streamed(_skeleton(tag, schema, chunks(path, limit=limit)))
    except etree.XMLSyntaxError as error:
        objection = error.msg or "the schema refuses the file"
    except _TooManyViolationsError:
        objection = ""
    tree = _skeleton(tag, None, chunks(path, limit=limit))  # refuses, with a true position, what is malformed
    options = hardened(huge=True, streamed=True)
    parser = etree.XMLPullParser(events=("start", "end"), schema=schema, **options)
    violations, truncated = located(parser, blobs.shortened(chunks(path, limit=limit)))
    return Streamed(tree, violations or (Violation(1, "/", objection),), truncated)


@dataclass(frozen=True, slots=True)
class Root:
    """The start of an XML document."""

    tag: str
    """Name of the root element, `{namespace}name`."""
    stylesheet: str | None
    """The href of the xml-stylesheet instruction, which is never followed."""


def root(path: Path) -> Root:
    """Return the root element's name after reading no more of `path` than needed; the rest may be broken.

    Raises RefusedInputError (`IRR_VIDE_F`, `IRR_SYNTAX`).
    """
    parser = etree.XMLPullParser(events=("start", "pi"), **hardened(huge=False, streamed=True))
    href: str | None = None
    for chunk in chain(islice(chunks(path, size=_SIP), _PROLOG // _SIP), (None,)):
        failure = _feed(parser, chunk)
        for event, node in parser.read_events():
            if event == "start":
                refuse_doctype(node.getroottree())
                return Root(str(node.tag), href)
            href = _href(node) or href
        if failure is not None:
            raise malformed(failure) from failure
    raise rootless()


def stylesheet(tree: Tree) -> str | None:
    """Return the href of the xml-stylesheet instruction before the root, or None."""
    hrefs = (_href(node) for node in tree.getroot().itersiblings(preceding=True))
    return next((href for href in hrefs if href), None)


def hardened(*, huge: bool, streamed: bool = False) -> dict[str, Any]:
    """Return the options of every parser: what is not in the file is never read, entities are never replaced.

    A streamed parser must keep lxml's own `internal`, which refuses external entities: with False and a schema,
    lxml 6.1 takes a file that stops halfway for a complete one. Internal ones need the DOCTYPE that is refused.
    """
    return {
        "resolve_entities": "internal" if streamed else False,
        "no_network": True,
        "load_dtd": False,
        "dtd_validation": False,
        "attribute_defaults": False,
        "huge_tree": huge,
    }


def chunks(path: Path, *, limit: int | None = None, size: int = _CHUNK) -> Iterator[bytes]:
    """Yield the bytes of `path` in blocks of `size`.

    Raises RefusedInputError: `IRR_VIDE_F` when there are none, `IRR_TAILLE_F` as soon as `limit` is passed.
    """
    seen = 0
    with path.open("rb", buffering=0) as source:
        while block := source.read(size):
            seen += len(block)
            if limit is not None and seen > limit:
                raise RefusedInputError(
                    f"the file is larger than the {limit} bytes allowed for one document.",
                    code="IRR_TAILLE_F",
                    remedy="Send it in smaller documents, or with fewer attachments.",
                )
            yield block
    if not seen:
        raise RefusedInputError(
            "the file is empty.", code="IRR_VIDE_F", remedy="Produce it again and drop the complete file."
        )


def _feed(parser: etree.XMLPullParser, chunk: bytes | None) -> etree.XMLSyntaxError | None:
    """Feed `chunk` (None: the end); return the error instead of raising it: what was read before it counts."""
    try:
        if chunk is None:
            parser.close()
        else:
            parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        return error
    return None


def _href(node: object) -> str | None:
    if isinstance(node, etree._ProcessingInstruction) and node.target == "xml-stylesheet":  # noqa: SLF001
        return node.get("href")
    return None


class _TooManyViolationsError(Exception):
    """The schema has more to say than is listed: reading on is of no use."""


def _skeleton(tag: str, schema: etree.XMLSchema | None, blocks: Iterator[bytes]) -> Tree:
    """Return what is left of a document whose root is `tag`: other elements than those asked for cost no event.

    Raises RefusedInputError when malformed; with a schema, etree.XMLSyntaxError for that and for any violation,
    as lxml cannot tell them apart there.
    """
    wanted = sorted({tag, *_LINES, *_BLOBS})
    options = hardened(huge=True, streamed=True)
    parser = etree.XMLPullParser(events=("start", "end"), tag=wanted, schema=schema, **options)
    tree: Tree | None = None
    try:
        for block in blobs.shortened(blocks):
            parser.feed(block)
            tree = _prune(parser) or tree
            if schema is not None and len(parser.feed_error_log) > CAP:
                raise _TooManyViolationsError
        parser.close()
    except etree.XMLSyntaxError as error:
        if schema is not None:
            raise
        raise malformed(error) from error
    refuse_bad_names(parser.feed_error_log)
    if tree is None:
        raise rootless()
    return tree


def _open_content(parser: etree.XMLPullParser, content: Element | None) -> Element | None:
    """Return the attachment content that is open after what was fed; `content` was before."""
    for event, element in parser.read_events():
        content = element if event == "start" else None
    return content


def _prune(parser: etree.XMLPullParser) -> Tree | None:
    """Drop what the events say is over; return the tree when one of them was the start of the root."""
    tree: Tree | None = None
    for event, element in parser.read_events():
        if event == "start":
            if element.getparent() is None:
                tree = element.getroottree()
                refuse_doctype(tree)
        elif element.tag in _BLOBS:
            element.text = None
        elif element.tag in _LINES:
            _drop_line(element)
    return tree


def _drop_line(line: Element) -> None:
    """Empty the line just read and remove those before it; the parser may still hold on to this one."""
    line.clear(keep_tail=True)
    parent = line.getparent()
    while parent is not None and (before := line.getprevious()) is not None and before.tag == line.tag:
        parent.remove(before)
