"""Whether edid says what the official stylesheet says: same rules, same words, same order, same places.

edid changes a stylesheet in memory before it is compiled (`edid.validation.saxon.prepare`); nothing of that may show.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from edid.documents.identify import identify
from edid.documents.kinds import Kind
from edid.validation import catalogue
from edid.validation.packs import Pack
from edid.validation.saxon import svrl
from edid.validation.saxon.locations import place
from tests.conformance.answers import Objection, Question, Reply, ask

_RAW_STEP = re.compile(r"/\*:([^\[/]+)\[namespace-uri\(\)='([^']*)'\]\[(\d+)\]|/([^\[/@:]+)\[(\d+)\]")
_RAW_ATTRIBUTE = re.compile(r"/@(?:\*\[local-name\(\)='([^']+)'[^\]]*\]|([\w.-]+))$")
_LINE_OF_RULES = re.compile(r" on line \d+$")
_OUR_STEP = re.compile(r"/([^/\[@]+)(?:\[(\d+)\])?")

Tree = etree._ElementTree  # lxml has no public name for it


class Comparison(NamedTuple):
    """What comparing found."""

    pairs: int = 0
    """Documents times packs."""
    objections: int = 0
    rules: frozenset[str] = frozenset()
    """Rules that were seen broken."""
    broke_off: int = 0
    """Pairs for which both ways ended with an error."""
    differences: tuple[str, ...] = ()

    def plus(self, other: Comparison) -> Comparison:
        """Return both as one."""
        return Comparison(*(_sum(mine, theirs) for mine, theirs in zip(self, other, strict=True)))


def stylesheets(kind: Kind) -> tuple[Pack, ...]:
    """Return a pack for each official stylesheet that is about `kind`; several packs may share one."""
    packs = {each.stylesheet.sha256: each for each in catalogue.shipped().for_kind(kind) if each.stylesheet}
    return tuple(packs.values())


def compared(documents: Sequence[Path], folder: Path, beside: Sequence[Pack] = ()) -> dict[str, Comparison]:
    """Ask every stylesheet, and those of `beside`, about every document in both ways; return what came of it, by pack.

    `folder` takes the answers.
    """
    kinds = [identify(path) for path in documents]
    packs = {kind: (*stylesheets(kind), *(pack for pack in beside if kind in pack.kinds)) for kind in set(kinds)}
    questions = [Question(path, packs[kind]) for path, kind in zip(documents, kinds, strict=True)]
    answers = ask(("raw", "edid"), questions, folder)
    found: dict[str, Comparison] = {}
    for question, raw, ours in zip(questions, answers["raw"], answers["edid"], strict=True):
        tree = etree.parse(question.document, etree.XMLParser(huge_tree=True))
        for pack, theirs, mine in zip(question.packs, raw, ours, strict=True):
            where = f"{question.document.name}, {pack.name}"
            one = Comparison(
                pairs=1,
                objections=len(theirs.objections),
                rules=frozenset(each.rule for each in theirs.objections if each.rule),
                broke_off=bool(theirs.broke_off and mine.broke_off),
                differences=tuple(f"{where}: {each}" for each in _differences(tree, theirs, mine)),
            )
            found[pack.name] = found.get(pack.name, Comparison()).plus(one)
    return found


def differences(found: dict[str, Comparison]) -> list[str]:
    """Return all differences."""
    return [difference for each in found.values() for difference in each.differences]


def _differences(tree: Tree, raw: Reply, ours: Reply) -> Iterator[str]:
    if raw.broke_off or ours.broke_off:
        if _cause(raw) != _cause(ours):
            yield f"ended with {raw.broke_off!r} and {ours.broke_off!r}"
        return
    if _words(raw) != _words(ours):
        odd = [*(Counter(_words(raw)) - Counter(_words(ours))), *(Counter(_words(ours)) - Counter(_words(raw)))]
        yield f"{len(raw.objections)} and {len(ours.objections)} objections; first ones that differ: {odd[:3]}"
        return
    if raw.fired != ours.fired:
        yield f"{raw.fired} and {ours.fired} rules met something"
    yield from _misread(raw, ours.read)
    locations = {(theirs.location, mine.location) for theirs, mine in zip(raw.objections, ours.objections, strict=True)}
    yield from filter(None, (_misplaced(tree, theirs or "", mine or "") for theirs, mine in sorted(locations)))


def _cause(reply: Reply) -> str:
    """Why it ended; some causes name a line of the stylesheet, and that of edid is another text."""
    return _LINE_OF_RULES.sub("", reply.broke_off or "")


def _words(reply: Reply) -> list[tuple[str | None, str | None, str]]:
    return [(each.rule, each.flag, each.message) for each in reply.objections]


def _misread(raw: Reply, answer: svrl.Answer | None) -> Iterator[str]:
    """Compare with what edid reads from the answer: all of it counted, the first of each rule listed."""
    assert answer is not None
    if (answer.total, answer.fired) != (len(raw.objections), raw.fired):
        yield f"edid counts {answer.total} of {len(raw.objections)} objections"
    listed: Counter[str | None] = Counter()
    wanted = []
    for each in raw.objections:
        listed[each.rule] += 1
        if listed[each.rule] <= svrl.LISTED or each.rule is None:
            wanted.append(each)
    given = [spoken for spoken in answer.spoken if spoken.rule != svrl.UNNAMED_REPORT]
    if any(each.rule is None for each in wanted):  # the names that edid gives to these are its own
        wanted = [each for each in wanted if each.rule]
        given = [spoken for spoken in given if spoken.rule in listed]
    if [_said(each) for each in wanted] != [(each.rule, str(each.flag), each.message) for each in given]:
        yield "edid lists other objections than the stylesheet made"


def _said(objection: Objection) -> tuple[str | None, str, str]:
    return objection.rule, str(objection.flag), objection.message[: svrl._LONGEST_MESSAGE]


def _misplaced(tree: Tree, raw: str, ours: str) -> str | None:
    """Return what is wrong when the place that edid names is not the one of the official stylesheet."""
    element, attribute = _raw_place(tree, raw)
    if element is None:
        return f"the official place {raw!r} leads nowhere"
    where = place(tree.getroot(), ours)
    path, _, name = (where.path or "").partition("/@")
    if _own_place(tree, path) is not element or (name or None) != attribute:
        return f"{raw!r} is not {where.path!r}"
    if where.line != element.sourceline:
        return f"{raw!r} is on line {element.sourceline}, not {where.line}"
    return None


def _raw_place(tree: Tree, location: str) -> tuple[etree._Element | None, str | None]:
    """Follow the XPath 2.0 of the skeleton, `/*:Invoice[namespace-uri()='urn:...'][1]`, in the XPath 1.0 of lxml."""
    match = _RAW_ATTRIBUTE.search(location)
    path = location[: match.start()] if match else location
    steps = [
        f"*[local-name()='{name or plain}'][namespace-uri()='{namespace}'][{number or count}]"
        for name, namespace, number, plain, count in _RAW_STEP.findall(path)
    ]
    if path != "/" and _RAW_STEP.sub("", path):
        return None, None
    found = tree.xpath("/" + "/".join(steps)) if steps else [tree.getroot()]
    return (found[0] if len(found) == 1 else None), (match[1] or match[2]) if match else None


def _own_place(tree: Tree, path: str) -> etree._Element | None:
    """Follow a path of edid, `/Invoice/cac:InvoiceLine[2]`: names as the document writes them."""
    if path == "/":
        return tree.getroot()
    steps = [f"*[name()='{name}'][{number or 1}]" for name, number in _OUR_STEP.findall(path)]
    found = tree.xpath("/" + "/".join(steps)) if steps else []
    return found[0] if len(found) == 1 else None


def _sum(mine: Any, theirs: Any) -> Any:
    return mine | theirs if isinstance(mine, frozenset) else mine + theirs
