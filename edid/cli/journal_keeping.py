"""`edid journal backup`, `restored` and `purge`: what is kept, and what need not be any longer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edid.audit import purge as purging
from edid.audit.backup import backup as copy_journal
from edid.audit.originals import store_of
from edid.audit.restored import skip_numbers
from edid.cli.context import state
from edid.clock import now
from edid.journal.database import default_url
from edid.service.lock import StateLock


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


def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="The new file; copy the store after it.")]
) -> None:
    """Copy the journal (SQLite) while edid runs, as it is at one moment."""
    settings = state(context).configuration().settings
    with state(context).journal():
        copy_journal(settings.journal or default_url(settings.state), file)
    typer.echo(f"{file}; now copy the store: cp --archive {store_of(settings)} ...")


def restored(
    context: typer.Context,
    skip: Annotated[
        int, typer.Option(min=1, max=10**9, help="More than the flows sent since the backup, of one kind.")
    ] = 10_000,
) -> None:
    """After putting a backup back: skip the flow numbers that were given since it was made. The daemon is stopped."""
    settings = state(context).configuration().settings
    with StateLock(settings.state), state(context).journal() as journal:
        skipped = skip_numbers(journal, skip)
    for sequence, first in skipped.items():
        typer.echo(f"{sequence}: {first} to {first + skip - 1} are never used")
    typer.echo(f"{len(skipped)} sequences moved on")


def _name(item: purging.Expired) -> None:
    rows = ", ".join(f"{entity} {number}" for entity, number in item.named_by[:3])
    more = f" (+{len(item.named_by) - 3})" if len(item.named_by) > 3 else ""
    typer.echo(f"{item.sha256} {item.size} {item.kept_until} {rows}{more}")
