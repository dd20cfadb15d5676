"""`edid flows`: list, show, retry."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from edid.cli.context import check_sheet, one_of, state
from edid.cli.output import Format, FormatOption, show, show_one
from edid.errors import PermanentError
from edid.exchange.outbox import retry as retry_flows
from edid.journal import queries
from edid.journal.database import Journal
from edid.journal.rows import as_dict
from edid.journal.states import Direction, FlowState
from edid.service.requests import ask_retry

app = typer.Typer(help="Transmissions in both directions.", no_args_is_help=True)
COLUMNS = (
    "id",
    "sheet",
    "direction",
    "interface_code",
    "name",
    "document_count",
    "state",
    "report",
    "attempt_count",
    "next_attempt_at",
    "created_at",
    "sent_at",
    "reason",
)

BRIEF = ("id", "sheet", "name", "state", "report", "reason")
"""What fits a terminal; the other formats have everything."""


@app.command("list")
def list_(
    context: typer.Context,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet.")] = None,
    direction: Annotated[str | None, typer.Option(help="out or in.")] = None,
    state_: Annotated[str | None, typer.Option("--state", help="Only this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows.")] = 100,
    form: FormatOption = Format.TABLE,
) -> None:
    """List flows, newest first."""
    wanted = queries.Filter(
        sheet=sheet,
        direction=one_of("--direction", direction, Direction),
        state=one_of("--state", state_, FlowState),
        limit=limit,
    )
    with state(context).journal() as journal, journal.reading() as view:
        check_sheet(state(context).configuration(), view, sheet)
        rows = [as_dict(row) for row in queries.list_flows(view, wanted)]
    show(rows, COLUMNS, form, brief=BRIEF)


@app.command("show")
def show_(context: typer.Context, flow_id: Annotated[int, typer.Argument(help="Id of the flow.")]) -> None:
    """Show one flow as JSON: its documents, attempts, reports and events."""
    with state(context).journal() as journal, journal.reading() as view:
        show_one(story(view, flow_id))


def story(view: Connection, flow_id: int) -> dict[str, Any]:
    """Return one flow with its documents, attempts, reports and events. Raises PermanentError when there is none."""
    flow = queries.flow(view, flow_id)
    if flow is None:
        raise PermanentError(f"there is no flow {flow_id}.", remedy="See: edid flows list.")
    data: dict[str, Any] = as_dict(flow)
    for key, rows in (
        ("documents", queries.documents_of(view, flow_id)),
        ("attempts", queries.attempts_of(view, flow_id)),
        ("reports", queries.statuses_of(view, flow_id=flow_id)),
        ("events", queries.events_of(view, "flow", flow_id)),
    ):
        data[key] = [as_dict(row) for row in rows]
    return data


@app.command()
def retry(
    context: typer.Context,
    flow_id: Annotated[int | None, typer.Argument(help="Id of the flow; without it, all of --sheet.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Every failed or waiting flow of this sheet.")] = None,
) -> None:
    """Try failed flows again, under the same name and with the same bytes, and waiting ones at once.

    A received flow that was kept is read again, when it is named by its id.
    """
    if (flow_id is None) == (sheet is None):
        raise typer.BadParameter("give a flow id, or --sheet")
    with state(context).journal() as journal:
        count = retry_flows(journal, flow_id=flow_id, sheet=sheet)
        if not count:
            raise PermanentError(
                "no flow there is failed, kept or waiting for another attempt.", remedy="See: edid flows list."
            )
        sheet = sheet or _sheet_of(journal, flow_id)
    ask_retry(state(context).configuration().settings.state, sheet)
    typer.echo(f"{count} flow(s) will be tried again")


def _sheet_of(journal: Journal, flow_id: int | None) -> str:
    assert flow_id is not None
    with journal.reading() as view:
        flow = queries.flow(view, flow_id)
    assert flow is not None, "it was put back in the queue just now"
    return str(flow.sheet)
