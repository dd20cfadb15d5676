"""Judge one file: what it is, what it says, and whether the rule packs of its profile accept it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from edid.documents import xml
from edid.documents.identify import identify
from edid.documents.kinds import Kind, Reading
from edid.documents.reading import read, read_tree
from edid.errors import RefusedInputError
from edid.validation.checking import LARGEST_TREE, LargeFile, SmallFile
from edid.validation.packs import Catalogue, Stage
from edid.validation.said import Said
from edid.validation.selection import Chosen, choose
from edid.validation.stages import Material, stages_said, unjudged
from edid.validation.standard import Standard
from edid.validation.verdict import Finding, Outcome, Severity, Verdict, concluded, not_judged
from edid.validation.versions import schema_said

if TYPE_CHECKING:
    from edid.config.settings import Limits

_READ_FROM_TREE = frozenset({Kind.UBL_INVOICE, Kind.UBL_CREDIT_NOTE, Kind.CII, Kind.CPP_STATUT, Kind.CDAR})
_OF_THE_PLATFORM = frozenset({Kind.CPP_STATUT, Kind.CPP_PIVOT})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one file is and says, and the verdict on it."""

    reading: Reading | None
    """None when the file was refused before it could be read."""
    verdict: Verdict
    seconds: float | None = field(default=None, compare=False)
    """How long reading and judging took in a judge process, of the last attempt; None when nobody measured."""


def judge_file(
    path: Path, work: Path, limits: Limits, *, standard: Standard | None = None, packs: Catalogue | None = None
) -> Judgement:
    """Read and judge the file at `path`; attachments, archive members and embedded XML go to the empty folder `work`.

    A file that cannot be read is `invalid`, with one finding that carries the code of the refusal. `not judged`, with
    the reason, and read all the same: an archive (its members are judged one by one), a kind or a version without rule
    pack, a rule pack whose files are missing or altered, rules that broke off or met nothing, a profile or a pack of
    `standard` that does not exist. `packs`: the shipped catalogue unless given. `standard`: the profile `xsd-only`
    unless given. Rules need SaxonC, which binds them to one thread of the process: `edid.validation.judge` and
    `JudgePool` have processes for that.

    Raises OSError when `path` or `work` cannot be used, ConfigError when the catalogue cannot, MemoryError.
    """
    standard = standard or Standard()
    try:
        return _judged(path, work, limits, packs or _shipped(), standard)
    except RefusedInputError as refusal:
        if _out_of_memory(refusal):
            raise MemoryError from refusal
        return Judgement(None, refused(refusal, standard.profile))


def refused(refusal: RefusedInputError, profile: str | None = None) -> Verdict:
    """Return the verdict on a file that edid does not take: invalid, with the code and the place."""
    where, remedy = refusal.where or None, refusal.remedy or None
    finding = Finding(refusal.code, Severity.FATAL, refusal.message, path=where, remedy=remedy)
    return Verdict(Outcome.INVALID, findings=(finding,), profile=profile)


def _out_of_memory(refusal: RefusedInputError) -> bool:
    """Tell whether the parser gave up for want of memory: libxml2 calls that a syntax error as well."""
    cause = refusal.__cause__
    return isinstance(cause, etree.XMLSyntaxError) and cause.code == etree.ErrorTypes.ERR_NO_MEMORY


def _shipped() -> Catalogue:
    from edid.validation import catalogue  # a judge process is given its packs, and spares itself pydantic and YAML

    return catalogue.shipped()


def _judged(path: Path, work: Path, limits: Limits, packs: Catalogue, standard: Standard) -> Judgement:
    kind = identify(path)
    without_facts, because = _choice(packs, kind, standard)
    if because:
        return Judgement(read(path, work, limits), not_judged(because, profile=standard.profile))
    reading = None if kind in _READ_FROM_TREE else read(path, work, limits)
    source = work / "factur-x.xml" if kind is Kind.FACTUR_X else path
    limit = limits.flow_size if kind in _OF_THE_PLATFORM else limits.document_size
    if source.stat().st_size <= LARGEST_TREE:
        tree = xml.parse(source, limit=limit)
        reading = reading or read_tree(tree, kind)
        chosen = choose(packs, kind, _guideline(reading), standard)
        schema = _schema(SmallFile(tree), chosen, reading.version)
        material = Material(path, kind, _guideline(reading), lambda: xml.Shortened(tree, {}))
        return Judgement(reading, _verdict(schema, chosen, material, standard))
    if reading is None and kind in _OF_THE_PLATFORM:
        reading = read(path, work, limits)  # thousands of statuses are read one by one
    large = LargeFile(source, limit)
    chosen = choose(packs, kind, _guideline(reading), standard) if reading else without_facts
    schema = _schema(large, chosen, reading.version if reading else None)
    if reading is None:
        reading = read_tree(large.skeleton, kind) if large.skeleton is not None else read(path, work, limits)
        chosen = choose(packs, kind, _guideline(reading), standard)
    material = Material(
        path,
        kind,
        _guideline(reading),
        lambda: xml.parse_shortened(source, limit=limits.rules_size),
    )
    return Judgement(reading, _verdict(schema, chosen, material, standard))


def _choice(packs: Catalogue, kind: Kind, standard: Standard) -> tuple[list[Chosen], str | None]:
    """Return the packs for documents of `kind`, as far as that tells; or why none can judge them, in one sentence."""
    try:
        chosen = choose(packs, kind, None, standard)
    except LookupError as error:  # as it will be for every document: it names none of its facts
        return [], str(error.args[0])
    if kind is Kind.ARCHIVE:
        return [], "an archive is judged member by member."
    return chosen, None if chosen else f"there is no rule pack for documents of kind {kind}."


def _guideline(reading: Reading) -> str | None:
    return reading.facts.profile if reading.facts else None


def _schema(document: SmallFile | LargeFile, chosen: Sequence[Chosen], version: str | None) -> list[Said]:
    """Return what the schemas of `chosen` say; usually there is one."""
    schemas = [each for each in chosen if each.stage is Stage.SCHEMA]
    return [schema_said(document, each.packs, version, each.mode) if each.packs else unjudged(each) for each in schemas]


def _verdict(schema: Sequence[Said], chosen: Sequence[Chosen], material: Material, standard: Standard) -> Verdict:
    rules = [each for each in chosen if each.stage is not Stage.SCHEMA]
    said = [*schema, *stages_said(rules, material, standard)]
    return concluded(
        [each.used for each in said],
        [finding for each in said for finding in each.findings],
        truncated=any(each.truncated for each in said),
        profile=standard.profile if not standard.packs else None,
    )
