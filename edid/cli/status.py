"""`edid status`: how things stand, on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from edid.cli.context import state
from edid.cli.output import Format, FormatOption, show
from edid.config.loader import Configuration
from edid.journal import queries
from edid.service.lock import is_running

COLUMNS = ("sheet", "entity", "direction", "state", "count")
_ATTENTION = {"rejected", "held", "duplicate", "failed", "kept"}


def status(context: typer.Context, form: FormatOption = Format.TABLE) -> None:
    """Show the daemon's state and the number of files, documents and flows per sheet and state."""
    configuration = state(context).configuration()
    with state(context).journal() as journal, journal.reading() as view:
        counts = queries.counts(view)
        orphans = queries.count_orphans(view)
        failed = queries.list_flows(view, queries.Filter(direction="out", state="failed", limit=10))
    rows = [_row(count) for count in counts]
    if form is not Format.TABLE:
        show(rows, COLUMNS, form)
        return
    running = is_running(configuration.settings.state)
    typer.echo(f"daemon: {'running' if running else 'not running'}; sheets: {_sheets(configuration)}")
    show(rows, COLUMNS, form)
    _tell_attention(rows, orphans, failed)


def _row(count: queries.Count) -> dict[str, Any]:
    return {
        "sheet": count.sheet,
        "entity": count.entity,
        "direction": count.direction,
        "state": count.state,
        "count": count.count,
    }


def _sheets(configuration: Configuration) -> str:
    shown = (name if sheet.enabled else f"{name} (disabled)" for name, sheet in configuration.sheets.items())
    return ", ".join(shown) or "none"


def _tell_attention(rows: Sequence[dict[str, Any]], orphans: int, failed: Sequence[Any]) -> None:
    needing = [row for row in rows if row["state"] in _ATTENTION]
    for row in needing:
        typer.echo(f"needs a look: {row['count']} {row['entity']}(s) {row['state']} on {row['sheet']}")
    if orphans:
        typer.echo(f"needs a look: {orphans} status(es) that match nothing we sent")
    for flow in failed:
        typer.echo(f"flow {flow.id} {flow.name} failed: {flow.reason}")
