"""Ways to spoil a document that hypothesis chooses, so that it finds the smallest change that does harm."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import NamedTuple

from hypothesis import strategies as st
from lxml import etree

XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Change(NamedTuple):
    """One change of one element."""

    kind: str
    where: int
    """Which element, counted in the order of the document, and round again beyond its end."""
    value: str
    other: int


_NUMBERS = (
    *("0", "-0.00", "1,5", "1 234,56", "1E100", "1e-3", "-1", "+1", ".5", "1.", "NaN", "INF", "-INF", "0x1F", "1_000"),
    *("9" * 40 + ".99", "0." + "0" * 40 + "1", "1.005", "100.000", "\u0661\u0662", "\uff11", "1.1.1", "--1"),
)
_DATES = ("20261123", "2026-11-23", "2026-13-45", "20260230", "0000-00-00", "-20261123", "99999999", "2026")
_WORDS = (
    *("", " ", "\n\t", "\u00a0", "FR", "fr", "XX", "EUR", "380", "381", "384", "S", "AE", "Z", "0009", "0225", "102"),
    *("true", "maybe", "a#b", "#", "##AAB##", "<&>", "]]>", "{x}", "$1", "\\", "'", '"', "%s", "../..", "[BR-01]"),
    *("123456782", "12345678200002", "FR12345678901", "x" * 300, "\u202e", "\U0001f600"),
    *("urn:cen.eu:en16931:2017", "urn:factur-x.eu:1p0:minimum", "urn:nothing", "S1", "B1", "M4", "A25"),
    *("urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr", "urn.cpro.gouv.fr:1p0:CDV:invoice"),
)
_ATTRIBUTES = ("schemeID", "currencyID", "unitCode", "listID", "format", "mimeCode", "filename", "name", "Version")
_SIGNS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
_VALUES = st.sampled_from((*_NUMBERS, *_DATES, *_WORDS)) | st.text(_SIGNS, max_size=12)


def _drop(node: etree._Element, change: Change) -> None:
    node.getparent().remove(node)


def _duplicate(node: etree._Element, change: Change) -> None:
    for _ in range(change.other % 3 + 1):
        node.addnext(deepcopy(node))


def _move(node: etree._Element, change: Change) -> None:
    parent = node.getparent()
    parent.insert(change.other % len(parent), node)


def _write(node: etree._Element, change: Change) -> None:
    """Change a value; in a group, the text between its members."""
    node.text = change.value


def _write_leaf(node: etree._Element, change: Change) -> None:
    """Change a value: the next that there is in the order of the document."""
    leaf = next((each for each in (node, *node.iterdescendants("*")) if not len(each)), node)
    leaf.text = change.value


def _pad(node: etree._Element, change: Change) -> None:
    node.text = f"{change.value}{node.text or ''}{change.value}"


def _tail(node: etree._Element, change: Change) -> None:
    node.tail = change.value


def _set_attribute(node: etree._Element, change: Change) -> None:
    names = (*_ATTRIBUTES, *(str(name) for name in node.attrib), f"{{{XSI}}}type", f"{{{XSI}}}nil")
    node.set(names[change.other % len(names)], change.value)


def _drop_attributes(node: etree._Element, change: Change) -> None:
    node.attrib.clear()


def _rename(node: etree._Element, change: Change) -> None:
    names = sorted({str(each.tag) for each in node.getroottree().iter("*")})
    node.tag = names[change.other % len(names)]


def _other_namespace(node: etree._Element, change: Change) -> None:
    node.tag = ("{urn:other}", "")[change.other % 2] + etree.QName(node).localname


def _aside(node: etree._Element, change: Change) -> None:
    """Put a comment or an instruction into the middle of a value, or between elements."""
    words = change.value.replace("-", "").replace("?>", "")
    aside = etree.Comment(words) if change.other % 2 else etree.PI("note", words)
    text = node.text or ""
    node.insert(0, aside)
    node.text, aside.tail = text[: len(text) // 2], text[len(text) // 2 :]


def _wrap(node: etree._Element, change: Change) -> None:
    """Put an element into copies of itself, deep."""
    inner = deepcopy(node)
    for _ in range(change.other % 120):
        outer = etree.Element(node.tag)
        outer.append(inner)
        inner = outer
    node.getparent().replace(node, inner)


def _nest(node: etree._Element, change: Change) -> None:
    """Put a copy of the whole document into an element."""
    node.append(deepcopy(node.getroottree().getroot()))


def _empty(node: etree._Element, change: Change) -> None:
    node.clear(keep_tail=True)


_CHANGES: dict[str, Callable[[etree._Element, Change], None]] = {
    function.__name__.strip("_"): function
    for function in (
        *(_drop, _duplicate, _move, _write, _write_leaf, _pad, _tail, _set_attribute, _drop_attributes, _rename),
        *(_other_namespace, _aside, _wrap, _nest, _empty),
    )
}
_KINDS = st.sampled_from((*_CHANGES, *("write_leaf", "write_leaf", "drop", "duplicate", "set_attribute")))
CHANGES = st.lists(
    st.builds(Change, _KINDS, st.integers(0, 5_000), _VALUES, st.integers(0, 200)), min_size=1, max_size=4
)
DAMAGE = st.lists(
    st.tuples(
        st.integers(0, 200_000),
        st.integers(0, 60),
        st.sampled_from(
            (
                *(b"<", b">", b"&", b"/", b'"', b"\x00", b"\xff", b"]]>", b"<?p?>", b"<!--", b"-->", b"&#0;", b"&#38;"),
                *(b"<!DOCTYPE a>", b"<![CDATA[", b"&lt;", b"xmlns=''", b"xmlns:cbc='urn:x'", b"\xed\xa0\x80", b"\xc2"),
                *(b"\xef\xbb\xbf", b"UTF-16", b"ISO-8859-1", b"<a>", b"\r", b"\x1b[2J", b"\xe2\x80\xae", b""),
            )
        )
        | st.binary(max_size=8),
    ),
    min_size=1,
    max_size=3,
)
"""Places in the bytes, round again beyond their end; how many bytes go; what comes in."""


def changed(content: bytes, changes: list[Change]) -> bytes:
    """Return the XML document `content` with its elements changed; the root stays what it is."""
    root = etree.fromstring(content, etree.XMLParser(huge_tree=True, resolve_entities=False))
    for change in changes:
        nodes = list(root.iterdescendants("*"))
        if nodes:
            _CHANGES[change.kind](nodes[change.where % len(nodes)], change)
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)


def damaged(content: bytes, damage: list[tuple[int, int, bytes]]) -> bytes:
    """Return `content` with bytes taken out and put in."""
    for where, length, piece in damage:
        start = where % (len(content) + 1)
        content = content[:start] + piece + content[start + length :]
    return content
