"""`edid run`: the daemon in the foreground."""

from __future__ import annotations

import typer

from edid.cli.context import state
from edid.service.daemon import Daemon
from edid.service.logs import configure
from edid.service.memory import few_arenas


def run(context: typer.Context) -> None:
    """Run the daemon until SIGTERM; SIGHUP reads the configuration again."""
    few_arenas()
    daemon = Daemon(state(context).config_file)
    configure(daemon.settings.logging)
    raise typer.Exit(daemon.run())
