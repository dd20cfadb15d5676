"""Reading a file: what it is, then what it says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from edid.documents import cdar, cii, cpp_mixte, cpp_pivot, cpp_statut, espd, ubl, xml
from edid.documents.archive import unpack
from edid.documents.identify import identify
from edid.documents.kinds import Kind, Reading
from edid.errors import RefusedInputError

if TYPE_CHECKING:  # pydantic has no place in the judge processes
    from edid.config.settings import Limits

_INTERFACE = re.compile(r"(?:.*/)?([A-Z]{3}\d{4}[A-Z])\.xsl")
"""The style sheet of an interface code is named after it: `FSO1110A.xsl`."""


def read(path: Path, work: Path, limits: Limits) -> Reading:
    """Return what the file at `path` is and says; what it holds inside is unpacked to the empty folder `work`.

    The caller removes `work`, also after a refusal. XML above 10 MB is read in a stream.
    Raises RefusedInputError as `identify` does, and each reader for its kind.
    """
    kind = identify(path)
    limit = limits.document_size
    match kind:
        case Kind.ARCHIVE:
            _within(path, limits.flow_size)
            return Reading(kind, members=unpack(path, work, limits))
        case Kind.FACTUR_X:
            _within(path, limit)
            from edid.documents import facturx  # pikepdf is large: loaded for the first PDF

            return _factur_x(facturx.extract(path, work, limit), limit)
        case Kind.CPP_STATUT:
            return _hinted(cpp_statut.read(path, limit=limits.flow_size), path)
        case Kind.CPP_PIVOT:
            return _hinted(cpp_pivot.read(path, work, limits), path)
        case Kind.CPP_MIXTE:
            return _hinted(cpp_mixte.read(path, work, limits), path)
        case _:
            return read_tree(_tree(path, limit), kind)


def read_tree(tree: etree._ElementTree, kind: Kind) -> Reading:
    """Return what an already parsed `tree` of `kind` says; the tree of a FACTUR_X is that of its embedded XML.

    Raises ValueError for ARCHIVE, CPP_PIVOT and CPP_MIXTE, which write files: use `read`.
    """
    hint = _interface(xml.stylesheet(tree))
    match kind:
        case Kind.UBL_INVOICE | Kind.UBL_CREDIT_NOTE:
            return Reading(kind, facts=ubl.read(tree), interface_hint=hint)
        case Kind.CII | Kind.FACTUR_X:
            return Reading(kind, facts=cii.read(tree), interface_hint=hint)
        case Kind.CPP_STATUT:
            return replace(cpp_statut.read_tree(tree), interface_hint=hint)
        case Kind.ESPD_REQUEST | Kind.ESPD_RESPONSE:
            return replace(espd.read(tree, kind), interface_hint=hint)
        case Kind.CDAR:
            return replace(cdar.read_tree(tree), interface_hint=hint)
        case _:
            raise ValueError(f"a {kind} is not read from a tree")


def _tree(path: Path, limit: int) -> etree._ElementTree:
    if path.stat().st_size > xml.LARGE:
        return xml.stream(path, limit=limit).tree
    return xml.parse(path, limit=limit)


def _factur_x(embedded: Path, limit: int) -> Reading:
    if identify(embedded) is not Kind.CII:
        raise RefusedInputError(
            "the invoice embedded in this PDF is not a CrossIndustryInvoice.",
            code="IRR_TYPE_F",
            remedy="Embed a Factur-X 1.0 invoice (UN/CEFACT CII).",
        )
    return read_tree(_tree(embedded, limit), Kind.FACTUR_X)


def _within(path: Path, limit: int) -> None:
    if path.stat().st_size > limit:
        raise RefusedInputError(
            f"the file is larger than the {limit} bytes allowed.",
            code="IRR_TAILLE_F",
            remedy="Send it in smaller files.",
        )


def _hinted(reading: Reading, path: Path) -> Reading:
    return replace(reading, interface_hint=_interface(xml.root(path).stylesheet))


def _interface(href: str | None) -> str | None:
    match = _INTERFACE.fullmatch(href or "")
    return match[1] if match else None
