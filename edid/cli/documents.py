"""`edid documents`: list, show, force."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from edid.cli.context import check_sheet, one_of, state
from edid.cli.output import Format, FormatOption, show, show_one
from edid.errors import PermanentError
from edid.exchange.forcing import force as force_document
from edid.journal import queries
from edid.journal.rows import as_dict
from edid.journal.states import Direction, DocumentState
from edid.lifecycle.action import Actor

app = typer.Typer(help="Invoices, credit notes and other business objects.", no_args_is_help=True)
COLUMNS = (
    "id",
    "sheet",
    "direction",
    "number",
    "issue_date",
    "seller_key",
    "buyer_id",
    "kind",
    "state",
    "status",
    "flow_name",
    "file_name",
    "created_at",
    "acts",
    "answers_id",
    "answers_as",
)

BRIEF = ("id", "sheet", "number", "seller_key", "state", "status", "file_name")
"""What fits a terminal; the other formats have everything."""


@app.command("list")
def list_(
    context: typer.Context,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet.")] = None,
    direction: Annotated[str | None, typer.Option(help="out or in.")] = None,
    state_: Annotated[str | None, typer.Option("--state", help="Only this state.")] = None,
    number: Annotated[str | None, typer.Option(help="Only this invoice number.")] = None,
    status: Annotated[str | None, typer.Option(help="Only this status of the platform, such as SUSPENDUE.")] = None,
    who: Annotated[str | None, typer.Option(help="Only what waits for us, platform, recipient or supplier.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day (UTC).")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows.")] = 100,
    form: FormatOption = Format.TABLE,
) -> None:
    """List documents, newest first."""
    wanted = queries.Filter(
        sheet=sheet,
        direction=one_of("--direction", direction, Direction),
        state=one_of("--state", state_, DocumentState),
        number=number,
        status=status,
        acts=one_of("--who", who, [str(actor) for actor in Actor if actor is not Actor.NOBODY]),
        since=since.replace(tzinfo=UTC) if since else None,
        limit=limit,
    )
    with state(context).journal() as journal, journal.reading() as view:
        check_sheet(state(context).configuration(), view, sheet)
        rows = [as_dict(row) for row in queries.list_documents(view, wanted)]
    show(rows, COLUMNS, form, brief=BRIEF)


@app.command("show")
def show_(context: typer.Context, document_id: Annotated[int, typer.Argument(help="Id of the document.")]) -> None:
    """Show one document as JSON: facts, verdict, statuses and events."""
    with state(context).journal() as journal, journal.reading() as view:
        document = queries.document(view, document_id)
        if document is None:
            raise PermanentError(f"there is no document {document_id}.", remedy="See: edid documents list.")
        data: dict[str, Any] = as_dict(document)
        data["statuses"] = [as_dict(row) for row in queries.statuses_of(view, document_id=document_id)]
        data["events"] = [as_dict(row) for row in queries.events_of(view, "document", document_id)]
    show_one(data)


@app.command()
def force(context: typer.Context, document_id: Annotated[int, typer.Argument(help="Id of the duplicate.")]) -> None:
    """Send a duplicate all the same: it joins the next flow of its sheet."""
    spool = state(context).configuration().settings.spool
    with state(context).journal() as journal:
        force_document(journal, spool, document_id)
    typer.echo(f"document {document_id} will leave with the next flow of its sheet")
