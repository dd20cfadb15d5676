"""Judge one file: what it is, what it says, and whether the rule packs of its kind accept it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from edid.documents import xml
from edid.documents.identify import identify
from edid.documents.kinds import Kind, Reading
from edid.documents.reading import read, read_tree
from edid.errors import RefusedInputError
from edid.validation.checking import LARGEST_TREE, LargeFile, SmallFile
from edid.validation.packs import Catalogue
from edid.validation.verdict import Finding, Outcome, Severity, Verdict, not_judged
from edid.validation.versions import verdict_of

if TYPE_CHECKING:
    from edid.config.settings import Limits

PROFILES = frozenset({"xsd-only"})
"""`xsd-only`: well-formed, and accepted by the schema of its kind."""

_READ_FROM_TREE = frozenset({Kind.UBL_INVOICE, Kind.UBL_CREDIT_NOTE, Kind.CII, Kind.CPP_STATUT})
_OF_THE_PLATFORM = frozenset({Kind.CPP_STATUT, Kind.CPP_PIVOT})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one file is and says, and the verdict on it."""

    reading: Reading | None
    """None when the file was refused before it could be read."""
    verdict: Verdict


def judge_file(
    path: Path, work: Path, limits: Limits, *, profile: str = "xsd-only", packs: Catalogue | None = None
) -> Judgement:
    """Read and judge the file at `path`; attachments, archive members and embedded XML go to the empty folder `work`.

    A file that cannot be read is `invalid`, with one finding that carries the code of the refusal. `not judged`, with
    the reason: an archive (its members are judged one by one), a kind or a version without rule pack, a rule pack
    whose files are missing or altered, an unknown profile. `packs`: the shipped catalogue unless given.

    Raises OSError when `path` or `work` cannot be used, ConfigError when the catalogue cannot, MemoryError.
    """
    if profile not in PROFILES:
        return Judgement(None, not_judged(f"the validation profile '{profile}' is unknown."))
    try:
        return _judged(path, work, limits, packs or _shipped())
    except RefusedInputError as refusal:
        if _out_of_memory(refusal):
            raise MemoryError from refusal
        return Judgement(None, refused(refusal))


def refused(refusal: RefusedInputError) -> Verdict:
    """Return the verdict on a file that edid does not take: invalid, with the code and the place."""
    where, remedy = refusal.where or None, refusal.remedy or None
    finding = Finding(refusal.code, Severity.FATAL, refusal.message, path=where, remedy=remedy)
    return Verdict(Outcome.INVALID, findings=(finding,))


def _out_of_memory(refusal: RefusedInputError) -> bool:
    """Tell whether the parser gave up for want of memory: libxml2 calls that a syntax error as well."""
    cause = refusal.__cause__
    return isinstance(cause, etree.XMLSyntaxError) and cause.code == etree.ErrorTypes.ERR_NO_MEMORY


def _shipped() -> Catalogue:
    from edid.validation import catalogue  # a judge process is given its packs, and spares itself pydantic and YAML

    return catalogue.shipped()


def _judged(path: Path, work: Path, limits: Limits, packs: Catalogue) -> Judgement:
    kind = identify(path)
    if kind is Kind.ARCHIVE:
        return Judgement(read(path, work, limits), not_judged("an archive is judged member by member."))
    known = packs.for_kind(kind)
    if not known:
        return Judgement(read(path, work, limits), not_judged(f"there is no rule pack for documents of kind {kind}."))
    reading = None if kind in _READ_FROM_TREE else read(path, work, limits)
    source = work / "factur-x.xml" if kind is Kind.FACTUR_X else path
    limit = limits.flow_size if kind in _OF_THE_PLATFORM else limits.document_size
    if source.stat().st_size <= LARGEST_TREE:
        tree = xml.parse(source, limit=limit)
        reading = reading or read_tree(tree, kind)
        return Judgement(reading, verdict_of(SmallFile(tree), known, reading.version))
    if reading is None and kind in _OF_THE_PLATFORM:
        reading = read(path, work, limits)  # thousands of statuses are read one by one
    large = LargeFile(source, limit)
    verdict = verdict_of(large, known, reading.version if reading else None)
    if reading is None:
        reading = read_tree(large.skeleton, kind) if large.skeleton is not None else read(path, work, limits)
    return Judgement(reading, verdict)
