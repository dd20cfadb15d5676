"""`edid status`: how things stand, on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from edid.cli.context import state
from edid.cli.output import Format, FormatOption, show
from edid.config.loader import Configuration
from edid.journal import queries
from edid.journal.rows import AnyRow
from edid.service.lock import is_running

COLUMNS = ("sheet", "entity", "direction", "state", "count")
_SHOWN = 10
_ATTENTION = {"rejected", "held", "duplicate", "failed", "kept"}


def status(context: typer.Context, form: FormatOption = Format.TABLE) -> None:
    """Show the daemon's state and the number of files, documents and flows per sheet and state."""
    configuration = state(context).configuration()
    with state(context).journal() as journal, journal.reading() as view:
        counts = queries.counts(view)
        orphans = queries.count_orphans(view)
        unread = queries.failing_polls(view)
        newest_orphans = queries.orphan_statuses(view, limit=_SHOWN)
        failed = queries.list_flows(view, queries.Filter(direction="out", state="failed", limit=_SHOWN))
    rows = [_row(count) for count in counts]
    if form is not Format.TABLE:
        show(rows, COLUMNS, form)
        return
    running = is_running(configuration.settings.state)
    typer.echo(f"daemon: {'running' if running else 'not running'}; sheets: {_sheets(configuration)}")
    show(rows, COLUMNS, form)
    _tell_attention(rows)
    for sheet, error in sorted(unread.items()):
        typer.echo(f"needs a look: the partner of {sheet} could not be read: {error}")
    if orphans:
        typer.echo(f"needs a look: {orphans} status(es) that match nothing we sent; the newest:")
        for status_ in newest_orphans:
            typer.echo(f"  {_orphan(status_)}")
    for flow in failed:
        typer.echo(f"flow {flow.id} {flow.name} failed: {flow.reason}")


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


def _tell_attention(rows: Sequence[dict[str, Any]]) -> None:
    needing = [row for row in rows if row["state"] in _ATTENTION]
    for row in needing:
        typer.echo(f"needs a look: {row['count']} {row['entity']}(s) {row['state']} on {row['sheet']}")


def _orphan(status_: AnyRow) -> str:
    about = status_.about
    whom = f"invoice {about['number']}" if "number" in about else f"flow {about.get('flow_id', '?')}"
    supplier = f" of {about['supplier_id']}" if "supplier_id" in about else ""
    return f"{status_.code} ({status_.label}) about {whom}{supplier}, in received flow {status_.source_flow_id}"
