"""Asks the rule packs of a profile, one after the other, about a document whose schema has been asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from edid.documents.kinds import Kind
from edid.documents.particulars.model import Particulars
from edid.documents.xml import Shortened, Tree
from edid.validation.packs import Pack
from edid.validation.said import Said, broke_off, silent
from edid.validation.selection import Chosen
from edid.validation.standard import Standard
from edid.validation.verdict import Outcome, PackUsed, Severity

if TYPE_CHECKING:
    from saxonche import PyXdmNode


class Material:
    """What rules are run on, made at first need: most documents need only some of it."""

    def __init__(self, path: Path, kind: Kind, guideline: str | None, parsed: Callable[[], Shortened | None]) -> None:
        """`path`: the file itself, a PDF perhaps. `parsed`: its XML; None when it is too large for rules."""
        self.path = path
        self.guideline = guideline
        self._kind = kind
        self._parse = parsed

    @cached_property
    def _parsed(self) -> Shortened | None:
        return self._parse()

    @property
    def tree(self) -> Tree | None:
        """The tree of the XML."""
        return None if self._parsed is None else self._parsed.tree

    @cached_property
    def document(self) -> PyXdmNode:
        """The XML as Saxon has it: what the hardened parser read, written out again."""
        from edid.validation.saxon.engine import engine

        assert self.tree is not None, "what is too large is not asked for"
        return engine().document(str(etree.tostring(self.tree, encoding="unicode")))

    @cached_property
    def particulars(self) -> Particulars | None:
        """What rules written in Python read."""
        from edid.documents.particulars.reading import read

        return None if self._parsed is None else read(self._parsed.tree, self._kind, taken=self._parsed.taken)


def stages_said(chosen: Sequence[Chosen], material: Material, standard: Standard) -> list[Said]:
    """Return what the packs of every stage but the schema say. Raises RefusedInputError when a PDF is damaged."""
    return [_with_note(each, _said(each, material, standard)) for each in chosen]


def unjudged(chosen: Chosen) -> Said:
    """Return what is said of a stage for which there is no pack."""
    used = PackUsed(str(chosen.stage), "none", "", chosen.mode, Outcome.NOT_JUDGED, chosen.because)
    return Said(used)


def _said(chosen: Chosen, material: Material, standard: Standard) -> Said:
    if not chosen.packs:
        return unjudged(chosen)
    pack = chosen.packs[0]
    if pack.own is not None:
        from edid.validation.own_packs import Subject, own_said

        subject = Subject(material.path, material.guideline, lambda: material.particulars)
        return own_said(pack, chosen.mode, subject, standard)
    return _rules(pack, chosen.mode, material)


def _rules(pack: Pack, mode: Severity, material: Material) -> Said:
    from edid.validation.own_packs import TOO_LARGE
    from edid.validation.saxon.engine import RulesBrokeOffError
    from edid.validation.saxon.rules import rules_said

    if material.tree is None:
        return silent(pack, TOO_LARGE, mode=mode)
    try:
        document = material.document
    except RulesBrokeOffError as error:
        return broke_off(pack, str(error), mode=mode)
    return rules_said(pack, mode, material.tree.getroot(), document)


def _with_note(chosen: Chosen, said: Said) -> Said:
    return said if chosen.note is None else said._replace(findings=(chosen.note, *said.findings))
