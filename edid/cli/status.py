"""`edid status`: how things stand, on one screen; and set: give a status about a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from edid.cli.context import state
from edid.cli.output import Format, FormatOption, show
from edid.config.loader import Configuration
from edid.exchange.alerts import rows as alerts
from edid.exchange.decisions import dropping
from edid.journal import queries
from edid.journal.rows import AnyRow
from edid.service.lock import is_running

app = typer.Typer(help="How things stand; and statuses that we give.", invoke_without_command=True)
COLUMNS = ("sheet", "entity", "direction", "state", "count")
_SHOWN = 10
_ATTENTION = {"rejected", "held", "duplicate", "failed", "kept"}


@app.callback()
def status(context: typer.Context, form: FormatOption = Format.TABLE) -> None:
    """Show the daemon's state and the number of files, documents and flows per sheet and state."""
    if context.invoked_subcommand is not None:
        return
    configuration = state(context).configuration()
    with state(context).journal() as journal, journal.reading() as view:
        counts = queries.counts(view)
        orphans = queries.count_orphans(view)
        waiting = queries.count_acts(view, "us")
        alarms = alerts.count(view)
        unread = queries.failing_polls(view)
        alone = [row for row in queries.list_partners(view) if row.state != "closed"]
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
    if waiting:
        typer.echo(f"needs a look: {waiting} document(s) wait for us; see: edid todo")
    for sheet, many in alarms.items():
        typer.echo(f"needs a look: {many} alert(s) on {sheet}; see: edid alerts")
    for row in alone:
        what = "sending" if row.direction == "out" else "fetching"
        typer.echo(f"needs a look: {what} pauses on {row.sheet}: {row.error}; see: edid partners")
    for sheet, error in sorted(unread.items()):
        typer.echo(f"needs a look: the partner of {sheet} could not be read: {error}")
    if orphans:
        typer.echo(f"needs a look: {orphans} status(es) that match nothing we sent; the newest:")
        for status_ in newest_orphans:
            typer.echo(f"  {_orphan(status_)}")
    for flow in failed:
        typer.echo(f"flow {flow.id} {flow.name} failed: {flow.reason}")


@app.command("set")
def set_(
    context: typer.Context,
    document_id: Annotated[int, typer.Argument(metavar="DOCUMENT", help="Id of the document.")],
    status_: Annotated[str, typer.Argument(metavar="STATUS", help="Code or name: 207, SUSPENDUE ...")],
    reason: Annotated[list[str] | None, typer.Option(help="Code of a motive; may be repeated.")] = None,
    comment: Annotated[str | None, typer.Option(help="Words for the other side.")] = None,
    amount: Annotated[str | None, typer.Option(help="Amount received or paid, VAT included.")] = None,
    vat_rate: Annotated[str | None, typer.Option(help="VAT rate of that amount, in percent.")] = None,
    currency: Annotated[str, typer.Option(help="Currency of that amount.")] = "EUR",
    payment_order: Annotated[str | None, typer.Option(help="Number of the payment order (mandat).")] = None,
    at: Annotated[datetime | None, typer.Option(help="When it was decided, local time; else now.")] = None,
) -> None:
    """Give a status about a received or sent document; the daemon sends it with the sheet's next messages."""
    row = {
        "document": document_id,
        "status": status_,
        "reason": reason or None,
        "comment": comment,
        "amount": amount,
        "vat_rate": vat_rate,
        "currency": currency if amount is not None else None,
        "payment_order": payment_order,
        "at": at.astimezone().isoformat() if at is not None else None,
    }
    with state(context).journal() as journal:
        asked, where = dropping.drop(
            state(context).configuration(), journal, {key: value for key, value in row.items() if value is not None}
        )
    for warning in asked.warnings:
        typer.echo(f"warning: {warning.en}")
    typer.echo(f"status {asked.code} ({asked.canonical}) about document {document_id} was put in {where.parent}")


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
