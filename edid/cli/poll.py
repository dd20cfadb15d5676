"""`edid poll`: fetch now what partners offer."""

from __future__ import annotations

from typing import Annotated

import typer

from edid.cli.context import sheet_named, state
from edid.exchange.house import House
from edid.exchange.polling import poll_once
from edid.service import requests
from edid.service.lock import AlreadyRunningError, StateLock


def poll(
    context: typer.Context,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet; all enabled ones otherwise.")] = None,
) -> None:
    """Fetch and file what partners offer, now. A running daemon is asked to do it; otherwise it is done here."""
    configuration = state(context).configuration()
    sheets = [sheet_named(configuration, sheet)] if sheet else [s for s in configuration.sheets.values() if s.enabled]
    try:
        with StateLock(configuration.settings.state):
            house = House.open(configuration)
            try:
                failed = [one.name for one in sheets if not poll_once(house, one, typer.echo)]
            finally:
                house.close()
    except AlreadyRunningError:
        for one in sheets:
            requests.ask_poll(configuration.settings.state, one.name)
        typer.echo(f"the running daemon was asked to poll: {', '.join(one.name for one in sheets)}")
        return
    if failed:
        raise typer.Exit(1)
