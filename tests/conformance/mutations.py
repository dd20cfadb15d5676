"""Seeded ways to spoil a document: what an ERP gets wrong, and what no ERP would write."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

_NUMBERS = (
    *("1,5", "1 234,56", "1E100", "1e-3", "-0.0", "0", "-1", "NaN", "INF", "+1", "1.", ".5", "0x1F", "1_000", "abc"),
    *("99999999999999999999.99", "0.0000000000000000000001", "1.005", "100.000", "١٢"),
)
_WORDS = (
    *(
        "",
        " ",
        "FR",
        "fr",
        "XX",
        "EUR",
        "380",
        "381",
        "S",
        "AE",
        "0009",
        "20261123",
        "2026-11-23",
        "2026-13-45",
        "true",
    ),
    *("maybe", "a#b", "<&>", "é€\U0001f600", "\u00a0", "123456789", "FR12345678901", "[BR-01]", "x" * 300),
)
_ATTRIBUTES = ("schemeID", "currencyID", "unitCode", "listID", "format", "mimeCode", "filename", "languageID")

Mutation = Callable[[etree._Element, random.Random], None]


def mutated(content: bytes, seed: int) -> bytes:
    """Return the XML document `content` with one to four changes; the same seed, the same changes. Its root stays."""
    rng = random.Random(seed)
    root = etree.fromstring(content, etree.XMLParser(huge_tree=True))
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        if nodes := list(root.iterdescendants("*")):
            rng.choice(_MUTATIONS)(rng.choice(nodes), rng)
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)


def _drop(node: etree._Element, rng: random.Random) -> None:
    node.getparent().remove(node)


def _blank(node: etree._Element, rng: random.Random) -> None:
    if not len(node):
        node.text = rng.choice(("", " ", "\n\t"))


def _swap(node: etree._Element, rng: random.Random) -> None:
    siblings = list(node.getparent())
    node.getparent().insert(siblings.index(rng.choice(siblings)), node)


def _duplicate(node: etree._Element, rng: random.Random) -> None:
    node.addnext(deepcopy(node))


def _number(node: etree._Element, rng: random.Random) -> None:
    """Spoil an amount, a quantity or a rate."""
    root = node.getroottree().getroot()
    leaves = [each for each in root.iter("*") if not len(each) and (each.text or "").replace(".", "", 1).isdigit()]
    if leaves:
        rng.choice(leaves).text = rng.choice(_NUMBERS)


def _word(node: etree._Element, rng: random.Random) -> None:
    if not len(node):
        node.text = rng.choice(_WORDS)


def _attribute(node: etree._Element, rng: random.Random) -> None:
    name = rng.choice([*_ATTRIBUTES, *node.attrib])
    if rng.random() < 0.5:
        node.attrib.pop(name, None)
    else:
        node.set(name, rng.choice(_WORDS))


def _rename(node: etree._Element, rng: random.Random) -> None:
    node.tag = rng.choice([each.tag for each in node.getroottree().iter("*")])


def _remark(node: etree._Element, rng: random.Random) -> None:
    """Put a comment or an instruction into the middle of a value, or between elements."""
    aside = rng.choice((etree.Comment("remark"), etree.PI("note", "x")))
    text = node.text or ""
    middle = len(text) // 2
    node.insert(0, aside)
    node.text, aside.tail = text[:middle], text[middle:]


def _pad(node: etree._Element, rng: random.Random) -> None:
    if not len(node):
        node.text = rng.choice((" ", "\n", "\t ", "\u00a0")) + (node.text or "") + rng.choice(("", " ", "\r\n"))


_MUTATIONS: tuple[Mutation, ...] = (
    *(_drop, _drop, _blank, _swap, _duplicate, _duplicate, _number, _number, _number),
    *(_word, _attribute, _rename, _remark, _pad),
)
