"""`edid rules`: list, show, verify, add, use, off, remove."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from edid.cli import rules_add
from edid.cli.context import one_of
from edid.cli.output import Format, FormatOption, show
from edid.cli.rules_known import Known, details, known_packs, row
from edid.cli.rules_place import Place, configured, readable
from edid.validation.added import AddedRules, switching
from edid.validation.added.compiling import fault
from edid.validation.added.order import Use, use_of
from edid.validation.standard import Standard

app = typer.Typer(help="Rule packs: what documents are judged by.", no_args_is_help=True)
app.command("add")(rules_add.add)
COLUMNS = ("name", "version", "stage", "kinds", "since", "until", "used", "origin", "mode", "source")
BRIEF = ("name", "version", "stage", "kinds", "since", "until", "used", "origin")
FAULTS = ("name", "version", "origin", "used", "outcome", "fault")
_AT_ONCE = 2
NameArgument = Annotated[str, typer.Argument(help="Name of the pack: EN16931-CII.")]
VersionArgument = Annotated[str, typer.Argument(help="Version of it.")]


@app.command("list")
def list_(
    context: typer.Context,
    profile: Annotated[str | None, typer.Option(help="Only packs of this profile, such as fr-ctc.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List rule packs, those to be preferred first. Used: yes, not in force (today), if pinned, no."""
    rules = readable(context).rules
    catalogue = rules.catalogue()
    one_of("--profile", profile, [each.name for each in catalogue.profiles])
    chosen = catalogue.profile(profile) if profile else None
    stages = {step.stage for step in chosen.steps} if chosen else None
    known = [each for each in known_packs(rules, catalogue) if stages is None or each.pack.stage in stages]
    show([row(each, catalogue, form) for each in known], COLUMNS, form, brief=BRIEF)
    for note in _notes(rules):
        typer.echo(note, err=True)


@app.command("show")
def show_(
    context: typer.Context, name: Annotated[str, typer.Argument(help="Name of a pack, or NAME@VERSION.")]
) -> None:
    """Show everything about a pack, all its versions unless one is named, as JSON; its files are compared as well."""
    rules = readable(context).rules
    catalogue = rules.catalogue()
    wanted, _, version = name.partition("@")
    known = [
        each
        for each in known_packs(rules, catalogue)
        if each.pack.name == wanted and version in {"", each.pack.version}
    ]
    if not known:
        raise switching.unknown(name)
    show([row(each, catalogue, Format.JSON) | details(each.pack) for each in known], (), Format.JSON)


@app.command()
def verify(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Names of packs; all without.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Check that packs have the files that were recorded and that they compile: exit 0, or 1 when one does not."""
    where = readable(context)
    catalogue = where.rules.catalogue()
    known = [each for each in known_packs(where.rules, catalogue) if not names or each.pack.name in names]
    if missing := sorted({*(names or ())} - {each.pack.name for each in known}):
        raise switching.unknown(", ".join(missing))
    rows = []
    for each, wrong in zip(known, _faults(known, where), strict=True):
        told = row(each, catalogue, form)
        outcome = "part of edid" if each.pack.files is None else "unusable" if wrong else "ok"
        rows.append({key: told[key] for key in FAULTS if key in told} | {"outcome": outcome, "fault": wrong})
    show(rows, FAULTS, form, brief=FAULTS[:-1])
    for bad in rows if form is Format.TABLE else ():
        if bad["fault"]:
            _tell(f"{bad['name']} {bad['version']}: {bad['fault']}")
    raise typer.Exit(1 if any(each["fault"] for each in rows) else 0)


@app.command()
def use(context: typer.Context, name: NameArgument, version: VersionArgument) -> None:
    """Judge by another version of a pack from now on; the shipped one as well."""
    where = configured(context)
    pack = switching.use(where.rules, name, version, where.limits)
    _tell(f"{pack.name} {pack.version} is used from now on; a running edid does so from its next batch on")


@app.command()
def off(context: typer.Context, name: NameArgument, version: VersionArgument) -> None:
    """Let an added pack rest: what it stood before is used again."""
    rules = configured(context).rules
    switching.off(rules, name, version)
    day = Standard().on
    catalogue = rules.catalogue()
    now = [pack.version for pack in catalogue.named(name) if use_of(catalogue, pack, day) is Use.YES]
    _tell(f"{name} {version} rests; used now: {', '.join(now) or 'no pack of this name'}")


@app.command()
def remove(context: typer.Context, name: NameArgument, version: VersionArgument) -> None:
    """Delete an added pack that is neither in use nor pinned by a sheet."""
    where = configured(context)
    switching.remove(where.rules, name, version, where.pinned_by(name, version))
    _tell(f"{name} {version} is removed")


def _faults(known: Sequence[Known], where: Place) -> list[str | None]:
    """Return what is wrong with each pack; files that several packs share are compiled once."""
    packs = {each.pack.files: each.pack for each in known}
    with Progress(console=Console(stderr=True), transient=True) as progress, ThreadPoolExecutor(_AT_ONCE) as threads:
        found = threads.map(lambda pack: fault(pack, where.limits), packs.values())
        faults = dict(zip(packs, progress.track(found, total=len(packs), description="compiling"), strict=True))
    return [faults[each.pack.files] for each in known]


def _notes(rules: AddedRules) -> Iterator[str]:
    """Yield what an upgrade of edid may have made of added packs."""
    for entry in rules.record().packs:
        now = tuple(pack.version for pack in rules.shipped().named(entry.name))
        if entry.active and now != entry.shipped:
            yield (
                f"note: {entry.name} {entry.version} was added when edid had {', '.join(entry.shipped) or 'none'}; "
                f"it has {', '.join(now) or 'none'} now. To judge by another: edid rules use {entry.name} VERSION"
            )


def _tell(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)
