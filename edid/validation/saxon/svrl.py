"""Reads what a stylesheet answered: SVRL (ISO/IEC 19757-3, annex D), both failed asserts and successful reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from edid.documents.xml import Element, hardened
from edid.validation.verdict import Severity

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
ID_IN_TEXT = re.compile(r"\s*\[([A-Za-z][\w.-]{2,60})\]")
"""How a message without id begins when it names its rule."""
_FLAGS = {
    "fatal": Severity.FATAL,
    "error": Severity.FATAL,
    "warning": Severity.WARNING,
    "warn": Severity.WARNING,
    "info": Severity.INFORMATION,
    "information": Severity.INFORMATION,
}
UNNAMED_REPORT = "NOT-USED"
"""Rule id of a report without id: the Factur-X stylesheets have some, all about what a profile makes no use of."""
LISTED = 20
"""Most findings of one rule that are listed: every rule that is broken is."""
_LONGEST_MESSAGE = 1500


class Spoken(NamedTuple):
    """One objection of a stylesheet."""

    rule: str
    flag: Severity | None
    message: str
    location: str


class Answer(NamedTuple):
    """Everything that a stylesheet said."""

    spoken: tuple[Spoken, ...]
    """At most `LISTED` of each rule, in order."""
    total: int
    """How often rules spoke, with what is not listed."""
    fired: int
    """How many rules met something in the document; none: the stylesheet has judged nothing."""


def read(text: str) -> Answer:
    """Return the answer in an SVRL document. Raises ValueError when it is none."""
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(**hardened(huge=True)))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the answer is no SVRL: {error}") from error
    if root.tag != f"{_SVRL}schematron-output":
        raise ValueError(f"the answer is no SVRL but {root.tag}")
    counts: Counter[tuple[str, Severity | None]] = Counter()
    spoken = []
    for each in _spoken(root):
        counts[each.rule, each.flag] += 1
        if counts[each.rule, each.flag] <= LISTED:
            spoken.append(each)
    fired = sum(1 for _ in root.iterchildren(f"{_SVRL}fired-rule"))
    return Answer(tuple(spoken), counts.total(), fired)


def _spoken(root: Element) -> Iterator[Spoken]:
    for node in root.iterchildren(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        message = " ".join("".join(node.itertext()).split())[:_LONGEST_MESSAGE]
        yield Spoken(_rule(node, message), _flag(node), message, node.get("location") or "")


def _rule(node: Element, message: str) -> str:
    if given := node.get("id"):
        return given
    if match := ID_IN_TEXT.match(message):
        return match[1]
    return UNNAMED_REPORT


def _flag(node: Element) -> Severity | None:
    return _FLAGS.get((node.get("flag") or node.get("role") or "").strip().lower())
