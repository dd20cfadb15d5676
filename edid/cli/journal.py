"""`edid journal`: the audit trail, for whoever has to show it, keep it, or purge it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from edid.audit import anchor as anchoring
from edid.audit import purge as purging
from edid.audit.backup import backup as copy_journal
from edid.audit.export import export as write_archive
from edid.audit.fault import Language
from edid.audit.originals import store_of
from edid.audit.selection import select_documents, select_period
from edid.audit.verify import Verification
from edid.audit.verify import verify as verify_trail
from edid.cli.context import one_of, state
from edid.cli.output import show_one
from edid.clock import now
from edid.config.credentials import read_secret
from edid.config.settings import Settings
from edid.errors import PermanentError
from edid.journal.database import default_url
from edid.service.lock import StateLock

app = typer.Typer(help="The audit trail: verify, export, anchor, back up, purge.", no_args_is_help=True)
_TOLD = 20
_Language = Annotated[str | None, typer.Option("--language", help="fr or en; else that of edid.yaml.")]
_Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON, for programs.")]


@app.command()
def verify(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Only the chain of events, not the stored bytes.")] = False,
    anchors: Annotated[
        Path | None, typer.Option(help="Folder of anchors to hold the chain against; else that of edid.yaml.")
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option(help="Ed25519 public key of the anchors; else that of audit.anchor.key, if any.")
    ] = None,
    language: _Language = None,
    json_: _Json = False,
) -> None:
    """Look whether any event, row or stored byte was changed, removed, moved or added. Exit code 1 when so."""
    one_of("--language", language, ("fr", "en"))
    settings = state(context).configuration().settings
    known = _anchors(settings, anchors, public_key)
    store = None if quick else store_of(settings)
    console = Console(stderr=True)
    with state(context).journal() as journal, console.status("") as status:
        done = verify_trail(journal, store, known.known, lambda count: status.update(f"{count}"))
    done.wrong(known.faults)
    _tell(done, "en" if (language or settings.language) == "en" else "fr", json_, quick=quick)
    if not done.sound:
        raise typer.Exit(1)


@app.command()
def export(
    context: typer.Context,
    output: Annotated[Path, typer.Option(help="The new archive: NAME.zip or NAME.tar.")],
    document: Annotated[list[int] | None, typer.Option(help="Id of a document; may be given several times.")] = None,
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of a period (UTC).")
    ] = None,
    to: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of a period (UTC).")
    ] = None,
) -> None:
    """Write an archive that tells what happened to some documents and can be checked without edid."""
    period = from_ is not None and to is not None
    if bool(document) == period or (from_ is None) != (to is None):
        raise typer.BadParameter("give either --document, or --from and --to.")
    settings = state(context).configuration().settings
    if from_ is not None and to is not None:
        choose = partial(select_period, first=from_.date(), last=to.date())
    else:
        choose = partial(select_documents, ids=sorted(set(document or ())))
    with state(context).journal() as journal:
        done = write_archive(journal, store_of(settings), choose, output, settings.audit.anchor.folder)
    typer.echo(f"{output}: {done.documents} documents, {done.originals} originals, {done.events} events")
    if done.missing:
        typer.echo(f"{len(done.missing)} originals are not in the store any more; see missing.txt in it", err=True)
    if done.broken:
        raise PermanentError("the chain of events does not hold.", remedy="See: edid journal verify.")


@app.command()
def anchor(context: typer.Context) -> None:
    """Note where the chain ends in the folder audit.anchor.folder, once a day."""
    settings = state(context).configuration().settings
    if settings.audit.anchor.folder is None:
        raise PermanentError("no folder for anchors is set.", remedy="Set audit.anchor.folder in edid.yaml.")
    with state(context).journal() as journal:
        made = anchoring.anchor(journal, settings.audit.anchor)
    typer.echo("nothing to note, or noted today already" if made is None else str(made))


@app.command()
def purge(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it. The daemon must be stopped.")] = False,
) -> None:
    """Remove stored bytes that are past their retention; events and hashes stay."""
    if dry_run == yes:
        raise typer.BadParameter("give either --dry-run or --yes.")
    settings = state(context).configuration().settings
    store, today = store_of(settings), now().date()
    if dry_run:
        with state(context).journal() as journal:
            blobs = size = 0
            for item in purging.expired(journal, store, settings.audit, today):
                _name(item)
                blobs, size = blobs + 1, size + item.size
        typer.echo(f"{blobs} originals, {size} bytes would be removed")
        return
    with StateLock(settings.state), state(context).journal() as journal:
        blobs, size = purging.purge(journal, store, settings.audit, today, _name)
    typer.echo(f"{blobs} originals, {size} bytes were removed")


@app.command()
def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="The new file; copy the store after it.")]
) -> None:
    """Copy the journal (SQLite) while edid runs, as it is at one moment."""
    settings = state(context).configuration().settings
    with state(context).journal():
        copy_journal(settings.journal or default_url(settings.state), file)
    typer.echo(f"{file}; now copy the store: cp --archive {store_of(settings)} ...")


def _anchors(settings: Settings, folder: Path | None, public_key: Path | None) -> anchoring.Anchors:
    configured = settings.audit.anchor
    place = folder or configured.folder
    if place is None:
        return anchoring.Anchors()
    key = None
    if public_key is not None:
        key = anchoring.public_key(public_key)
    elif configured.key is not None and folder is None:
        key = anchoring.private_key(read_secret(configured.key)).public_key()
    return anchoring.anchors(place, key)


def _tell(done: Verification, language: Language, json_: bool, *, quick: bool) -> None:
    if json_:
        show_one(
            {
                "sound": done.sound,
                "quick": quick,
                "events": done.events,
                "blobs": done.blobs,
                "anchors": done.anchors,
                "head": {"event": done.head.event_id, "hash": done.head.hash},
                "count": done.count,
                "first_event": min((fault.event for fault in done.faults if fault.event is not None), default=None),
                "faults": [
                    {
                        "wrong": fault.wrong,
                        "event": fault.event,
                        "sha256": fault.blob,
                        "detail": fault.detail,
                        "text_fr": fault.said("fr"),
                        "text_en": fault.said("en"),
                    }
                    for fault in done.faults
                ],
            }
        )
        return
    console = Console(soft_wrap=True, highlight=False)
    for fault in done.faults[:_TOLD]:
        console.print(f"[red]{escape(fault.said(language))}[/]")
    looked = f"{done.events} {'événements' if language == 'fr' else 'events'}"
    if not quick:
        looked += f", {done.blobs} {'originaux' if language == 'fr' else 'originals'}"
    looked += f", {done.anchors} {'ancrages' if language == 'fr' else 'anchors'}"
    if done.sound:
        said = "rien n'a été changé" if language == "fr" else "nothing was changed"
    else:
        said = f"{done.count} anomalie(s)" if language == "fr" else f"{done.count} fault(s)"
    between = " :" if language == "fr" else ":"
    console.print(f"{looked}{between} {said}")
    console.print(f"{done.head.event_id} {done.head.hash}")


def _name(item: purging.Expired) -> None:
    rows = ", ".join(f"{entity} {number}" for entity, number in item.named_by[:3])
    more = f" (+{len(item.named_by) - 3})" if len(item.named_by) > 3 else ""
    typer.echo(f"{item.sha256} {item.size} {item.kept_until} {rows}{more}")
