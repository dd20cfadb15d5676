"""An official stylesheet made ready for use: nothing is read or written beside the document, and less is said.

What it asserts is left as it is. Five things change, in memory:
- code lists that it reads with document() are put in as variables, so that every access to files can be closed;
- places are given as the number of the element in the document: the templates of the skeleton count siblings one by
  one, as path() would, which takes minutes where thousands of lines are at fault;
- the text of the whole document is no longer copied into the answer once for each pattern;
- the answer is not indented;
- it is in UTF-8, as SaxonC takes every answer to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path

from lxml import etree

from edid.documents.xml import Element, hardened
from edid.errors import PermanentError

_XSL = "{http://www.w3.org/1999/XSL/Transform}"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_FORBIDDEN = frozenset(
    f"{_XSL}{name}" for name in ("result-document", "import", "include", "import-schema", "evaluate", "source-document")
)
_REACHING_OUT = re.compile(
    r"(?<![\w.-])(?:document|doc|doc-available|collection|uri-collection|unparsed-text(?:-lines|-available)?|json-doc"
    r"|environment-variable|available-environment-variables|transform|load-xquery-module|function-lookup)(?=\s*[(#])"
)
_EXPAND_TEXT = frozenset({"expand-text", f"{_XSL}expand-text"})
_DOCUMENT = re.compile(r"document\(\s*'([^']+)'\s*\)")
_LOCATION_MODES = frozenset({"schematron-select-full-path"})
_COUNT = "edid-place"
_NUMBER = (
    f"string-join((string(ancestor-or-self::*[1]/accumulator-before('{_COUNT}')), "
    ".[. instance of attribute()]/concat('/@Q{', namespace-uri(), '}', local-name())), '')"
)
"""Of an element `7`; of an attribute, that of its element and its name, `7/@Q{}currencyID`. A text, comment or
instruction stands where its element does; what is outside of the root stands nowhere."""


class UnsafeStylesheetError(PermanentError):
    """A stylesheet does something that rules have no need of, or is none."""


def prepared(name: str, files: Mapping[Path, bytes], main: Path) -> str:
    """Return the text of the stylesheet `main` of the pack `name`, ready to be compiled.

    `files`: bytes of it and of its companions, by path, their hashes checked. Raises UnsafeStylesheetError, with a
    sentence, when it is no stylesheet, takes in other stylesheets, or reaches for files, network or environment.
    """
    root = _parsed(name, files[main])
    if root.tag not in {f"{_XSL}stylesheet", f"{_XSL}transform"}:
        raise UnsafeStylesheetError(f"the rules of {name} are no stylesheet: their root is {root.tag!r}.")
    companions = {path.name: content for path, content in files.items() if path != main}
    _put_in(name, root, companions)
    _refuse_reaching_out(name, root)
    _say_places(root)
    _copy_no_text(root)
    for output in root.iterchildren(f"{_XSL}output"):
        output.set("indent", "no")
        output.set("encoding", "UTF-8")
    return etree.tostring(root, encoding="unicode")


def _parsed(name: str, content: bytes) -> Element:
    try:
        root: Element = etree.fromstring(content, etree.XMLParser(**hardened(huge=False)))
    except etree.XMLSyntaxError as error:
        raise UnsafeStylesheetError(f"the rules of {name} are not XML ({error}).") from error
    if root.getroottree().docinfo.doctype:
        raise UnsafeStylesheetError(f"the rules of {name} have a document type declaration.")
    return root


def _put_in(name: str, root: Element, companions: Mapping[str, bytes]) -> None:
    """Replace document('companion') by a variable that holds the companion."""
    used: dict[str, str] = {}

    def _variable(match: re.Match[str]) -> str:
        if match[1] not in companions:
            return match[0]  # refused below
        return "$" + used.setdefault(match[1], f"edid-companion-{len(used) + 1}")

    for node in root.iter("*"):
        for key, value in node.attrib.items():
            if "document(" in value:
                node.set(key, _DOCUMENT.sub(_variable, str(value)))
    for companion, variable in used.items():
        holder = etree.Element(f"{_XSL}variable", name=variable)
        holder.append(deepcopy(_parsed(f"{name} ({companion})", companions[companion])))
        root.insert(0, holder)


def _refuse_reaching_out(name: str, root: Element) -> None:
    templates = any({*node.attrib} & _EXPAND_TEXT for node in root.iter("*"))
    for node in root.iter("*"):
        if any(str(key).startswith("_") for key in node.attrib) and str(node.tag).startswith(_XSL):
            raise UnsafeStylesheetError(f"the rules of {name} make attributes up (_name), which edid does not allow.")
        if node.tag in _FORBIDDEN:
            what = etree.QName(node).localname
            raise UnsafeStylesheetError(f"the rules of {name} use xsl:{what}, which edid does not allow.")
        for value in (*node.attrib.values(), *(_texts(node) if templates else ())):
            if match := _REACHING_OUT.search(str(value)):
                raise UnsafeStylesheetError(f"the rules of {name} use the function {match[0]}(), which edid refuses.")


def _texts(node: Element) -> Iterator[str]:
    """Yield the texts right inside an element: with expand-text they may hold XPath in braces."""
    yield node.text or ""
    yield from (child.tail or "" for child in node)


def _say_places(root: Element) -> None:
    """Let the template that says where an assert failed answer with `_NUMBER`, counted once for a document."""
    places = [
        each
        for each in root.iterchildren(f"{_XSL}template")
        if each.get("mode") in _LOCATION_MODES and each.get("match") == "*"
    ]
    for template in places:
        for child in list(template):
            template.remove(child)
        template.text = None
        template.set("match", "@*|node()")
        etree.SubElement(template, f"{_XSL}value-of", select=_NUMBER)
    if places:
        _count_elements(root)


def _count_elements(root: Element) -> None:
    modes = (each for each in root.iterchildren(f"{_XSL}mode") if each.get("name") in {None, "#unnamed"})
    mode = next(modes, None)
    if mode is None:
        mode = etree.Element(f"{_XSL}mode")
        root.insert(0, mode)
    mode.set("use-accumulators", "#all")
    counter = etree.Element(f"{_XSL}accumulator", {"name": _COUNT, "initial-value": "0"})
    etree.SubElement(counter, f"{_XSL}accumulator-rule", match="*", select="$value + 1")
    root.insert(0, counter)


def _copy_no_text(root: Element) -> None:
    """Take out the walk in no mode that the skeleton starts in every pattern, where all it does is to copy text."""
    plain = [each for each in root.iterchildren(f"{_XSL}template") if each.get("match") and not each.get("mode")]
    if any(each.get("match") not in {"/", "text()"} for each in plain):
        return
    for pattern in list(root.iter(f"{_SVRL}active-pattern")):
        for walk in [each for each in pattern.iterchildren(f"{_XSL}apply-templates") if not each.attrib]:
            pattern.remove(walk)
