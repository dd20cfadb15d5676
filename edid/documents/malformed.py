"""Refusals of XML that cannot be trusted or read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from edid.documents.names import shown
from edid.errors import RefusedInputError

_POSITION = re.compile(r"(?:, line \d+, column \d+)?\s*(?:\(<string>, line \d+\))?$")


def refuse_doctype(tree: etree._ElementTree) -> None:
    """Raise RefusedInputError when the document declares a type."""
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise doctype_refused()


def refuse_bad_names(log: Iterable[etree._LogEntry]) -> None:
    """Raise RefusedInputError when a name in the document breaks the rules of XML namespaces; `log` is the parser's.

    lxml refuses such a document by itself, but only where nothing was logged after that, not even a warning.
    """
    for entry in log:
        if entry.domain == etree.ErrorDomains.NAMESPACE and entry.level >= etree.ErrorLevels.ERROR:
            where = f"line {entry.line}, column {entry.column}"
            raise _refused(f"not well-formed XML: {shown(entry.message)}.", where=where)


def doctype_refused() -> RefusedInputError:
    """Return the refusal of a document type declaration: UBL, CII and Chorus Pro formats never have one."""
    return _refused(
        "the file holds a document type declaration (<!DOCTYPE ...>), which is not allowed.",
        where="before the root element",
        remedy="Remove the declaration and every entity it defines.",
    )


def malformed(error: etree.XMLSyntaxError) -> RefusedInputError:
    """Return the refusal that says where and why the XML is not well-formed."""
    line, column = error.position
    reason = shown(_POSITION.sub("", error.msg or "no XML found"))  # it quotes names, which may be long
    return _refused(f"not well-formed XML: {reason}.", where=f"line {line}, column {column}")


def rootless() -> RefusedInputError:
    """Return the refusal of a file that holds no element, or none in its first megabyte."""
    return _refused("no root element was found.", where="line 1, column 1")


def badly_named(tag: str) -> RefusedInputError:
    """Return the refusal of an element or of its attributes whose names break the rules of XML namespaces."""
    return _refused("a name breaks the rules of XML namespaces.", where=f"element {shown(tag)}")


def _refused(message: str, *, where: str, remedy: str = "") -> RefusedInputError:
    remedy = remedy or "Correct the file at this place and drop it again."
    return RefusedInputError(f"{message} ({where})", code="IRR_SYNTAX", where=where, remedy=remedy)
