"""`edid send`: take one file through the corridor by hand."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from edid.cli.context import sender_named, state
from edid.exchange import manual
from edid.exchange.house import House
from edid.service.lock import AlreadyRunningError, StateLock
from edid.validation.worker import JudgePool


def send(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file to send.")],
    sheet: Annotated[str, typer.Option(help="The sender sheet to send it by.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge it and show the flow it would leave in; send nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Send it even if it is a duplicate.")] = False,
) -> None:
    """Judge, name, pack and deliver one file. With a daemon running, the file is put in its drop folder."""
    configuration = state(context).configuration()
    sender = sender_named(configuration, sheet)
    tell = partial(Console(highlight=False, soft_wrap=True).print, markup=False)  # what files say is no markup
    if dry_run:
        with (
            tempfile.TemporaryDirectory(prefix="edid-send-") as work,
            JudgePool(configuration.settings.limits) as judges,
        ):
            ok = manual.rehearse(judges, sender, file, Path(work), tell)
        raise typer.Exit(0 if ok else 1)
    try:
        with StateLock(configuration.settings.state):
            house = House.open(configuration)
            try:
                ok = manual.send(house, sender, file, tell, force=force)
            finally:
                house.close()
    except AlreadyRunningError:
        if force:
            raise
        dropped = manual.drop(configuration.settings, sender, file)
        tell(f"the running daemon takes it from {dropped}")
        return
    raise typer.Exit(0 if ok else 1)
