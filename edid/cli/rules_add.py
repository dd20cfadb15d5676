"""`edid rules add`: take a rule pack in, once it was tried on documents known to be good."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from edid.cli.rules_place import configured
from edid.cli.rules_specimens import specimens
from edid.config.settings import Limits
from edid.documents.kinds import Kind
from edid.validation.added.adding import Candidate, adding
from edid.validation.added.copies import RefusedPackError
from edid.validation.added.trial import tried
from edid.validation.added.wanted import Wanted
from edid.validation.judging import Judgement
from edid.validation.packs import Pack, Stage
from edid.validation.verdict import Outcome, Severity

_SHOWN = 10
_File = {"exists": True, "dir_okay": False, "readable": True}
_Day = ["%Y-%m-%d"]


def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Compiled stylesheet; for the stage schema an XSD.", **_File)],
    name: Annotated[str, typer.Option(help="Name of the pack; that of one there is, to supersede it.")],
    version: Annotated[str, typer.Option(help="Version, as its authors call it.")],
    since: Annotated[datetime | None, typer.Option(formats=_Day, help="First day in force; else always.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_Day, help="Last day in force; else for ever.")] = None,
    companion: Annotated[
        list[Path] | None, typer.Option(help="File that the stylesheet reads with document(). Repeatable.", **_File)
    ] = None,
    trial: Annotated[
        list[Path] | None,
        typer.Option("--try", help="Good document to try it on, instead of edid's own. Repeatable.", **_File),
    ] = None,
    stage: Annotated[Stage | None, typer.Option(help="Stage it is for; else that of the pack it supersedes.")] = None,
    kind: Annotated[list[Kind] | None, typer.Option(help="Kind of document it is for, likewise. Repeatable.")] = None,
    guideline: Annotated[
        list[str] | None, typer.Option(help="BT-24 that it is for, * allowed, likewise. Repeatable.")
    ] = None,
    document_version: Annotated[
        list[str] | None, typer.Option(help="@Version of the messages that a schema is for. Repeatable.")
    ] = None,
    mode: Annotated[Severity | None, typer.Option(help="The most that its findings may weigh, likewise.")] = None,
    source: Annotated[str | None, typer.Option(help="Whose rules these are and where the file is from.")] = None,
    instead_of: Annotated[
        list[str] | None, typer.Option(help="Other pack whose place it may take, in its stage. Repeatable.")
    ] = None,
    keep_off: Annotated[
        bool, typer.Option("--keep-off", help="Do not use it yet; sheets may pin it, 'edid rules use' switches it on.")
    ] = False,
) -> None:
    """Add a rule pack: copy it, try it on good documents, then judge by it. Nothing is kept of one that fails."""
    where = configured(context)
    wanted = Wanted(
        file=file,
        name=name,
        version=version,
        companions=tuple(companion or ()),
        stage=stage,
        kinds=tuple(kind or ()),
        guidelines=tuple(guideline or ()),
        versions=tuple(document_version or ()),
        mode=mode,
        since=_day(since),
        until=_day(until),
        source=source,
        instead_of=tuple(instead_of or ()),
    )
    console = Console(highlight=False, soft_wrap=True)
    with adding(where.rules, wanted) as candidate:
        if candidate.known is not None:
            console.print(_known(candidate), markup=False)
            return
        _try(candidate.pack, trial or [], where.limits)
        candidate.keep(active=not keep_off)
    what = f"{name} {version} is added"
    rest = (
        "it is not used, unless a sheet pins it" if keep_off else "a running edid judges by it from its next batch on"
    )
    console.print(f"{what}; {rest}", markup=False)


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _known(candidate: Candidate) -> str:
    assert candidate.known is not None
    what = f"{candidate.pack.name} {candidate.pack.version}"
    switch = f"edid rules use {candidate.pack.name} {candidate.pack.version}"
    state = "in use" if candidate.known.active else f"not in use; to switch to it: {switch}"
    if candidate.intact:
        return f"{what} is there already, with the same files ({state}); nothing was changed"
    candidate.restore()
    return f"{what} was there already, its files were altered or missing; they are restored ({state})"


def _try(pack: Pack, given: Sequence[Path], limits: Limits) -> None:
    """Raise RefusedPackError when `pack` does not find every document valid; what it says is told before."""
    with tempfile.TemporaryDirectory(prefix="edid-rules-") as folder:
        documents = list(given) or specimens(pack, Path(folder))
        with Console(stderr=True).status(f"trying {pack.name} {pack.version} on {len(documents)} document(s)"):
            judged = tried(pack, documents, Path(folder) / "work", limits)
    bad = [each for each in zip(documents, judged, strict=True) if each[1].verdict.outcome is not Outcome.VALID]
    for document, judgement in bad:
        _tell(document, judgement)
    if not bad:
        return
    invalid = any(judgement.verdict.outcome is Outcome.INVALID for _, judgement in bad)
    what = f"it finds fault with {len(bad)} of {len(documents)} document(s)" if invalid else _cause(bad[0][1])
    remedy = (
        "If these documents are good, the rules are not; else name documents that are: --try FILE."
        if invalid
        else "Mend the file, or ask its authors; a code list that it reads is named by --companion."
    )
    raise RefusedPackError(f"{pack.name} {pack.version} was not added: {what}.", remedy=remedy)


def _cause(judgement: Judgement) -> str:
    return (judgement.verdict.not_judged_because or "it could not be tried").rstrip(".")


def _tell(document: Path, judgement: Judgement) -> None:
    console, verdict = Console(stderr=True, highlight=False, soft_wrap=True), judgement.verdict
    console.print(f"{document.name}: {verdict.outcome}", markup=False)
    fatal = [each for each in verdict.findings if each.severity is Severity.FATAL]
    for finding in fatal[:_SHOWN]:
        place = f"line {finding.line}: " if finding.line else ""
        console.print(f"   {place}[{finding.rule}] {finding.message}", markup=False)
        if finding.path:
            console.print(f"      {finding.path}", markup=False)
    if len(fatal) > _SHOWN:
        console.print(f"   and {len(fatal) - _SHOWN} more", markup=False)
